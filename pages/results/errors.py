"""Wrong rows: which test rows does a run get wrong, the most confident mistakes first?"""

import streamlit as st

from pages.components import state
from pages.components.files import safe_name
from pages.components.navigation import link
from pages.components.tables import show_wrong_rows
from pages.components.text import show_error, show_heading, show_note, show_section, show_text, t, tn
from pipeline.errors import TuneDeskError
from pipeline.evaluation.errors import as_csv, wrong_rows
from pipeline.evaluation.report import load_report

run = state.pick_run(finished=True)
try:
    report = load_report(run.id)
    wrong = wrong_rows(run.id)
except TuneDeskError as error:
    show_error(error)
    st.stop()

show_heading(
    tn(
        "{n} of {rows} test rows got a wrong label",
        "{n} of {rows} test rows got a wrong label",
        len(wrong),
        rows=f"{report.test_rows:,}",
    ),
    t("The most confident mistakes first. Often the label in the file is the wrong one: correct it and train again."),
)
if not wrong:
    link("results/report.py", t("Back to the report"), run=run.id)
    st.stop()

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
shown = [row for row in wrong if truth in (None, row.truth) and predicted in (None, row.predicted)]
chosen = show_wrong_rows(shown, alt=t("Rows that got a wrong label"), key="wrong_rows")
if chosen is not None and chosen < len(shown):
    with st.container(border=True):
        show_section(t("Row {row}", row=f"{shown[chosen].row + 1:,}"))
        show_text(shown[chosen].text)
else:
    show_note(
        tn("{n} row. Choose one to read its whole text.", "{n} rows. Choose one to read its whole text.", len(shown))
    )
header = [t("Row"), t("Text"), t("True class"), t("Predicted class"), t("Confidence")]
st.download_button(
    t("Download as CSV"),
    data=lambda: as_csv(shown, header),
    file_name=safe_name(f"{run.name}-wrong-rows", ".csv"),
    mime="text/csv",
    on_click="ignore",
    icon=":material/download:",
)
