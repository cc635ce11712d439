"""Real workers that are killed, starved, frozen or left alone: the run says what happened, and goes on from there."""

import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from pipeline import jobs, system
from pipeline.actions import data, runs, train
from pipeline.actions.jobs import wait
from pipeline.jobs import heartbeat, local
from pipeline.runs import store
from pipeline.runs.metrics_log import read_metrics
from pipeline.settings import Workspace
from tests.faults.staging import SETTINGS, WRITING, make_dataset, make_instructions, process_of, until

pytestmark = pytest.mark.faults

ROOT = Path(__file__).resolve().parents[2]
TOO_SMALL = 100_000  # bytes; the weights of a checkpoint are more, the database is less
MIB = 1024**2
LONG = SETTINGS | {"epochs": "300"}


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> data.Dataset:
    return make_dataset(home, tmp_path)


def under_way(dataset: data.Dataset, settings: dict[str, str] = SETTINGS, model: str = "tiny") -> runs.RunInfo:
    """A run that has made its first steps."""
    run = train.start(dataset, model, settings=settings, device="cpu")
    until(lambda: runs.get_run(run.id).step > 0)
    return runs.get_run(run.id)


def test_a_killed_worker_is_told_from_one_out_of_memory_and_can_be_resumed(dataset: data.Dataset) -> None:
    run = under_way(dataset)
    assert psutil.Process(run.pid).nice() >= system.WORKING  # pages stay quick meanwhile
    system.kill_tree(process_of(run.job))
    until(lambda: runs.get_run(run.id).state == "failed")
    assert runs.get_run(run.id).cause == local.KILLED
    wait(train.resume(run.id).job)
    assert runs.get_run(run.id).state == "finished"


def test_a_full_disk_is_said_in_plain_words_and_the_run_can_be_resumed(dataset: data.Dataset) -> None:
    survives_a_full_disk(under_way(dataset))


def test_so_it_is_of_a_run_that_learns_to_write(home: Workspace, tmp_path: Path) -> None:
    asked = make_instructions(home, tmp_path)
    survives_a_full_disk(under_way(asked, WRITING | {"epochs": "40"}, model="writer"))


def survives_a_full_disk(run: runs.RunInfo) -> None:
    # From here on no file of the worker may grow beyond this: the next checkpoint does not fit.
    resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (TOO_SMALL, TOO_SMALL))
    until(lambda: runs.get_run(run.id).over)
    failed = runs.get_run(run.id)
    assert failed.state == "failed"
    assert "disk" in failed.cause
    wait(train.resume(run.id).job)
    assert runs.get_run(run.id).state == "finished"


@pytest.mark.skipif(
    "TUNEDESK_EVERY_FAULT" not in os.environ,
    reason="the limit may strike where a library can do nothing but hang: python -m benchmarks.faults runs it",
)
def test_a_worker_whose_memory_is_limited_starts_again_by_itself_with_smaller_batches(dataset: data.Dataset) -> None:
    # One batch of all rows, in all layers: what it needs beyond the process itself is gone with the rows.
    greedy = SETTINGS | {"batch_size": "4096", "trained_layers": "-1", "epochs": "3", "precision": "float32"}
    run = train.start(dataset, "tiny", settings=greedy, device="cpu")
    until(lambda: runs.get_run(run.id).phase == "Loading the base model")
    row = store.get_job(run.job)
    # The sittings that follow inherit the limit; whatever is not training fits in it.
    used = psutil.Process(row.pid).memory_info().vms
    resource.prlimit(row.pid, resource.RLIMIT_AS, (used + 24 * MIB, resource.RLIM_INFINITY))
    until(lambda: runs.get_run(run.id).over or jobs.status(run.job).halvings > 0)
    assert jobs.status(run.job).halvings > 0, jobs.log(run.job)
    assert local.AGAIN in {moment.note for moment in jobs.history(run=run.id)}
    train.stop(run.id)
    time.sleep(local.ONE_WISH)
    train.stop(run.id)


def test_a_kill_close_to_the_limit_of_memory_halves_the_batch_and_the_run_ends_well(
    home: Workspace, dataset: data.Dataset
) -> None:
    run = under_way(dataset, SETTINGS | {"epochs": "60"})
    # What it has is nearly all that it may have, as when the machine is full.
    used = psutil.Process(run.pid).memory_info().vms
    resource.prlimit(run.pid, resource.RLIMIT_AS, (int(used / 0.95), resource.RLIM_INFINITY))
    until(lambda: (heartbeat.read_beat(home.jobs / run.job) or heartbeat.Beat(0.0)).memory_share > 0.9)
    system.kill_tree(process_of(run.job))
    until(
        lambda: runs.get_run(run.id).state in ("queued", "starting", "running") and jobs.status(run.job).halvings == 1
    )
    wait(run.job)
    smaller = [event.values for event in read_metrics(home.runs / run.id) if event.kind == "smaller"]
    assert smaller == [{"halvings": 1, "rows": 4, "batch": 8}]
    finished = runs.get_run(run.id)
    assert finished.state == "finished"
    assert finished.steps == finished.step


def test_a_frozen_worker_is_stalled_then_goes_on_and_frozen_for_good_it_is_ended_by_one_stop(
    dataset: data.Dataset,
) -> None:
    run = under_way(dataset, LONG)
    who = process_of(run.job)
    os.kill(who.pid, signal.SIGSTOP)
    until(lambda: runs.get_run(run.id).state == "stalled")
    os.kill(who.pid, signal.SIGCONT)
    until(lambda: runs.get_run(run.id).state == "running")
    jobs.reconcile()
    train.stop(run.id)
    os.kill(who.pid, signal.SIGSTOP)
    until(lambda: runs.get_run(run.id).over)
    stopped = runs.get_run(run.id)
    assert stopped.state == "stopped"
    states = [moment.state for moment in jobs.history(run=run.id)]
    assert states[-5:] in (
        ["running", "stalled", "running", "stopping", "stopped"],
        ["stalled", "running", "stopping", "stopping", "stopped"],
    )
    assert not system.is_alive(who)


def test_a_run_outlives_the_server_that_started_it(home: Workspace, dataset: data.Dataset) -> None:
    blocker = store.JobRow(id="blocker", kind="fetch", lane="device-cpu", request={}, state="running")
    (home.jobs / "blocker").mkdir(parents=True)
    with store.session() as session:
        session.add(blocker)
    with heartbeat.Heart(home.jobs / "blocker"):
        run = train.start(dataset, "tiny", settings=SETTINGS, device="cpu")
        assert runs.get_run(run.id).state == "queued"
        local.end("blocker", "finished")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}", "--server.headless=true"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until(lambda: any(event.kind == "train" for event in runs.curves(run.id)))
    who = system.identity(server.pid)
    assert who is not None
    assert psutil.Process(store.get_job(run.job).pid).ppid() == server.pid
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()
    assert wait(run.job).state == "finished"


def test_a_database_that_is_locked_for_half_a_minute_loses_nothing(home: Workspace, dataset: data.Dataset) -> None:
    run = under_way(dataset, SETTINGS | {"epochs": "3"})
    lock = sqlite3.connect(home.home / "tunedesk.db", timeout=60, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    # The worker ends meanwhile, and cannot say so.
    until(lambda: (heartbeat.read_beat(home.jobs / run.job) or heartbeat.Beat(0.0)).phase == "Writing the report")
    end = time.monotonic() + store.BUSY_SECONDS + 2
    until(lambda: time.monotonic() > end)
    lock.execute("COMMIT")
    lock.close()
    assert wait(run.job).state == "finished"
    assert runs.get_run(run.id).metrics


CLOCK = """
import os, time
_real, _file = time.time, os.environ["CLOCK_OFFSET"]
def _shifted():
    try:
        with open(_file) as offset:
            return _real() + float(offset.read() or 0)
    except OSError:
        return _real()
time.time = _shifted
"""


def test_a_clock_set_back_by_an_hour_stalls_nothing_and_ends_nothing(
    home: Workspace, dataset: data.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(CLOCK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "clock"))
    monkeypatch.setenv("CLOCK_OFFSET", str(tmp_path / "offset"))
    run = under_way(dataset, LONG)
    for offset in (-3600, 3600):
        (tmp_path / "offset").write_text(str(offset))
        before = runs.get_run(run.id).step
        until(lambda before=before: runs.get_run(run.id).step > before + 20)
        assert runs.get_run(run.id).state == "running"
        assert system.is_alive(process_of(run.job))
        assert jobs.status(run.job).phase_seconds >= 0
    train.stop(run.id)
    assert wait(run.job).state == "stopped"
