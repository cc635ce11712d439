"""Answers beside each other: what was asked, the right answer, the base model's and this model's. Not a page."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.components import sentences_texts
from pages.components.files import safe_name
from pages.components.text import plain, show_heading, show_note, show_section, show_text, t, tn
from pipeline.actions.runs import RunInfo
from pipeline.errors import N_
from pipeline.evaluation.said import SaidRow, as_csv, said_rows
from pipeline.evaluation.written_report import WrittenReport
from pipeline.runs.texts import BASE

AT_ONCE = 10  # rows of one page
LONG = 600  # characters from which on an answer scrolls in a box of its own
BOX = 320  # pixels of that box

# What comes first, by the name of the order: its title (gettext id) and what rows are sorted by.
ORDERS: dict[str, tuple[str, Callable[[SaidRow], Any]]] = {
    "worst": (N_("Furthest from the right answer"), lambda row: row.chrf),
    "lost": (N_("Lost most against the base model"), lambda row: row.gain),
    "gained": (N_("Gained most over the base model"), lambda row: -row.gain),
    "file": (N_("As in the file"), lambda row: row.row),
}


def show_said(run: RunInfo, report: WrittenReport) -> None:
    """All test rows, some at a time.

    Raises:
        RunError: the answers are gone.
    """
    rows = said_rows(report)
    show_heading(
        tn("What it answers to {n} test row", "What it answers to {n} test rows", len(rows)),
        t("Beside the right answers and those of the base model before it was tuned."),
    )
    rows = _choose(rows)
    if not rows:
        show_note(t("No row has these words."))
        return
    pages = -(-len(rows) // AT_ONCE)
    # Another choice of rows begins on its first page.
    page = st.pagination(pages, key=f"said-{pages}-{st.session_state['order']}") if pages > 1 else 1
    for row in rows[(page - 1) * AT_ONCE : page * AT_ONCE]:
        show_row(row, t("Row {row}", row=f"{row.row + 1:,}"))
    _offer_file(run, rows)


def show_row(row: SaidRow, title: str) -> None:
    """One row with its three answers; ``title`` is already translated."""
    with st.container(border=True):
        show_section(title, sentences_texts.likeness(row))
        _show_answer(t("Asked"), row.asked)
        for place, name, text in zip(
            st.columns(3, gap="medium"),
            (t("Right answer"), t(sentences_texts.BASELINES[BASE]), t("This model")),
            (row.truth, row.base, row.said),
            strict=True,
        ):
            with place:
                _show_answer(name, text)


def _choose(rows: Sequence[SaidRow]) -> list[SaidRow]:
    """The rows that have the words that somebody looks for, in the order that they chose."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(t("Look for"), placeholder=t("Words of the question or an answer"), key="words")
        order = st.selectbox(
            t("Show first"), list(ORDERS), format_func=lambda name: t(ORDERS[name][0]), key="order", width=320
        )
    return sorted((row for row in rows if row.mentions(words.strip())), key=ORDERS[order][1])


def _show_answer(name: str, text: str) -> None:
    st.markdown(f"**{plain(name)}**")
    if not text.strip():
        show_note(t("(nothing)"))
        return
    with st.container(height=BOX if len(text) > LONG else "content", border=False):
        show_text(text)


def _offer_file(run: RunInfo, rows: Sequence[SaidRow]) -> None:
    base, ours = t(sentences_texts.BASELINES[BASE]), t("This model")
    header = [t("Row"), t("Asked"), t("Right answer"), base, ours, f"chrF: {base}", f"chrF: {ours}"]
    st.download_button(
        t("Download as CSV"),
        data=lambda: as_csv(rows, header),
        file_name=safe_name(f"{run.name}-answers", ".csv"),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
    )
