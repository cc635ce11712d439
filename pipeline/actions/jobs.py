"""Waiting for a job: the one thing that pages poll and commands follow. Which queue a device has."""

import time
from collections.abc import Callable

from pipeline import jobs
from pipeline.errors import JobError
from pipeline.jobs import JobInfo

POLL_SECONDS = 0.2


def job_info(job_id: str) -> JobInfo:
    """How a job is doing. Raises JobError for an unknown id."""
    return jobs.status(job_id)


def cancel_job(job_id: str) -> None:
    """Ask a job to stop; a second request kills it."""
    jobs.cancel(job_id)


def wait(job_id: str, watch: Callable[[JobInfo], None] = lambda info: None) -> JobInfo:
    """Follow a job to its end, calling ``watch`` at every look.

    Raises:
        JobError: the job failed; the message is its cause.
    """
    while True:
        info = jobs.status(job_id)
        watch(info)
        if info.state == "failed":
            raise JobError(info.cause, **info.cause_values)
        if info.over:
            return info
        time.sleep(POLL_SECONDS)


def lane_of(device: str) -> str:
    """The queue of a device: one job at a time by default."""
    return f"device-{device}"
