"""Jobs are queued in order, their end is noticed however it comes, and nothing waits for a dead process."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

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


def claimed(home: Workspace, state: str = "running", pid: int = 0, created: float = 0.0, kind: str = "fetch") -> str:
    """A job that some process claimed."""
    with store.session() as session:
        row = store.JobRow(
            id=store.new_id(), kind=kind, lane="network", request={}, state=state, pid=pid, pid_created=created,
            started=store.now(),
        )  # fmt: skip
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


@pytest.mark.parametrize(("kind", "said"), [("train", "resume with a smaller batch"), ("import", "fewer rows")])
def test_a_worker_killed_for_want_of_memory_says_so(
    home: Workspace, monkeypatch: pytest.MonkeyPatch, kind: str, said: str
) -> None:
    job = claimed(home, kind=kind)
    with heartbeat.Heart(home.jobs / job):
        pass
    kills = system.out_of_memory_kills()
    monkeypatch.setattr(system, "out_of_memory_kills", lambda: kills + 1)
    assert said in jobs.status(job).cause


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
        assert system.is_alive(who)
        jobs.cancel(job)
    assert deaf.wait(timeout=10) != 0
    assert jobs.status(job).state == "stopped"


def test_a_silent_worker_shows_as_stalled(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    job = claimed(home)
    with heartbeat.Heart(home.jobs / job):
        monkeypatch.setattr(heartbeat, "STALLED_SECONDS", -1.0)
        assert jobs.status(job).state == "stalled"
        local.end(job, "finished")
