"""The sections of a report about numbers: predicted beside true ones, and how far off they are."""

import numpy as np
import streamlit as st

from pages.components import figures_results
from pages.components.sentences import amount
from pages.components.text import show_figure, show_section, t
from pipeline.evaluation.number_report import NumberReport
from pipeline.runs.answers import load_answers
from pipeline.settings import workspace


def show_numbers(report: NumberReport) -> None:
    """Each test row as a point, and the errors as bars."""
    answers = load_answers(workspace().runs / report.run, "model")
    true, said = answers.truth[answers.known], answers.predicted[answers.known]
    errors = said - true
    left, right = st.columns(2, gap="large")
    with left:
        show_section(t("Predicted beside true numbers"), t("Each point is a test row; on the line it would be right."))
        show_figure(
            figures_results.predicted_beside_true(true, said, truth=t("True number"), predicted=t("Predicted number")),
            alt=t(
                "Predicted against true numbers of {rows} test rows; correlation {r}.",
                rows=f"{report.test_rows:,}",
                r=f"{report.pearson.value:.2f}",
            ),
            key="scatter",
        )
    with right:
        half, most = np.quantile(np.abs(errors), [0.5, 0.9])
        show_section(
            t("How far off"),
            t("Half of the rows are at most {half} off, 9 of 10 at most {most}.", half=amount(half), most=amount(most)),
        )
        show_figure(
            figures_results.errors(errors, title=t("Predicted less true number"), rows=t("Rows")),
            alt=t("Errors of the test rows as bars; half of them are at most {half} off.", half=amount(half)),
            key="errors",
        )
