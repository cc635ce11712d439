"""What the Data page asks about a Source, kept for the next click. Draws nothing."""

import pandas as pd
import streamlit as st

from pipeline.actions.bring_file import preview_again
from pipeline.actions.summary import Summary, summarise
from pipeline.data import source
from pipeline.data.columns import TESTING, ColumnProfile, Roles, guess_roles, profile_source
from pipeline.data.dates import read_dates
from pipeline.data.preview import Preview
from pipeline.data.report import ReadOptions
from pipeline.data.source import read_rows, sheet_names
from pipeline.data.view import make_view
from pipeline.errors import TuneDeskError
from pipeline.templates.columns import default_template, render

SHOWN_ROWS = 200  # enough to recognise one's file; the rest stays on disk
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


def guess(source_id: str) -> Roles:
    """Which columns are probably text and label."""
    return guess_roles(profiles(source_id))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def summary(source_id: str, text: tuple[str, ...], label: str) -> Summary:
    """Counts and lengths for a choice of columns; ``label`` may be ""."""
    return summarise(source_id, text, label)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def problem(source_id: str, text: tuple[str, ...], label: str) -> TuneDeskError | None:
    """Why nothing can be learned from this choice of columns; None where something can."""
    try:
        make_view(source_id, text, label, default_template(text))
    except TuneDeskError as error:
        return error
    return None


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
def sheets(source_id: str) -> tuple[str, ...]:
    """The sheets of a workbook; none for other formats."""
    return sheet_names(source_id)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def preview(source_id: str, options: ReadOptions) -> Preview:
    """The first rows as they would be read under other options. Raises UnreadableFile where there is no table."""
    return preview_again(source_id, options, PREVIEWED_ROWS)
