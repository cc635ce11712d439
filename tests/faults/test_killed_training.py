"""A training that is killed, or meets a full disk, says so, keeps what it had, and goes on to the same result."""

import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import jobs, system
from pipeline.actions import data, runs, train
from pipeline.actions.jobs import wait
from pipeline.data.source import import_source
from pipeline.runs import store
from pipeline.settings import Workspace
from tests.tiny import tickets, tiny_base

pytestmark = pytest.mark.faults

KILLS = 10
TOO_SMALL = 100_000  # bytes; the weights of a checkpoint are more, the database is less
SETTINGS = {"epochs": "30", "batch_size": "8", "learning_rate": "3e-3", "max_length": "24"}


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> data.Dataset:
    """Two hundred tickets and a tiny base model."""
    tiny_base(home.models / "tiny")
    tickets(200, seed=0).to_csv(tmp_path / "tickets.csv", index=False)
    source = import_source(tmp_path / "tickets.csv", "tickets.csv")
    return data.create_dataset(source.id, name="tickets", text=["text"], label="label")


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for a process of the operating system, which no event of ours can announce."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_ten_seeded_kills_lose_no_run_and_change_no_digit(dataset: data.Dataset) -> None:
    untouched = train.start(dataset, "tiny", settings=SETTINGS)
    wait(untouched.job)
    expected = runs.get_run(untouched.id)

    chance = random.Random(0)
    run = train.start(dataset, "tiny", settings=SETTINGS, use_cache=False)
    kills = 0
    while kills < KILLS:
        # Each time a little further than it came before, wherever that is: in a step, or while a checkpoint is written.
        target = max(runs.get_run(run.id).step, 1) + chance.randint(5, expected.steps // (KILLS + 2))
        until(lambda target=target: runs.get_run(run.id).step >= target or runs.get_run(run.id).over)
        now = runs.get_run(run.id)
        assert not now.over, now
        acknowledged = len(runs.curves(run.id))
        system.kill_tree(_identity(now.job))
        until(lambda: runs.get_run(run.id).state == "failed")
        failed = runs.get_run(run.id)
        assert failed.cause == jobs.local.KILLED
        assert len(runs.curves(run.id)) >= acknowledged
        kills += 1
        train.resume(run.id)
    wait(runs.get_run(run.id).job)
    finished = runs.get_run(run.id)
    assert finished.state == "finished"
    assert finished.resumed_from > 0
    assert finished.metrics == expected.metrics


def test_a_full_disk_is_said_in_plain_words_and_the_run_can_be_resumed(dataset: data.Dataset) -> None:
    run = train.start(dataset, "tiny", settings=SETTINGS)
    until(lambda: runs.get_run(run.id).step > 0)
    # From here on no file of the worker may grow beyond this: the next checkpoint does not fit.
    resource.prlimit(runs.get_run(run.id).pid, resource.RLIMIT_FSIZE, (TOO_SMALL, TOO_SMALL))
    until(lambda: runs.get_run(run.id).over)
    failed = runs.get_run(run.id)
    assert failed.state == "failed"
    assert "disk" in failed.cause
    wait(train.resume(run.id).job)
    assert runs.get_run(run.id).state == "finished"


def _identity(job: str) -> system.Identity:
    row = store.get_job(job)
    return system.Identity(row.pid, row.pid_created)
