"""Watching a job from a page: a bar that refreshes itself, and one line for how it ended."""

from collections.abc import Callable

import streamlit as st

from pages.components import sentences, sentences_runs
from pages.components.text import plain, t
from pipeline.actions.jobs import cancel_job, job_info
from pipeline.errors import JobError, TuneDeskError
from pipeline.jobs import JobInfo

REFRESH_SECONDS = 1.0
COUNTABLE = 1_000_000  # units that people count; beyond, they are bytes, and a percentage says more


def job_in_url(parameter: str, run_id: str) -> str:
    """The job that the URL names, "" where it names none or another run's (the run was changed since).

    Raises:
        JobError: no such job (an old link).
    """
    job_id = st.query_params.get(parameter, "")
    return job_id if job_id and job_info(job_id).run == run_id else ""


def watch(job_id: str, news: Callable[[], bool] = lambda: False) -> JobInfo | None:
    """Show the job's progress until it is over, then run the page again. Returns the job once it is over.

    Args:
        job_id: the job.
        news: whether there is something to show before the job is over: then, too, the page is run again.

    Raises:
        JobError: no such job (an old link), or it failed; the message is its cause.
    """
    info = job_info(job_id)
    if not info.over:
        _bar(job_id, news)
        return None
    if info.state == "failed":
        raise JobError(info.cause, **info.cause_values)
    return info


@st.fragment(run_every=REFRESH_SECONDS)
def _bar(job_id: str, news: Callable[[], bool]) -> None:
    try:
        info = job_info(job_id)
    except TuneDeskError:
        st.rerun()  # the page says why
    if info.over or news():
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(_share(info), text=plain(_words(info)))
        stop = t("Stop at once") if info.state == "stopping" else t("Stop")
        st.button(stop, key=f"stop-{job_id}", on_click=cancel_job, args=(job_id,))


def _share(info: JobInfo) -> float:
    return min(info.done / info.total, 1.0) if info.total else 0.0


def _words(info: JobInfo) -> str:
    if info.state == "queued":
        return t("Waiting: number {position} in the queue", position=info.position)
    if info.state == "stopping":
        return t("Stopping …")
    if info.state == "stalled":
        return t("No sign of life for a while. Wait a little longer, or stop it.")
    if info.phase and info.total >= COUNTABLE:
        return f"{t(info.phase)}: {sentences.percent(_share(info))}"
    return sentences_runs.phase(info.phase, info.done, info.total)
