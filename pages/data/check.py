"""Check: is it fit to learn from?"""

import streamlit as st

from pages.components import sentences_check, state
from pages.components.jobs import watch
from pages.components.navigation import go
from pages.components.text import plain, show_error, show_heading, show_line, show_note, show_problem, t, tn
from pages.data.findings import show_findings, show_severity
from pages.data.making import show_making
from pages.data.pictures import group_column, show_pictures
from pages.data.versions import show_done
from pipeline.actions.check import check_of, last_check, start_check
from pipeline.actions.data import Dataset
from pipeline.actions.jobs import job_info
from pipeline.check.finding import Severity
from pipeline.check.report import CheckReport
from pipeline.errors import TuneDeskError

NOTHING_YET = CheckReport((), None, None)


def job_of(dataset: Dataset, report: CheckReport | None) -> str:
    """The job that checks this dataset, which opening the page starts; "" where its report is there without one.

    A check that failed or was stopped is not started again by itself.
    """
    job = last_check(dataset)
    over_and_done = not job or job_info(job).state == "finished"
    return start_check(dataset) if report is None and over_and_done else job


def show_answer(report: CheckReport | None, *, under_way: bool) -> None:
    """The first line: how many things there are to look at, and how bad the worst is."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if report is None:
            show_heading(t("Looking at your data …") if under_way else t("Your data was not checked"))
            return
        severities = [finding.severity for finding in report.findings if finding.severity > Severity.NOTE]
        if is_chance(report):
            severities.append(Severity.BLOCKING)
        if not severities and not report.complete:
            show_heading(t("Looking at your data …") if under_way else t("Your data was checked in part only"))
        elif severities:
            show_heading(tn("{n} thing to look at", "{n} things to look at", len(severities)), width="content")
            show_severity(max(severities))
        else:
            show_heading(t("Nothing to worry about"), width="content")
            if not under_way:
                st.badge(t("Ready to train"), icon=":material/check_circle:", color="green")


def is_chance(report: CheckReport) -> bool:
    """Whether the labels cannot be told from the texts."""
    return report.learnability is not None and report.learnability.verdict == "chance"


def show_learnability(report: CheckReport) -> None:
    """Whether the labels follow from the texts at all, and what more of them would bring."""
    if report.learnability:
        show = show_problem if is_chance(report) else show_line
        known = report.learnability
        show(f"{sentences_check.learnability(known)} {sentences_check.learnability_advice(known)}")
    if report.budget:
        st.markdown(
            plain(sentences_check.budget(report.budget)), help=plain(sentences_check.budget_range(report.budget))
        )


def show_progress(dataset: Dataset, report: CheckReport | None, job: str) -> None:
    """How far the check is; how it ended, where it did not come to its end, and the button that tries again."""
    if not job:
        return
    try:
        ended = watch(job, news=lambda: check_of(dataset) != report)
    except TuneDeskError as error:
        show_error(error)
    else:
        if ended is None or ended.state != "stopped":
            return
        found = t("The check was stopped. What it had found by then stands below.")
        show_note(found if report else t("The check was stopped."))
    if st.button(t("Check again"), icon=":material/replay:", key="again"):
        start_check(dataset)
        st.rerun()


def show_page(dataset: Dataset) -> None:
    """The answer, then what it rests on at the left; what was done and what is in the file at the right."""
    report = check_of(dataset)
    job = job_of(dataset, report)
    known = report or NOTHING_YET
    show_answer(report, under_way=bool(job) and not job_info(job).over)
    show_learnability(known)
    if st.button(t("Next: train"), type="primary", icon=":material/arrow_forward:", key="next"):
        go("train/start.py", dataset=dataset.id)
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_progress(dataset, report, job)
        show_findings(dataset, known.findings)
    with right:
        show_done(dataset)
    nothing_found = report is not None and report.complete and not report.findings
    group = group_column(dataset.view, known.findings)
    show_pictures(dataset.view, group, first=left if nothing_found else right, others=right)


try:
    show_making()
    show_page(state.pick_dataset())
except TuneDeskError as error:
    show_error(error)
