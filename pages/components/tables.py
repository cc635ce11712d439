"""Tables of rows from somebody's file. ``st.dataframe`` shows cells and headers letter by letter."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.column_config import NumberColumn, ProgressColumn, TextColumn
from streamlit.elements.lib.column_types import ColumnConfig

from pages.components.text import t
from pipeline.evaluation.errors import WrongRow

PERCENT = 100  # bars show percentages: Streamlit's own format for fractions has two decimals, which is noise
ROW, HEADER_AND_BORDER = 35, 37  # pixels, as Streamlit draws them


def fitting_height(rows: int, most: int) -> int:
    """Pixels of a table that shows all its rows, or the first ``most`` of more."""
    return HEADER_AND_BORDER + ROW * min(rows, most)


def percent_column(title: str, note: str = "") -> ProgressColumn:
    """A bar with its percentage, of values from 0 to 100; ``title`` and ``note`` are already translated."""
    return st.column_config.ProgressColumn(
        title, format="%.1f%%", min_value=0.0, max_value=float(PERCENT), help=note or None
    )


def confidence_column() -> ProgressColumn:
    """How sure the model is, in percent."""
    return percent_column(t("Confidence"), t("The probability that the model gives to its own answer."))


def row_column() -> NumberColumn:
    """The number of a row as the file counts them: the first row under the header is 1."""
    return st.column_config.NumberColumn(t("Row"), format="%d", width="small")


def text_column(title: str) -> TextColumn:
    """A column of text; ``title`` is already translated."""
    return st.column_config.TextColumn(title, width="large")


def _answer_column(title: str, *, numbers: bool) -> ColumnConfig:
    return st.column_config.NumberColumn(title, format="%.4g") if numbers else st.column_config.TextColumn(title)


def wrong_rows_frame(rows: Sequence[WrongRow]) -> pd.DataFrame:
    """One line a row, in the order given; without the columns that say nothing of these rows."""
    frame = pd.DataFrame(
        {
            "row": [row.row + 1 for row in rows],
            "text": [row.text for row in rows],
            "second": [row.second for row in rows],
            "truth": [row.truth for row in rows],
            "predicted": [row.predicted for row in rows],
            "confidence": [PERCENT * row.confidence for row in rows],
            "error": [row.error for row in rows],
        }
    )
    if any(row.error is not None for row in rows):
        frame[["truth", "predicted"]] = frame[["truth", "predicted"]].astype(float)
        frame = frame.drop(columns="confidence")
    else:
        frame = frame.drop(columns="error")
    return frame if any(row.second for row in rows) else frame.drop(columns="second")


def show_wrong_rows(rows: Sequence[WrongRow], alt: str, key: str | None = None) -> int | None:
    """The rows as a table; returns the position of the row that somebody chose, where ``key`` is given."""
    frame = wrong_rows_frame(rows)
    numbers = "error" in frame
    event = st.dataframe(
        frame,
        hide_index=True,
        column_config={
            "row": row_column(),
            "text": text_column(t("First text") if "second" in frame else t("Text")),
            "second": text_column(t("Second text")),
            "truth": _answer_column(t("True number") if numbers else t("True class"), numbers=numbers),
            "predicted": _answer_column(t("Predicted number") if numbers else t("Predicted class"), numbers=numbers),
            "confidence": confidence_column(),
            "error": st.column_config.NumberColumn(
                t("Off by"), format="%+.3g", help=t("Predicted less true number, in the unit of the column.")
            ),
        },
        key=key,
        on_select="rerun" if key else "ignore",
        selection_mode="single-row",
        alt=alt,
    )
    return next(iter(event.selection.rows), None) if key else None
