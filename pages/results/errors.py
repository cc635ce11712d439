"""Wrong rows: which test rows does a run get wrong, the most confident mistakes first?"""

from collections.abc import Sequence

import streamlit as st

from pages.components import state
from pages.components.files import safe_name
from pages.components.navigation import link, show_empty
from pages.components.tables import show_wrong_rows
from pages.components.text import show_error, show_heading, show_line, show_note, show_section, show_text, t, tn
from pages.results.said import show_said
from pipeline.errors import TuneDeskError
from pipeline.evaluation.errors import WrongRow, as_csv, wrong_rows
from pipeline.evaluation.number_report import NumberReport
from pipeline.evaluation.pretraining_report import PretrainingReport
from pipeline.evaluation.report import ClassReport, Report, load_report
from pipeline.evaluation.written_report import WrittenReport


def show_answer(report: Report, wrong: Sequence[WrongRow]) -> None:
    """The first line: how many rows, and in what order they stand."""
    rows = f"{report.test_rows:,}"
    if isinstance(report, NumberReport):
        show_heading(
            t("The test rows that are off furthest"),
            t("Often the number in the file is the wrong one: correct it and train again."),
        )
    elif isinstance(report, ClassReport):
        show_heading(
            tn(
                "{n} of {rows} test rows got a wrong label",
                "{n} of {rows} test rows got a wrong label",
                len(wrong),
                rows=rows,
            ),
            t(
                "The most confident mistakes first. Often the label in the file is the wrong one: correct it and train "
                "again."
            ),
        )
    else:
        show_heading(
            tn(
                "Of {n} of {rows} test rows some label is wrong",
                "Of {n} of {rows} test rows some label is wrong",
                len(wrong),
                rows=rows,
            ),
            t("A label is missing, or one is too many. The most confident mistakes first."),
        )


def choose(wrong: Sequence[WrongRow]) -> list[WrongRow]:
    """The rows of one true and one predicted class, as far as somebody chose them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        truth = st.selectbox(
            t("True class"), sorted({row.truth for row in wrong}), index=None, placeholder=t("All classes"), key="truth"
        )
        predicted = st.selectbox(
            t("Predicted class"),
            sorted({row.predicted for row in wrong}),
            index=None,
            placeholder=t("All classes"),
            key="predicted",
        )
    return [row for row in wrong if truth in (None, row.truth) and predicted in (None, row.predicted)]


def show_row(row: WrongRow) -> None:
    """The whole text of a row; of a pair both."""
    with st.container(border=True):
        show_section(t("Row {row}", row=f"{row.row + 1:,}"))
        show_text(row.text)
        if row.second:
            st.divider()
            show_text(row.second)
        show_line(t("True: {truth}. Predicted: {predicted}.", truth=row.truth or "–", predicted=row.predicted or "–"))


run = state.pick_run(finished=True)
try:
    report = load_report(run.id)
    if isinstance(report, WrittenReport):
        show_said(run, report)
        st.stop()
    if isinstance(report, PretrainingReport):
        show_empty(
            t("{run} has learned from texts alone. There are no answers that could be wrong.", run=run.name),
            t("Back to the report"),
            "results/report.py",
            run=run.id,
        )
    wrong = wrong_rows(run.id)
except TuneDeskError as error:
    show_error(error)
    st.stop()

show_answer(report, wrong)
if not wrong:
    link("results/report.py", t("Back to the report"), run=run.id)
    st.stop()

shown = choose(wrong) if isinstance(report, ClassReport) else wrong
chosen = show_wrong_rows(shown, alt=t("Rows that got a wrong answer"), key="wrong_rows")
if chosen is not None and chosen < len(shown):
    show_row(shown[chosen])
else:
    show_note(
        tn("{n} row. Choose one to read its whole text.", "{n} rows. Choose one to read its whole text.", len(shown))
    )
header = [t("Row"), t("Text"), t("True class"), t("Predicted class"), t("Confidence")]
if isinstance(report, NumberReport):
    header[2:4] = [t("True number"), t("Predicted number")]
st.download_button(
    t("Download as CSV"),
    data=lambda: as_csv(shown, header),
    file_name=safe_name(f"{run.name}-wrong-rows", ".csv"),
    mime="text/csv",
    on_click="ignore",
    icon=":material/download:",
)
