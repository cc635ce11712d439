"""Kill a trainer again and again, at random moments and while a checkpoint is written, and look at what is left."""

import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import system
from pipeline.actions import data, runs, train
from pipeline.actions.jobs import wait
from pipeline.jobs import local
from pipeline.runs import store
from pipeline.runs.answers import load_answers
from pipeline.runs.bundle import is_sealed, is_whole
from pipeline.runs.metrics_log import FILE, read_metrics
from pipeline.runs.spec import load_spec, save_spec
from pipeline.runs.texts import MODEL, are_texts, load_texts
from pipeline.settings import workspace
from pipeline.training.checkpoints import step_of
from tests.faults.staging import SETTINGS, Settings
from tests.faults.trainers import Trainers

# A checkpoint of these models takes some milliseconds: the kill comes somewhere in them.
_WITHIN_A_CHECKPOINT = 0.02
_PATIENCE_SECONDS = 300.0


@dataclass
class Tally:
    """What a hundred kills have shown."""

    kills: int = 0
    while_writing: int = 0  # an unfinished checkpoint was there afterwards
    resumes: int = 0
    bad_resumes: int = 0  # from another step than the last whole checkpoint's, or not at all
    runs: int = 0
    lost_runs: int = 0  # that did not end as a run that nobody touched, digit by digit
    lost_lines: int = 0  # of metrics that had been read before a kill

    def __str__(self) -> str:
        return ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in vars(self).items())


def kill_again_and_again(
    dataset: data.Dataset, kills: int, writing: int, seed: int, model: str = "tiny", settings: Settings = SETTINGS
) -> Tally:
    """Kill -9, ``kills`` times or more, ``writing`` of them while a checkpoint is written; every run is then finished.

    A kill that was aimed at a checkpoint and came too late counts as one at a random moment, so there may be more.

    Args:
        dataset: what is learned.
        seed: of the moments.
        model, settings: by which base model, and how; one of ``staging``.
    """
    tally, chance = Tally(), random.Random(seed)
    untouched = train.start(dataset, model, settings=settings)  # the same one for every seed
    wait(untouched.job)
    with Trainers(workspace()) as trainers:
        while not _enough(tally, kills, writing):
            run = copy_of(untouched.id, f"killed-{seed}-{tally.runs}")
            tally.runs += 1
            while not _enough(tally, kills, writing):
                job, who = trainers.sit(run)
                left, wanted = max(1, kills - tally.kills), writing - tally.while_writing
                if not _kill_once(run, job, who, chance, tally, while_writing=chance.random() < 1.3 * wanted / left):
                    break
            # Whatever was killed last goes on to its end.
            if runs.get_run(run).state != "finished":
                job, _ = trainers.sit(run)
                _until_over(job)
            tally.lost_runs += not _same_end(untouched.id, run)
    return tally


def _enough(tally: Tally, kills: int, writing: int) -> bool:
    assert tally.kills < 3 * kills, f"checkpoints are hardly ever hit: {tally}"
    return tally.kills >= kills and tally.while_writing >= writing


def copy_of(run_id: str, name: str) -> str:
    """Another run of the same spec, at its beginning."""
    run = store.new_id()
    (workspace().runs / run).mkdir()
    spec = load_spec(workspace().runs / run_id)
    save_spec(spec, workspace().runs / run)
    dataset = store.get_run(run_id).dataset
    with store.session() as session:
        row = store.RunRow(
            id=run, name=name, dataset=dataset, spec=spec.id, base_model=spec.base_model, preset="fast", job=""
        )
        session.add(row)
    return run


def _kill_once(
    run: str, job: str, who: system.Identity, chance: random.Random, tally: Tally, *, while_writing: bool
) -> bool:
    """Kill one sitting and check what it left and what it had gone on from. False: it ended before."""
    folder = workspace().runs / run
    checkpoints = folder / "checkpoints"
    expected, known = _last_whole(checkpoints), len(read_metrics(folder))
    _await_first_step(folder, known, who)
    if not system.is_alive(who):
        tally.lost_runs += local.status(job).state != "finished"
        return False
    resumed = [event.values["step"] for event in read_metrics(folder)[known:] if event.kind == "resumed"]
    if expected:
        tally.resumes += 1
        tally.bad_resumes += resumed != [expected]
    if while_writing:
        _await_checkpoints(checkpoints, chance.randint(1, 3), who)
        time.sleep(chance.random() * _WITHIN_A_CHECKPOINT)
    else:
        time.sleep(chance.random() * 1.5)
    acknowledged = (folder / FILE).read_bytes()
    system.kill_tree(who)
    _until_over(job)
    state = local.status(job)
    if state.state == "finished":
        return False
    assert (state.state, state.cause) == ("failed", local.KILLED), state
    tally.kills += 1
    tally.while_writing += any(not is_sealed(path) for path in checkpoints.glob("checkpoint-*"))
    tally.lost_lines += not (folder / FILE).read_bytes().startswith(acknowledged)
    return True


def _await_first_step(folder: Path, known: int, who: system.Identity) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not any(event.kind == "train" for event in read_metrics(folder)[known:]) and system.is_alive(who):
        assert time.monotonic() < deadline, "no step was made"
        time.sleep(0.002)


def _await_checkpoints(checkpoints: Path, count: int, who: system.Identity) -> None:
    """Return in the moment in which the ``count``-th checkpoint from now is begun."""
    seen = {path.name for path in checkpoints.glob("checkpoint-*")}
    while count and system.is_alive(who):
        for path in checkpoints.glob("checkpoint-*"):
            if path.name not in seen:
                seen.add(path.name)
                count -= 1
        time.sleep(0.0005)


def _last_whole(checkpoints: Path) -> int:
    """The step of the newest checkpoint whose hashes are right; looked up here, apart from the code under test."""
    return max((step_of(path) for path in checkpoints.glob("checkpoint-*") if is_whole(path)), default=0)


def _until_over(job: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not local.status(job).over:
        assert time.monotonic() < deadline, "it did not end"
        time.sleep(0.005)


def _same_end(untouched: str, run: str) -> bool:
    first, second = (_said(workspace().runs / one) for one in (untouched, run))
    scores = [
        {
            event.values["step"]: event.values
            for event in read_metrics(workspace().runs / one)
            if event.kind == "validation"
        }
        for one in (untouched, run)
    ]
    return first == second and scores[0] == scores[1] and runs.get_run(run).state == "finished"


def _said(folder: Path) -> list[Any]:
    """What the model of a run has answered to its test rows, to the last digit."""
    if are_texts(folder):
        answers = load_texts(folder, MODEL)
        return [answers.said, answers.bits.tolist()]
    return [load_answers(folder, MODEL).scores.tolist()]
