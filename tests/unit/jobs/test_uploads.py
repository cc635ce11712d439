"""Uploads live as long as their job and no longer, whatever ends it."""

import io
import os
import time
from pathlib import Path

import pytest

from pipeline import jobs
from pipeline.jobs import uploads
from pipeline.runs import store
from pipeline.runs.store import JobRow
from pipeline.settings import Workspace


def test_an_upload_is_written_from_where_it_stands_under_a_name_of_ours(home: Workspace) -> None:
    content = io.BytesIO(b"skipped,kept")
    content.seek(8)

    path = uploads.keep(content, "job1", ".csv")

    assert path.parent == home.uploads / "job1"
    assert path.name == "upload.csv"
    assert path.read_bytes() == b"kept"


@pytest.mark.parametrize("state", ["queued", "running", "stopping"])
def test_what_a_job_may_still_need_stays(home: Workspace, state: str) -> None:
    path = given_to_a_job(state)
    uploads.sweep(jobs.local.OVER)
    assert path.exists()


@pytest.mark.parametrize("state", jobs.local.OVER)
def test_what_an_ended_job_was_given_goes_at_the_next_look(home: Workspace, state: str) -> None:
    path = given_to_a_job(state)
    jobs.reconcile()
    assert not path.parent.exists()


def test_what_never_came_to_belong_to_a_job_goes_after_an_hour(home: Workspace) -> None:
    old, new = (uploads.keep(io.BytesIO(b"a"), job) for job in ("crashed", "arriving"))
    hours_ago = time.time() - 2 * uploads.ABANDONED_SECONDS
    for path in (old, old.parent):
        os.utime(path, (hours_ago, hours_ago))

    jobs.reconcile()

    assert not old.exists()
    assert new.exists()


def given_to_a_job(state: str) -> Path:
    """A file that was uploaded for a job in that state."""
    with store.session() as session:
        session.add(JobRow(id="job1", kind="import", lane="elsewhere", request={}, state=state))
    return uploads.keep(io.BytesIO(b"text,label\n"), "job1", ".csv")
