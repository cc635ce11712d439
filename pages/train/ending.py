"""The top of the monitor page once a run is over: what came of it, and what to do next. Not a page."""

import streamlit as st

from pages.components import sentences, sentences_runs, state
from pages.components.navigation import go, link
from pages.components.text import plain, show_error, show_heading, show_line, show_problem, t, tn
from pipeline.actions.data import get_dataset, row_counts
from pipeline.actions.runs import RunInfo
from pipeline.actions.train import resume
from pipeline.actions.use import start_fill
from pipeline.errors import TuneDeskError
from pipeline.evaluation.report import ClassReport, load_report


def show_end(run: RunInfo, description: str) -> None:
    """The sentence, then the buttons."""
    blank = _blank_rows(run)
    show_heading(sentences_runs.ended(run), description)
    if run.state == "failed":
        show_problem(t(run.cause, **run.cause_values))
    if run.state == "finished" and run.metrics:
        parts = (sentences.verdict(run.verdict, run.metrics), sentences_runs.advice(run, blank))
        show_line(" ".join(part for part in (_wrong(run), *parts) if part))
    with st.container(horizontal=True):
        if run.state in ("failed", "stopped"):
            _offer_resume(run)
        if run.has_model:
            _offer_use(run, blank)


def _wrong(run: RunInfo) -> str:
    """How often it is wrong, or how far off; "" where its report cannot be read."""
    try:
        report = load_report(run.id)
    except TuneDeskError as error:
        show_error(error)
        return ""
    return sentences.errors(report.accuracy) if isinstance(report, ClassReport) else sentences.off(run.metrics)


def _offer_resume(run: RunInfo) -> None:
    if st.button(t("Resume"), type="primary", icon=":material/resume:", key="resume"):
        try:
            state.choose_run(resume(run.id).id)
        except TuneDeskError as error:
            show_error(error)
        else:
            st.rerun()


def _offer_use(run: RunInfo, blank: int) -> None:
    finished = run.state == "finished"
    read_only = "perplexity" in run.metrics  # it has learned from texts alone
    written = "chrf" in run.metrics  # nobody wants such answers in a file unread
    blank = 0 if written or read_only else blank
    if blank and st.button(
        plain(tn("Fill {n} blank cell", "Fill the {n} blank cells", blank)),
        type="primary" if finished else "secondary",
        icon=":material/edit_note:",
        key="fill",
    ):
        _fill(run)
    if st.button(
        t("See the results"),
        type="primary" if finished and not blank else "secondary",
        icon=":material/fact_check:",
        key="results",
    ):
        go("results/report.py", run=run.id)
    if read_only:
        link("use/export.py", t("Keep it as a base model"), run=run.id)
    elif written:
        link("use/playground.py", t("Talk to it"), run=run.id)
    elif st.button(t("Try it on a text"), icon=":material/chat:", key="ask"):
        go("use/ask.py", run=run.id)


def _fill(run: RunInfo) -> None:
    """Start filling the file that the run was trained on, and show how it goes."""
    try:
        job = start_fill(run.id, get_dataset(run.dataset).source, only_blank=True)
    except TuneDeskError as error:
        show_error(error)
    else:
        go("use/fill.py", run=run.id, job=job)


def _blank_rows(run: RunInfo) -> int:
    """Rows of the run's dataset that have no label; 0 where the dataset was deleted."""
    try:
        return row_counts(get_dataset(run.dataset)).blank
    except TuneDeskError:
        return 0
