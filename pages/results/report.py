"""Results: how good is a run, against its baselines, on rows it has never seen?"""

import streamlit as st

from pages.components import sentences_results, state
from pages.components.navigation import go, link, place
from pages.components.text import show_error, show_heading, show_line, t
from pages.results.numbers import show_numbers
from pages.results.reading import show_reading
from pages.results.scores import show_scores
from pages.results.sections import show_classes, show_confusion
from pages.results.sets import show_labels
from pages.results.texts import show_texts
from pipeline.errors import TuneDeskError
from pipeline.evaluation.number_report import NumberReport
from pipeline.evaluation.pretraining_report import PretrainingReport
from pipeline.evaluation.report import load_report
from pipeline.evaluation.set_report import SetReport
from pipeline.evaluation.written_report import WrittenReport

run = state.pick_run(finished=True)
try:
    report = load_report(run.id)
except TuneDeskError as error:
    show_error(error)
    st.stop()

show_heading(sentences_results.headline(report), sentences_results.grounds(report))
show_line(" ".join(filter(None, (sentences_results.pictured(report), sentences_results.advice(report)))))
written = isinstance(report, WrittenReport)
if isinstance(report, PretrainingReport):
    ways = {"use/export.py": t("Keep it as a base model")}
    if report.foretells:
        ways["use/playground.py"] = t("Let it go on with a text")
else:
    ways = {
        "results/errors.py": t("Read its answers") if written else t("Read the wrong rows"),
        **(
            {"use/playground.py": t("Talk to it"), "results/judge.py": t("Have a judge score it")}
            if written
            else {"use/fill.py": t("Fill the blank cells"), "use/ask.py": t("Try a text")}
        ),
        "use/export.py": t("Take the model with you"),
    }
usable = report.verdict in sentences_results.USABLE and "use/fill.py" in ways
first = "use/fill.py" if usable else next(iter(ways))
with st.container(horizontal=True, vertical_alignment="center"):
    if st.button(ways[first], type="primary", icon=place(first).icon, key="next"):
        go(first, run=run.id)
    for file, label in ways.items():
        if file != first:
            link(file, label, run=run.id)
show_scores(report)
if isinstance(report, SetReport):
    show_labels(report)
elif isinstance(report, NumberReport):
    show_numbers(report)
elif isinstance(report, WrittenReport):
    show_texts(report)
elif isinstance(report, PretrainingReport):
    show_reading(report)
else:
    show_confusion(report)
    show_classes(report)
