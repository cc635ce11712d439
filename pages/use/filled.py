"""A file that a model has filled: what was filled, how sure it was, and the file to take away."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from pages.components import figures_results
from pages.components.files import safe_name
from pages.components.sentences import percent
from pages.components.tables import PERCENT, confidence_column
from pages.components.text import plain, show_figure, show_heading, show_note, show_warning, t, tn
from pages.use.thresholds import trade
from pipeline.data.source import Source, read_rows
from pipeline.data.view import is_blank
from pipeline.inference.fill import filled_rows, waiting
from pipeline.runs.answers import load_answers
from pipeline.runs.bundle import BundleInfo
from pipeline.settings import workspace

MOST_ROWS = 1000  # rows of the table; the download has them all
MARK = "background-color: rgba(47, 109, 181, 0.16)"  # visible on light and dark


@dataclass(frozen=True)
class Filled:
    """The rows of a filled file. ``prediction`` and ``confidence`` name its two new columns."""

    rows: pd.DataFrame  # as in the file; index: row number from 0
    asked: "pd.Series[bool]"  # whether the answer was blank; every row where there is no column for it
    labels: tuple[str, ...]  # columns with the answers; () where the file has none
    prediction: str
    confidence: str
    path: Path
    written: bool  # the answers are texts that a model wrote

    @property
    def answered(self) -> "pd.Series[bool]":
        """The rows that have an answer now."""
        if not self.labels:
            return ~is_blank(self.rows[self.prediction])
        return ~self.rows[list(self.labels)].apply(is_blank).all(axis=1)

    @property
    def has_confidence(self) -> bool:
        """Whether the model said how sure it is; of a number it does not."""
        return bool((self.rows[self.confidence].str.strip() != "").any())

    @property
    def sure(self) -> "pd.Series[float]":
        """The model's confidence in each row, from 0 to 1."""
        return pd.to_numeric(self.rows[self.confidence], errors="coerce").fillna(0.0)


def read_filled(source: Source, info: BundleInfo, path: Path, new_cells: Path) -> Filled:
    """What the job wrote to ``path``, and kept in ``new_cells``.

    Raises:
        DataError: the new cells or the source is gone.
    """
    rows = filled_rows(source, info.label, new_cells)
    prediction, confidence = rows.columns[-2:]
    has_answers = {*info.answers} <= {*source.columns}
    return Filled(
        rows=rows,
        asked=waiting(info, read_rows(source.id, info.answers)) if has_answers else pd.Series(True, index=rows.index),
        labels=info.answers if has_answers and not info.dialogue else (),
        written=bool(info.format),
        prediction=prediction,
        confidence=confidence,
        path=path,
    )


def show_filled(filled: Filled, source: Source, result: dict[str, Any]) -> None:
    """The counts, the download and the table."""
    show_heading(
        tn("{n} row filled in", "{n} rows filled in", result["filled"]),
        t(
            "{rows} rows in {name}; {abstained} left blank for a person. The file's own rows, order and columns are "
            "as they were; two columns were added: {prediction} and {confidence}.",
            rows=f"{result['rows']:,}",
            name=source.name,
            abstained=f"{result['abstained']:,}",
            prediction=filled.prediction,
            confidence=filled.confidence,
        ),
    )
    if filled.written:
        _show_written(filled, result)
    st.download_button(
        t("Download the filled file"),
        data=filled.path.read_bytes,
        file_name=safe_name(t("{file}-filled", file=Path(source.name).stem), filled.path.suffix),
        mime="application/octet-stream",
        on_click="ignore",
        type="primary",
        icon=":material/download:",
    )
    _table(filled)


def _show_written(filled: Filled, result: dict[str, Any]) -> None:
    """What to know of written answers: what their confidence means, and which are missing or not whole."""
    show_note(
        t(
            "{confidence} is the mean probability of an answer's tokens: how sure the model was of its words, not "
            "whether what they say is right.",
            confidence=filled.confidence,
        )
    )
    if result["too_long"]:
        show_warning(
            tn(
                "{n} row was left blank because what is asked is longer than the model reads.",
                "{n} rows were left blank because what is asked is longer than the model reads.",
                result["too_long"],
            )
        )
    if result["broken_off"]:
        show_warning(
            tn(
                "{n} answer was broken off at the longest length that an answer may have.",
                "{n} answers were broken off at the longest length that an answer may have.",
                result["broken_off"],
            )
        )


def _table(filled: Filled) -> None:
    answered = filled.answered
    parts = {
        "filled": (t("Filled in"), filled.asked & answered),
        "blank": (t("Left blank"), filled.asked & ~answered),
        "all": (t("All rows"), pd.Series(True, index=filled.rows.index)),
    }
    part = st.segmented_control(
        t("Rows shown"),
        list(parts),
        format_func=lambda name: f"{parts[name][0]} ({int(parts[name][1].sum()):,})",
        default="filled",
        required=True,
        label_visibility="collapsed",
        key="part",
    )
    chosen = filled.rows[parts[part][1]].head(MOST_ROWS)
    if len(chosen) < int(parts[part][1].sum()):
        show_note(t("The first {n} rows; the download has them all.", n=f"{MOST_ROWS:,}"))
    shown = chosen
    if filled.has_confidence:
        shown = chosen.assign(**{filled.confidence: PERCENT * filled.sure[chosen.index]})
    first = [*(filled.labels or (filled.prediction,)), *([filled.confidence] if filled.has_confidence else [])]
    shown = shown[first + [name for name in shown.columns if name not in first]]
    shown.index = shown.index + 1
    marked = (filled.asked & answered)[chosen.index].to_numpy()
    st.dataframe(
        _marked(shown, list(filled.labels or (filled.prediction,)), marked),
        column_config={
            "_index": st.column_config.NumberColumn(t("Row"), format="%d"),
            filled.confidence: confidence_column(),
        },
        alt=t("The rows of the file; filled cells have a coloured background"),
    )


def _marked(rows: pd.DataFrame, columns: list[str], marked: Any) -> Styler:
    return rows.style.apply(lambda _: [MARK if mark else "" for mark in marked], subset=columns)


def show_threshold(run_id: str, filled: Filled | None, current: float, key: str) -> float:
    """The slider, and in plain words what it costs and gains on the test rows and on the file. Returns its value."""
    threshold = st.slider(
        t("Leave blank what the model is less sure of than"),
        0,
        95,
        round(current * 100),
        step=5,
        format="%d%%",
        key=key,
        help=t("Raise it where a wrong label costs more than a blank one that a person fills in later."),
    )
    share = int(threshold) / 100
    answers = load_answers(workspace().runs / run_id, "model")
    known, right = answers.known, answers.predicted == answers.truth
    several = answers.kind == "labels"
    gain = trade(answers.confidence[known].tolist(), (right.all(axis=1) if several else right)[known].tolist(), share)
    figures = {"answered": percent(gain.answered), "right": percent(gain.right)}
    show_note(
        t(
            "On the test rows, the model is at least this sure of every label of {answered} of the rows, and of "
            "{right} of those every label is right.",
            **figures,
        )
        if several
        else t(
            "On the test rows, the model is at least this sure of {answered} of the rows, and {right} of those get the "
            "right label.",
            **figures,
        )
    )
    if filled is not None:
        sure = filled.sure[filled.asked].tolist()
        kept = sum(value >= share and value > 0 for value in sure)  # 0: a row without any text
        show_figure(
            figures_results.coverage(sure, share, t("Confidence")),
            alt=t("Rows by confidence, in steps of 5%"),
            key="coverage",
        )
        st.markdown(
            plain(
                t(
                    "In this file: {kept} rows filled in, {left} left blank.",
                    kept=f"{kept:,}",
                    left=f"{len(sure) - kept:,}",
                )
            )
        )
    return share
