"""Results: how good is a run, against its baselines, on rows it has never seen?"""

import streamlit as st

from pages.components import sentences, sentences_results, state
from pages.components.navigation import go, link, place
from pages.components.text import show_error, show_heading, show_line, t
from pages.results.sections import show_classes, show_confusion, show_scores
from pipeline.errors import TuneDeskError
from pipeline.evaluation.report import load_report

run = state.pick_run(finished=True)
try:
    report = load_report(run.id)
except TuneDeskError as error:
    show_error(error)
    st.stop()

show_heading(sentences_results.headline(report), sentences_results.grounds(report))
show_line(sentences.errors(report.accuracy.value) + " " + t(sentences_results.NEXT[report.verdict]))
usable = report.verdict in sentences_results.USABLE
first, first_label = (
    ("use/fill.py", t("Fill the blank labels")) if usable else ("results/errors.py", t("Read the wrong rows"))
)
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button(first_label, type="primary", icon=place(first).icon, key="next"):
        go(first, run=run.id)
    for file, label in (
        ("results/errors.py", t("Read the wrong rows")),
        ("use/fill.py", t("Fill the blank labels")),
        ("use/ask.py", t("Try a text")),
        ("use/export.py", t("Take the model with you")),
    ):
        if file != first:
            link(file, label, run=run.id)
show_scores(report)
show_confusion(report)
show_classes(report)
