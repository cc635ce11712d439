"""Several processes, started by torchrun, train the run that one process trains: the same curve, the same stop."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline import jobs, system
from pipeline.actions import data, runs, train
from pipeline.actions.jobs import wait
from pipeline.actions.runs import RunInfo
from pipeline.data.source import import_source
from pipeline.runs import store
from pipeline.runs.bundle import is_whole, seal
from pipeline.settings import Workspace
from tests.tiny import instructions, tickets, tiny_base, tiny_writer

pytestmark = pytest.mark.slow

# Two curves are compared digit by digit: in float32, whatever the machine is faster in.
EXACT = {"precision": "float32"}
SETTINGS = EXACT | {"epochs": "4", "batch_size": "16", "learning_rate": "3e-3", "max_length": "24"}
WRITING = EXACT | {"epochs": "3", "batch_size": "16", "learning_rate": "4e-3", "max_length": "96", "adapter": "none"}


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> data.Dataset:
    """101 tickets, so that the last batch of an epoch is odd, and a tiny base model without dropout."""
    folder = tiny_base(home.models / "tiny")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(
        json.dumps(config | {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0})
    )
    seal(folder)
    tickets(101, seed=0).to_csv(tmp_path / "tickets.csv", index=False)
    source = import_source(tmp_path / "tickets.csv", "tickets.csv")
    return data.create_dataset(source.id, name="tickets", text=["text"], label="label")


def test_two_processes_give_the_loss_curve_of_one(dataset: data.Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = start(dataset, SETTINGS)
    wait(alone.job)
    monkeypatch.setenv("TUNEDESK_PROCESSES", "2")
    together = start(dataset, SETTINGS)
    wait(together.job)
    assert len(losses(alone)) == runs.get_run(alone.id).steps
    np.testing.assert_allclose(losses(together), losses(alone), rtol=1e-3)
    np.testing.assert_allclose(scores(together), scores(alone), atol=1e-9)
    assert runs.get_run(together.id).metrics == pytest.approx(runs.get_run(alone.id).metrics)


def test_two_processes_teach_a_model_to_write_as_one_does(
    home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_writer(home.models / "writer")
    instructions(101, seed=0).to_json(tmp_path / "asked.json", orient="records", force_ascii=False)
    source = import_source(tmp_path / "asked.json", "asked.json")
    columns = {"text": ["instruction", "input"], "label": "output", "written": True}
    asked = data.create_dataset(source.id, name="asked", **columns)
    alone = start(asked, WRITING, "writer")
    wait(alone.job)
    monkeypatch.setenv("TUNEDESK_PROCESSES", "2")
    together = start(asked, WRITING, "writer")
    wait(together.job)
    assert len(losses(alone)) == runs.get_run(alone.id).steps
    np.testing.assert_allclose(losses(together), losses(alone), rtol=1e-3)
    measured = [scores(run, "bits_per_character") for run in (together, alone)]
    np.testing.assert_allclose(*measured, rtol=1e-3)
    assert runs.get_run(together.id).metrics["chrf"] == pytest.approx(runs.get_run(alone.id).metrics["chrf"], abs=0.02)


def test_two_processes_stop_together_and_go_on_to_the_same_end(
    home: Workspace, dataset: data.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNEDESK_PROCESSES", "2")
    settings = SETTINGS | {"epochs": "60"}
    run = start(dataset, settings)
    until(lambda: runs.get_run(run.id).step > 20)
    row = store.get_job(run.job)
    train.stop(run.id)
    assert wait(run.job).state == "stopped"
    until(lambda: not system.is_alive(system.Identity(row.pid, row.pid_created)))
    stopped = runs.get_run(run.id)
    assert 20 < stopped.step < stopped.steps
    assert all(is_whole(folder) for folder in (home.runs / run.id / "checkpoints").iterdir())
    assert stopped.has_model
    resumed = train.resume(run.id)
    wait(resumed.job)
    assert runs.get_run(run.id).resumed_from == stopped.step
    steps = [event.values["step"] for event in runs.curves(run.id) if event.kind == "train"]
    assert steps == sorted(set(steps))


@pytest.mark.parametrize("whom", ["the one that started them", "the first of them"])
def test_a_kill_ends_them_all(dataset: data.Dataset, monkeypatch: pytest.MonkeyPatch, whom: str) -> None:
    import psutil

    monkeypatch.setenv("TUNEDESK_PROCESSES", "2")
    run = start(dataset, SETTINGS | {"epochs": "200"})
    until(lambda: runs.get_run(run.id).step > 5)
    leader = psutil.Process(store.get_job(run.job).pid)
    ranks = leader.children(recursive=True)
    assert len(ranks) >= 2
    (leader if whom == "the one that started them" else ranks[0]).kill()
    until(lambda: runs.get_run(run.id).state == "failed")
    assert runs.get_run(run.id).cause == jobs.local.KILLED
    until(lambda: not any(rank.is_running() and rank.status() != psutil.STATUS_ZOMBIE for rank in ranks))


def start(dataset: data.Dataset, settings: dict[str, str], model: str = "tiny") -> RunInfo:
    """A run that uses nothing of an earlier one."""
    return train.start(dataset, model, settings=settings, device="cpu", use_cache=False)


def losses(run: RunInfo) -> list[float]:
    """The loss of every step."""
    return [event.values["loss"] for event in runs.curves(run.id) if event.kind == "train"]


def scores(run: RunInfo, name: str = "macro_f1") -> list[float]:
    """The score of every measurement."""
    return [event.values[name] for event in runs.curves(run.id) if event.kind == "validation"]


def until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for a process of the operating system, which no event of ours can announce."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
