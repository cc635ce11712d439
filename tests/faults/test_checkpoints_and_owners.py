"""A damaged checkpoint is never gone on from, a number used again is nobody's, and a job has one owner."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import jobs, system
from pipeline.actions import runs
from pipeline.actions.train import start
from pipeline.jobs import heartbeat, local
from pipeline.runs import store
from pipeline.runs.bundle import is_whole
from pipeline.settings import Workspace, workspace
from pipeline.training.checkpoints import last_whole, step_of
from tests.faults.kills import copy_of
from tests.faults.staging import SETTINGS, make_dataset, until
from tests.faults.trainers import Trainers

pytestmark = pytest.mark.faults

FILES = {
    "model.safetensors", "optimizer.pt", "scheduler.pt", "rng_state.pth", "trainer_state.json", "manifest.json"
}  # fmt: skip


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip_one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)


DAMAGES: tuple[Callable[[Path], None], ...] = (truncate, Path.unlink, flip_one_bit)


def test_any_damage_to_any_file_of_a_checkpoint_is_seen_and_the_one_before_is_taken(
    home: Workspace, tmp_path: Path
) -> None:
    dataset = make_dataset(home, tmp_path)
    # Occupies the device, so that the run is left to the trainer that starts at once.
    (home.jobs / "other").mkdir(parents=True)
    with store.session() as session:
        session.add(store.JobRow(id="other", kind="fetch", lane="device-cpu", request={}, state="running"))
    with heartbeat.Heart(home.jobs / "other"), Trainers(home) as trainers:
        queued = start(dataset, "tiny", settings=SETTINGS, device="cpu")
        run = copy_of(queued.id, "damaged")
        checkpoints = workspace().runs / run / "checkpoints"
        job, who = trainers.sit(run)
        until(lambda: len([path for path in checkpoints.glob("*") if is_whole(path)]) >= 2)
        system.kill_tree(who)
        until(lambda: local.status(job).over)
        newest = last_whole(checkpoints)
        assert newest is not None
        assert {path.name for path in newest.iterdir()} == FILES
        for damage in DAMAGES:
            for name in sorted(FILES):
                copy = tmp_path / f"{damage.__name__}-{name}"
                shutil.copytree(checkpoints, copy)
                damage(copy / newest.name / name)
                taken = last_whole(copy)
                assert taken is not None
                assert step_of(taken) < step_of(newest), (damage.__name__, name)
        # And a trainer does what this function says.
        flip_one_bit(newest / "optimizer.pt")
        before = last_whole(shutil.copytree(checkpoints, tmp_path / "expected"))
        assert before is not None
        job, who = trainers.sit(run)
        until(lambda: runs.get_run(run).resumed_from > 0)
        assert runs.get_run(run).resumed_from == step_of(before)
        system.kill_tree(who)
        local.end("other", "finished")


def test_a_stop_never_reaches_a_stranger_that_was_given_the_same_number(home: Workspace) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    who = system.identity(stranger.pid)
    assert who is not None
    with store.session() as session:
        session.add(
            store.JobRow(
                id="old", kind="train", lane="x", request={}, state="running", pid=who.pid, pid_created=who.created - 60
            )
        )
    (home.jobs / "old").mkdir(parents=True)
    with heartbeat.Heart(home.jobs / "old"):
        jobs.cancel("old")
        time.sleep(local.ONE_WISH)
        jobs.cancel("old")
    assert system.is_alive(who)
    assert jobs.status("old").state == "stopped"
    stranger.kill()
    stranger.communicate()


SERVER = "import sys, time\nfrom pipeline import jobs\nwhile not time.sleep(0.01): jobs.reconcile()"


def test_two_servers_on_one_workspace_start_every_job_once(home: Workspace) -> None:
    environment = os.environ | {"TUNEDESK_JOBS": "2"}
    with store.session() as session:
        for number in range(6):
            (home.jobs / f"job{number}").mkdir(parents=True)
            request = {"model": "no-such-model", "accepted_licence": False}
            session.add(
                store.JobRow(id=f"job{number}", kind="fetch", lane="n", request=request, state="queued", order=number)
            )
    servers = [subprocess.Popen([sys.executable, "-c", SERVER], env=environment) for _ in range(2)]
    try:
        until(lambda: all(store.get_job(f"job{number}").state == "failed" for number in range(6)))
    finally:
        for server in servers:
            server.kill()
            server.wait()
    for number in range(6):
        states = [moment.state for moment in jobs.history(job=f"job{number}")]
        assert states == ["starting", "running", "failed"]
