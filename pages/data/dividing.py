"""How rows are divided into training, validation and test: the choices of somebody who knows why."""

import dataclasses
from dataclasses import dataclass

import streamlit as st

from pages.components import sentences_steps
from pages.components.language import language
from pages.components.text import plain, show_note, show_problem, t, tn
from pages.data import reading
from pages.data.upload import upload
from pipeline.actions.data import Dataset
from pipeline.data.date_order import ORDERS
from pipeline.data.dates import Order
from pipeline.data.source import Source, load_source
from pipeline.data.split import load_split
from pipeline.errors import N_, TuneDeskError
from pipeline.i18n import spoken_day

KEPT = 16  # answers kept for all sessions together
TEST_FILE = "testing"  # session key, and with "import" before it the parameter in the URL

WAYS = {
    "share": N_("A share of the rows, by chance"),
    "time": N_("The newest rows"),
    "column": N_("A column says which"),
    "file": N_("A second file"),
}


@dataclass(frozen=True)
class Division:
    """What ``create_dataset`` is told about dividing the rows."""

    seed: int = 0
    group: str = ""
    time: str = ""
    date_order: Order = ""
    test_column: str = ""
    test_source_id: str = ""


@st.cache_data(max_entries=KEPT, show_spinner=False)
def division_of(dataset: Dataset) -> Division:
    """How a dataset is divided; kept, because a Split has a number for every row."""
    split = load_split(dataset.split)
    view = dataset.view
    return Division(split.seed, view.group, view.time, view.date_order, split.test_column, split.test_source)


def choose_division(source: Source, taken: tuple[str, ...], current: Division) -> Division | None:
    """Draw the choices, folded away; what is unusual about them stands outside. None while one is missing.

    Args:
        source: the file.
        taken: text and label columns, which are not offered again.
        current: what is chosen at first.
    """
    free = [column for column in source.columns if column not in taken]
    with st.expander(plain(t("Advanced: how rows are divided")), icon=":material/call_split:"):
        show_note(
            t(
                "The model learns from most rows; the others choose its best state and measure it. Nearly equal texts "
                "always stay together."
            )
        )
        division = _test_rows(source, free, current)
        left, right = st.columns(2)
        group = left.selectbox(
            t("Keep together"),
            free,
            index=free.index(current.group) if current.group in free else None,
            key=f"group-{source.id}",
            placeholder=t("No column"),
            help=t("Rows with the same value, such as one customer's, are never both learned from and measured on."),
        )
        seed = right.number_input(
            t("Seed"),
            min_value=0,
            value=current.seed,
            key=f"seed-{source.id}",
            help=t("Another number divides the rows differently by chance. Runs are compared on the same division."),
        )
    if division is None:
        return None
    division = dataclasses.replace(division, group=group or "", seed=int(seed))
    if division.test_column:
        show_note(t("Measured on the rows that {column} sets aside for testing.", column=division.test_column))
    return division


def _test_rows(source: Source, free: list[str], current: Division) -> Division | None:
    initial = "share"
    if current.test_source_id:
        initial = "file"
    elif current.test_column in free:
        initial = "column"
    elif current.time in free:
        initial = "time"
    way = st.radio(
        t("Rows to measure on"),
        list(WAYS),
        index=list(WAYS).index(initial),
        format_func=lambda one: plain(t(WAYS[one])),
        key=f"way-{source.id}",
        horizontal=True,
    )
    if way == "time":
        column = _time_column(source, free, current.time)
        chosen = current.date_order if column == current.time else ""
        return Division(time=column, date_order=_date_order(source, column, chosen)) if column else None
    if way == "column":
        column = _test_column(source, free, current.test_column)
        return Division(test_column=column) if column else None
    if way == "file":
        test = _test_file(source, current.test_source_id)
        return Division(test_source_id=test) if test else None
    return Division()


def _time_column(source: Source, free: list[str], current: str) -> str:
    dated = [column for column in free if column in reading.date_columns(source.id)]
    initial = current if current in free else next(iter(dated), None)
    column = st.selectbox(
        t("Column with the dates"),
        free,
        index=free.index(initial) if initial else None,
        key=f"time-{source.id}",
        placeholder=t("Choose a column"),
        help=t("As in use: the model learns from older rows and is measured on the newest. New classes are named."),
    )
    if column and column not in dated:
        show_problem(t("The first rows of {column} are no dates that can be read.", column=column))
        return ""
    return column or ""


def _date_order(source: Source, column: str, current: Order) -> Order:
    """Ask how dates are read that can be read two ways; what is to be put into the View, "" for what the file says."""
    found = reading.date_order(source.id, column, "")
    if not found.example:
        return ""
    order = st.radio(
        plain(t("Read {cell} as", cell=found.example)),
        ORDERS,
        index=ORDERS.index(current or found.order),
        format_func=lambda order: plain(spoken_day(found.day(order), language())),
        key=f"dates-{source.id}-{column}",
        horizontal=True,
    )
    chosen: Order = "" if order == found.order else order
    show_note(sentences_steps.date_order(reading.date_order(source.id, column, chosen)))
    return chosen


def _test_column(source: Source, free: list[str], current: str) -> str:
    column = st.selectbox(
        t("Column that says test"),
        free,
        index=free.index(current) if current in free else None,
        key=f"test-column-{source.id}",
        placeholder=t("Choose a column"),
        help=t(
            "Rows whose cell is test, testing, 测试 or 测试集 are measured on. Where some say validation or 验证集, "
            "settings are chosen by these. All others are learned from."
        ),
    )
    rows = reading.rows_for_testing(source.id, column) if column else 0
    if column and not rows:
        show_problem(t("No row says test in {column}.", column=column))
    elif column:
        show_note(tn("{n} row is for testing.", "{n} rows are for testing.", rows))
    return column if rows else ""


def _test_file(source: Source, current: str) -> str:
    key = f"{TEST_FILE}-{source.id}"
    chosen: str = st.session_state.get(key, current)
    if chosen:
        try:
            test = load_source(chosen)
        except TuneDeskError:
            chosen = ""  # removed from the workspace: it has to be brought again
        else:
            show_note(tn("{name}: {n} row", "{name}: {n} rows", test.rows, name=test.name))
    brought = upload(t("A file with the same columns, only to measure on"), parameter=f"import_{TEST_FILE}")
    if brought:
        st.session_state[key] = brought.id
        st.rerun()
    return chosen
