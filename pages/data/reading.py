"""What the Data page asks about a Source, kept for the next click. Draws nothing."""

import pandas as pd
import streamlit as st

from pipeline.actions.bring_file import preview_again
from pipeline.actions.summary import Summary, summarise
from pipeline.data import source
from pipeline.data.columns import TESTING, ColumnProfile, Roles, guess_roles, profile_source
from pipeline.data.date_order import DateOrder
from pipeline.data.date_order import date_order as read_order
from pipeline.data.dates import Order, read_dates
from pipeline.data.new_view import make_view
from pipeline.data.numbers import are_codes, holds_numbers
from pipeline.data.preview import Preview
from pipeline.data.question import LOOKED_AT, Question, question_of
from pipeline.data.report import ReadOptions
from pipeline.data.source import read_rows, sheet_names, spread_rows
from pipeline.data.view import View, view_label_sets, view_numbers
from pipeline.errors import TuneDeskError
from pipeline.templates.asking import read_conversations
from pipeline.templates.columns import default_template, render

SHOWN_ROWS = 200  # enough to recognise one's file; the rest stays on disk
EXCHANGE = ["instruction", "input", "answer"]
LEARNED_ROWS = 6  # enough to see whether answers are read as they are meant
PREVIEWED_ROWS = 10  # enough to see whether letters and columns are right
KEPT = 16  # answers kept for all sessions together; each is small beside the table it comes from


@st.cache_data(max_entries=KEPT, show_spinner=False)
def first_rows(source_id: str) -> pd.DataFrame:
    """The first rows of the file as they were read, numbered from 1 as in a spreadsheet."""
    rows = source.first_rows(source_id, SHOWN_ROWS)
    rows.index = rows.index + 1
    return rows


@st.cache_data(max_entries=KEPT, show_spinner=False)
def profiles(source_id: str) -> tuple[ColumnProfile, ...]:
    """Every column described."""
    return profile_source(source_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def guess(source_id: str) -> Question:
    """What is probably asked of the file."""
    test_column = roles(source_id).test_column
    return question_of(source_id, without=(test_column,) if test_column else ())


@st.cache_data(max_entries=KEPT, show_spinner=False)
def guess_about(source_id: str, text: tuple[str, ...], label: str) -> Question:
    """The same, once a person has chosen another label column."""
    return question_of(source_id, Roles(tuple(column for column in text if column != label), label or None))


def roles(source_id: str) -> Roles:
    """Which columns are probably text, label and a note of what is for testing."""
    return guess_roles(profiles(source_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def could_be_number(source_id: str, label: str) -> bool:
    """Whether a column of digits may mean amounts, though it is taken for classes; 0 and 1 are yes and no."""
    cells = list(spread_rows(source_id, [label], LOOKED_AT)[label]) if label else []
    return holds_numbers(cells) and len({*filter(str.strip, cells)}) > 2 and not are_codes(cells)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def summary(source_id: str, question: Question) -> Summary:
    """Counts and lengths for a choice of columns, which may have no answer yet."""
    return summarise(source_id, question)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def problem(source_id: str, question: Question) -> TuneDeskError | None:
    """Why nothing can be learned from this choice of columns; None where something can."""
    try:
        view_of(source_id, question, default_template(question.text))
    except TuneDeskError as error:
        return error
    return None


def view_of(source_id: str, question: Question, template: str) -> View:
    """The file as it is read for a question. Raises UnfitData where nothing can be learned."""
    return make_view(
        source_id,
        question.text,
        question.label,
        template,
        separators=question.separators,
        label_columns=question.label_columns,
        second=question.second,
        number=question.number,
        written=question.written,
        dialogue=question.dialogue,
        rejected=question.rejected,
        raw=question.raw,
    )


@st.cache_data(max_entries=KEPT, show_spinner=False)
def learned(source_id: str, question: Question, template: str) -> pd.DataFrame:
    """What is learned from the first rows that have a text: text, the second one of a pair, answer; from 1.

    Raises:
        UnfitData: nothing can be learned.
        SettingError: the template is wrong.
    """
    view = view_of(source_id, question, template)
    frame = source.first_rows(source_id, SHOWN_ROWS)
    texts = render(view.template, view.text, frame)
    rows = [position for position, text in enumerate(texts) if text.strip()][:LEARNED_ROWS]
    table = {"text": [texts[position] for position in rows]}
    if view.second:
        table["second"] = list(frame[view.second].iloc[rows])
    answers: list[object]
    if view.number:
        answers = view_numbers(view, rows).tolist()
    else:
        sets = view_label_sets(view, rows)
        answers = [list(its or ()) if view.several else (its or ("",))[0] for its in sets]
    return pd.DataFrame({**table, "answer": answers}, index=[row + 1 for row in rows])


@st.cache_data(max_entries=KEPT, show_spinner=False)
def first_exchanges(source_id: str, question: Question) -> pd.DataFrame:
    """Instruction, input and answer of the first rows that have one; of a conversation, its end. Numbered from 1."""
    view = view_of(source_id, question, "")
    frame = source.first_rows(source_id, SHOWN_ROWS)
    found = {}
    for row, conversation in enumerate(read_conversations(view, frame, answered=True), start=1):
        if len(conversation) > 1 and conversation[-1].role == "assistant" and conversation[-1].text:
            asked = conversation[-2]
            found[row] = {"instruction": asked.text, "input": asked.extra, "answer": conversation[-1].text}
            if question.rejected:
                found[row]["rejected"] = str(frame[question.rejected].iloc[row - 1]).strip()
    first = list(found.items())[:LEARNED_ROWS]
    columns = [*EXCHANGE, *(["rejected"] if question.rejected else [])]
    table = pd.DataFrame([exchange for _, exchange in first], index=[row for row, _ in first], columns=columns)
    return table if table["input"].any() else table.drop(columns="input")


def examples(source_id: str, text: tuple[str, ...], template: str, count: int) -> list[str]:
    """The first rows with text as the model will read them. Raises SettingError for a template that is wrong."""
    rendered = render(template, text, first_rows(source_id))
    return [one for one in rendered if one.strip()][:count]


@st.cache_data(max_entries=KEPT, show_spinner=False)
def rows_for_testing(source_id: str, column: str) -> int:
    """How many rows a column sets aside for testing."""
    return int(read_rows(source_id, [column])[column].str.strip().str.casefold().isin(TESTING).sum())


@st.cache_data(max_entries=KEPT, show_spinner=False)
def date_columns(source_id: str) -> tuple[str, ...]:
    """Columns in which most of the first rows have a date."""
    rows = first_rows(source_id)
    dated = {column: sum(date is not None for date in read_dates(list(rows[column]))) for column in rows}
    return tuple(column for column, count in dated.items() if 2 * count > len(rows))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def date_order(source_id: str, column: str, chosen: Order) -> DateOrder:
    """How the dates of a column are read, and why."""
    return read_order(source_id, column, chosen)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def sheets(source_id: str) -> tuple[str, ...]:
    """The sheets of a workbook; none for other formats."""
    return sheet_names(source_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def preview(source_id: str, options: ReadOptions) -> Preview:
    """The first rows as they would be read under other options. Raises UnreadableFile where there is no table."""
    return preview_again(source_id, options, PREVIEWED_ROWS)
