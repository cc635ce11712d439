"""A worker that stands by does the next job, and is never in the way of anything."""

import dataclasses
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from pipeline import jobs, system
from pipeline.jobs import standby
from pipeline.settings import Workspace
from tests.unit.jobs.test_local import claimed, until

KIND = "train"


@pytest.fixture(autouse=True)
def ready(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers may stand by, and none is left."""
    monkeypatch.delenv("TUNEDESK_STAND_BY", raising=False)
    yield
    standby._dismiss()


def waiting() -> list[system.Identity]:
    """Who stands by."""
    found = [system.identity(one.process.pid) for one in standby._waiting]
    return [who for who in found if who is not None]


def a_job() -> str:
    """A real job that fails quickly, since no such run exists."""
    return jobs.submit(KIND, {"run": "no-such-run"}, lane="device-cpu")


def test_the_next_job_is_done_by_who_stands_by_and_its_output_is_the_job_s(home: Workspace) -> None:
    jobs.stand_by(KIND)
    (who,) = waiting()
    job = a_job()
    assert waiting() == []
    until(lambda: jobs.status(job).over)
    assert jobs.status(job).pid == who.pid
    assert "no-such-run" in jobs.log(job)
    until(lambda: not system.is_alive(who))


def test_one_stands_by_however_often_somebody_asks(home: Workspace) -> None:
    jobs.stand_by(KIND)
    first = waiting()
    jobs.stand_by(KIND)
    assert waiting() == first


def test_a_job_does_not_need_it(home: Workspace) -> None:
    jobs.stand_by(KIND)
    (who,) = waiting()
    system.kill_tree(who)
    job = a_job()
    until(lambda: jobs.status(job).over)
    assert jobs.status(job).pid != who.pid
    assert "no-such-run" in jobs.log(job)


def test_a_job_of_another_kind_leaves_it_alone(home: Workspace) -> None:
    jobs.stand_by(KIND)
    job = jobs.submit("fetch", {"model": "no-such-model", "accepted_licence": False}, lane="network")
    assert len(waiting()) == 1
    until(lambda: jobs.status(job).over)


def test_nobody_stands_by_while_such_a_job_goes_on(home: Workspace) -> None:
    claimed(home, kind=KIND, started=None, pid=system.identity().pid, created=system.identity().created)
    jobs.stand_by(KIND)
    assert waiting() == []


def test_nobody_stands_by_where_memory_is_short_or_it_is_switched_off(
    home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(system, "free_memory", lambda: standby._ROOM - 1)
        jobs.stand_by(KIND)
    assert waiting() == []
    monkeypatch.setenv("TUNEDESK_STAND_BY", "off")
    jobs.stand_by(KIND)
    assert waiting() == []


def test_another_workspace_has_its_own(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.stand_by(KIND)
    (first,) = waiting()
    monkeypatch.setenv("TUNEDESK_HOME", str(home.home / "another"))
    jobs.stand_by(KIND)
    (second,) = waiting()
    assert second != first
    assert not system.is_alive(first)


def test_who_stood_by_in_vain_is_sent_away(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.stand_by(KIND)
    (who,) = waiting()
    jobs.reconcile()
    assert waiting() == [who]
    late = dataclasses.replace(standby._waiting[0], since=time.monotonic() - standby.IDLE_SECONDS - 1)
    monkeypatch.setattr(standby, "_waiting", [late])
    jobs.reconcile()
    assert not system.is_alive(who)


@pytest.mark.parametrize("end", ["killed", "over"])
def test_it_ends_with_the_process_that_asked_for_it(home: Workspace, end: str) -> None:
    asks = (
        "import sys; from pipeline.jobs import standby; standby.stand_by('train'); "
        "print(standby._waiting[0].process.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", asks], cwd=system.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        who = system.identity(int(parent.stdout.readline()))
        assert who is not None
        if end == "killed":
            parent.kill()
    until(lambda: not system.is_alive(who))
