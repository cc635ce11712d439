"""Jobs are queued in order, their end is noticed however it comes, and nothing waits for a dead process."""

import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from filelock import FileLock

from pipeline import jobs, system
from pipeline.jobs import heartbeat, local
from pipeline.runs import store
from pipeline.settings import Workspace


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a process of the operating system, which no event of ours can announce."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def claimed(
    home: Workspace, state: str = "running", pid: int = 0, created: float = 0.0, kind: str = "fetch", **values: Any
) -> str:
    """A job that some process claimed."""
    with store.session() as session:
        given = {"request": {}, "started": store.now()} | values
        row = store.JobRow(
            id=store.new_id(), kind=kind, lane="network", state=state, pid=pid, pid_created=created, **given
        )
        session.add(row)
    (home.jobs / row.id).mkdir(parents=True)
    return row.id


def queued(home: Workspace) -> str:
    """A real job that fails quickly, since no such model exists."""
    return jobs.submit("fetch", {"model": "no-such-model", "accepted_licence": False}, lane="network")


def test_a_job_runs_in_a_process_of_its_own_and_its_failure_is_told_in_plain_words(home: Workspace) -> None:
    job = queued(home)
    until(lambda: jobs.status(job).over)
    info = jobs.status(job)
    assert info.state == "failed"
    assert "no-such-model" in info.cause.format(**info.cause_values)
    assert info.pid != system.identity().pid
    assert "UnknownModel" in jobs.log(job)


def test_one_job_of_a_lane_runs_at_a_time_and_the_next_follows_by_itself(home: Workspace) -> None:
    blocker = claimed(home)
    with heartbeat.Heart(home.jobs / blocker):
        first, second = queued(home), queued(home)
        assert [jobs.status(job).position for job in (first, second)] == [1, 2]
    local.end(blocker, "finished")
    jobs.reconcile()
    # Nobody looks at the second: the ending worker of the first starts it.
    until(lambda: jobs.status(first).over)
    until(lambda: store.get_job(second).state == "failed")
    assert store.get_job(first).ended <= store.get_job(second).started


def test_a_queued_job_stops_at_once(home: Workspace) -> None:
    blocker = claimed(home)
    with heartbeat.Heart(home.jobs / blocker):
        job = queued(home)
        jobs.cancel(job)
        assert jobs.status(job).state == "stopped"
        local.end(blocker, "finished")


@pytest.mark.parametrize(
    ("kind", "said"), [("train", "resume it"), ("import", "started again"), ("check", "started again")]
)
def test_a_killed_worker_is_noticed_and_says_what_can_be_done(home: Workspace, kind: str, said: str) -> None:
    job = claimed(home, kind=kind)
    assert jobs.status(job).state == "failed"
    assert said in jobs.status(job).cause


@pytest.mark.parametrize(("kind", "said"), [("train", "also with smaller batches"), ("import", "fewer rows")])
def test_a_worker_that_ran_out_of_memory_for_good_says_so(home: Workspace, kind: str, said: str) -> None:
    job = claimed(home, kind=kind)
    heartbeat.report_out_of_memory(home.jobs / job)
    assert jobs.status(job).state == "failed"
    assert said in jobs.status(job).cause


def test_a_worker_that_ran_out_of_memory_is_queued_again_with_half_until_no_half_is_left(home: Workspace) -> None:
    job = claimed(home, request={"halvings": 0, "most_halvings": 2})
    with store.session() as session:  # fills the lane, so that nothing is started here
        session.add(store.JobRow(id="other", kind="fetch", lane="network", request={}, state="running"))
    (home.jobs / "other").mkdir()
    with heartbeat.Heart(home.jobs / "other"):
        for halvings in (1, 2):
            heartbeat.report_out_of_memory(home.jobs / job)
            again = jobs.status(job)
            assert (again.state, again.halvings, again.position) == ("queued", halvings, 1)
            local._update(job, state="running")
        assert jobs.history(job=job)[0] == jobs.Moment("queued", jobs.history(job=job)[0].since, local.AGAIN)
        assert jobs.status(job).cause == local.OUT_OF_MEMORY_FOR_GOOD
        local.end("other", "finished")


def test_a_number_used_again_is_not_the_process_that_was_started(home: Workspace) -> None:
    me = system.identity()
    assert me is not None
    job = claimed(home, state="starting", pid=me.pid, created=me.created - 1000)
    assert jobs.status(job).state == "failed"


def test_a_second_stop_kills_a_worker_that_does_not_listen(home: Workspace) -> None:
    deaf = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    who = system.identity(deaf.pid)
    assert who is not None
    job = claimed(home, pid=who.pid, created=who.created)
    with heartbeat.Heart(home.jobs / job):
        jobs.cancel(job)
        assert jobs.status(job).state == "stopping"
        jobs.cancel(job)  # a double click
        assert system.is_alive(who)
        time.sleep(local.ONE_WISH)
        jobs.cancel(job)
    assert deaf.wait(timeout=10) != 0
    assert jobs.status(job).state == "stopped"


def silent_heart(home: Workspace, job: str) -> None:
    """The sign of a worker that was heard of last a minute ago."""
    beat = heartbeat.Beat(monotonic=time.monotonic() - 60)
    (home.jobs / job / "heartbeat.json").write_text(json.dumps(dataclasses.asdict(beat)))


def test_a_silent_worker_is_stalled_until_it_is_heard_again_and_both_are_taken_down(home: Workspace) -> None:
    job = claimed(home)
    with FileLock(home.jobs / job / "alive.lock"):
        silent_heart(home, job)
        assert jobs.status(job).state == "stalled"
        jobs.reconcile()
    with heartbeat.Heart(home.jobs / job):
        assert jobs.status(job).state == "running"
        jobs.reconcile()
        local.end(job, "finished")
    assert [moment.state for moment in jobs.history(job=job)] == ["stalled", "running", "finished"]


def test_whoever_looks_ends_a_worker_that_is_silent_after_a_stop(home: Workspace) -> None:
    deaf = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    who = system.identity(deaf.pid)
    assert who is not None
    job = claimed(home, pid=who.pid, created=who.created)
    with heartbeat.Heart(home.jobs / job):
        jobs.cancel(job)
        jobs.reconcile()
        assert system.is_alive(who)  # it still beats
    with FileLock(home.jobs / job / "alive.lock"):
        silent_heart(home, job)
        jobs.reconcile()
        assert deaf.wait(timeout=10) != 0
    assert jobs.status(job).state == "stopped"


def test_every_state_has_its_time(home: Workspace) -> None:
    before = store.now()
    job = queued(home)
    until(lambda: jobs.status(job).over)
    states = jobs.history(job=job)
    assert [moment.state for moment in states] == ["queued", "starting", "running", "failed"]
    times = [before, *(moment.since for moment in states), store.now()]
    assert times == sorted(times)


def test_a_job_of_several_processes_is_started_by_torchrun_and_known_by_its_pid(home: Workspace) -> None:
    several = store.JobRow(id="a", kind="train", lane="x", request={"processes": 3}, state="queued")
    command = local._command(several)
    assert command[1:3] == ["-m", "torch.distributed.run"]
    assert "--nproc-per-node=3" in command
    assert f"--log-dir={local._folder('a')}" in command  # and not a folder of its own that stays when the job goes
    assert command[-2:] == ["pipeline.worker", "a"]
