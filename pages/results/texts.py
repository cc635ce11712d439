"""The sections of a report about written answers: a typical one to read, and all rows against the base model."""

import numpy as np

from pages.components import figures_results, sentences_texts
from pages.components.text import show_error, show_figure, show_note, show_section, t
from pages.results.said import show_row
from pipeline.errors import TuneDeskError
from pipeline.evaluation.said import said_rows
from pipeline.evaluation.written_report import WrittenReport


def show_texts(report: WrittenReport) -> None:
    """An answer in the middle between best and worst, then each test row as a point."""
    try:
        rows = said_rows(report)
    except TuneDeskError as error:
        show_error(error)
        return
    middle = rows[len(rows) // 2]
    show_row(middle, t("A typical answer: half of them are nearer to the right one"))
    show_section(t("Row by row"), t("Each point is a test row; above the line it is nearer than the base model."))
    show_figure(
        figures_results.predicted_beside_true(
            np.array([row.base_chrf for row in rows]),
            np.array([row.chrf for row in rows]),
            truth=t("chrF of the base model"),
            predicted=t("chrF of this model"),
            shares=True,
        ),
        alt=sentences_texts.row_by_row(rows),
        key="rows",
    )
    show_note(sentences_texts.row_by_row(rows))
