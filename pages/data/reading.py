"""What the Data page asks about a Source, kept for the next click. Draws nothing."""

import pandas as pd
import streamlit as st

from pipeline.actions.data import Summary, summarise
from pipeline.data.columns import ColumnProfile, Roles, guess_roles, profile
from pipeline.data.source import read_rows
from pipeline.data.view import make_view
from pipeline.errors import TuneDeskError
from pipeline.templates.columns import default_template, render

SHOWN_ROWS = 200  # enough to recognise one's file; the rest stays on disk
KEPT = 16  # answers kept for all sessions together; each is small beside the table it comes from


@st.cache_data(max_entries=KEPT, show_spinner=False)
def first_rows(source_id: str) -> pd.DataFrame:
    """The first rows of the file as they were read, numbered from 1 as in a spreadsheet."""
    rows = read_rows(source_id).head(SHOWN_ROWS)
    rows.index = rows.index + 1
    return rows


@st.cache_data(max_entries=KEPT, show_spinner=False)
def profiles(source_id: str) -> tuple[ColumnProfile, ...]:
    """Every column described."""
    return profile(read_rows(source_id))


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


def example(source_id: str, text: tuple[str, ...]) -> str:
    """The first row with text as the model will read it."""
    rendered = render(default_template(text), text, first_rows(source_id))
    return next((one for one in rendered if one.strip()), "")
