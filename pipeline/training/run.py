"""Carries out a spec, or searches for a better one: training, and what the trained model says of the test rows."""

import contextlib
import dataclasses
import functools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from transformers.utils import logging as transformers_logging

from pipeline import system
from pipeline.errors import N_
from pipeline.models import store as models
from pipeline.models.fit import TOKENS_AT_ONCE
from pipeline.models.halves import evaluating
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.progress import Progress
from pipeline.runs.spec import Recipe, RunSpec
from pipeline.tasks import registry
from pipeline.tasks.classification import Classification, class_weights
from pipeline.tasks.predict import Predicted, head, predict
from pipeline.tasks.task import Task
from pipeline.training import checkpoints, ranks
from pipeline.training import recipe as recipes
from pipeline.training.average import shown
from pipeline.training.batches import Rows
from pipeline.training.leave import keep
from pipeline.training.memory import memory_watched
from pipeline.training.phases import RECALLING, TESTING
from pipeline.training.prepare import Prepared, prepare
from pipeline.training.search import Found, Tried, Verdict, search, take_over
from pipeline.training.shares import Shares
from pipeline.training.start import centre, expect_mean, expect_shares
from pipeline.training.trainee import Loss, Trainee, trainee
from pipeline.training.trainer import build_trainer, marks
from pipeline.training.watcher import Watcher

SAVING = N_("Saving the model")


@dataclass(frozen=True)
class Trained:
    """How a training ended."""

    stopped: bool  # asked to stop before its last step
    step: int  # steps that were made, all sittings together
    resumed_from: int  # step of the checkpoint that it went on from, 0: from the beginning


def train(spec: RunSpec, run_folder: Path, progress: Progress, metrics: MetricsWriter, halvings: int = 0) -> Trained:
    """Train, or go on from the last whole checkpoint in ``run_folder``.

    ``halvings``: so many times a batch is halved, its parts computed one after the other; the steps stay the same.
    Where ``torchrun`` has started several processes, each calls this, and the first one alone writes.

    Leaves ``checkpoints/``, ``answers/model.parquet``, ``neighbours.npz`` and the sealed ``bundle/``, also when
    it was asked to stop: then of what was trained until there.

    Raises:
        OutOfMemory: more halvings may help.
        RunError: the loss stopped being a number.
        WorkspaceError: the disk is full; what was saved before can be resumed.
        UnfitData, ModelError, SettingError: the spec cannot be carried out.
    """
    task = registry.get(spec.task)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    use_physical_cores()
    ranks.meet(spec.device)
    shares = Shares(ranks.world(), system.rank(), 2**halvings, TOKENS_AT_ONCE.get(spec.device))
    with checkpoints.disk_watched(), memory_watched():
        found = None if spec.recipe.search == "none" else _search(spec, task, run_folder, progress, metrics, shares)
        if found is not None:
            spec = dataclasses.replace(spec, recipe=found.recipe)
        prepared = prepare(spec, task, progress)
        with _opened(spec, prepared) as module:
            if found is None:
                trained = _fit(spec, prepared, module, run_folder, progress, metrics, shares)
            else:
                trained = _take(found, module)
            if not ranks.leads():
                return trained
            if prepared.unit is not None:
                prepared.unit.fold(head(prepared.loaded.model))
            thresholds = _tune(prepared, module)
            answers = _predict(prepared, module, prepared.test, _telling(progress, TESTING, prepared.test))
            # Their vectors only say which texts are alike: nothing measured rests on them.
            with torch.autocast(spec.device, torch.bfloat16, enabled=spec.recipe.precision == "bfloat16"):
                neighbours = _predict(prepared, module, prepared.train, _telling(progress, RECALLING, prepared.train))
        progress.advance(SAVING, 0, 1)
        keep(spec, run_folder, prepared, answers, neighbours, thresholds)
    return trained


def _search(
    spec: RunSpec, task: Task, run_folder: Path, progress: Progress, metrics: MetricsWriter, shares: Shares
) -> Found:
    """Try recipes on the same rows; each trial reads what the first has kept of tokens and lower layers."""

    def attempt(recipe: Recipe, folder: Path, within: Progress, verdict: Verdict) -> Tried:
        tried = dataclasses.replace(spec, recipe=recipe)
        prepared, own = prepare(tried, task, within), MetricsWriter(folder)
        try:
            with _opened(tried, prepared) as module:
                trained = _fit(tried, prepared, module, folder, within, own, shares, verdict)
        finally:
            own.close()
        return Tried(_curve(folder, task), trained.stopped)

    count = recipes.count_layers(models.get(spec.base_model).path)
    found = search(spec.recipe, count, spec.seed, run_folder, progress, metrics, attempt)
    take_over(found, run_folder, metrics)
    return found


def _curve(folder: Path, task: Task) -> list[tuple[float, float]]:
    """Share of the steps and what the task goes by on the validation rows at each mark of a trial, all sittings."""
    events = read_metrics(folder)
    steps = next(event.values["steps"] for event in events if event.kind == "plan")
    scores = {event.values["step"]: event.values[task.best_by] for event in events if event.kind == "validation"}
    return [(step / steps, score) for step, score in sorted(scores.items()) if step]


def _take(found: Found, module: Trainee) -> Trained:
    """The best state of the chosen trial, into ``module``."""
    best = checkpoints.best_whole(found.folder / "checkpoints")
    module.load_state_dict(shown(load_file(best / "model.safetensors")))
    return Trained(found.stopped, checkpoints.step_of(best), 0)


@contextlib.contextmanager
def _opened(spec: RunSpec, prepared: Prepared) -> Iterator[Trainee]:
    """What is trained of the prepared model, with the recipe's loss."""
    kept, loss = prepared.states is not None, _loss(spec, prepared)
    with trainee(prepared.loaded, prepared.layer, kept, loss, spec.recipe) as module:
        yield module


def _loss(spec: RunSpec, prepared: Prepared) -> Loss:
    """The loss of a recipe; rare classes count by how rare they are among the training rows."""
    task, weights = prepared.task, None
    if isinstance(task, Classification):
        targets = prepared.examples.train.targets
        weights = class_weights(targets, len(spec.view.labels), spec.recipe.class_weights)
    on_device = None if weights is None else torch.from_numpy(weights).to(spec.device)
    return functools.partial(task.loss, label_smoothing=spec.recipe.label_smoothing, weights=on_device)


def _fit(
    spec: RunSpec,
    prepared: Prepared,
    module: Trainee,
    run_folder: Path,
    progress: Progress,
    metrics: MetricsWriter,
    shares: Shares,
    verdict: Verdict = lambda share, best: False,
) -> Trained:
    recipe, examples = spec.recipe, prepared.examples
    per_epoch = -(-len(prepared.train) // recipe.batch_size)
    steps = per_epoch * recipe.epochs
    folder = run_folder / "checkpoints"
    folder.mkdir(exist_ok=True)
    checkpoint = ranks.agree(checkpoints.last_whole(folder) if ranks.leads() else None)
    announce(prepared.parameters, module, steps, recipe.epochs, len(prepared.train), metrics)
    if checkpoint is not None:
        metrics.write("resumed", step=checkpoints.step_of(checkpoint))
    at = marks(per_epoch, recipe.epochs)
    watcher = Watcher(progress, metrics, folder, at, len(prepared.train), prepared.task, recipe.patience, verdict)
    rows = prepared.rows(prepared.train, prepared.learned(examples.train))
    if checkpoint is None:
        _start(prepared, module, rows)
    if recipe.averaging:
        module.average_over(recipe.averaging * steps)
    trainer = build_trainer(
        module,
        prepared.task,
        spec,
        rows,
        prepared.rows(prepared.validation, prepared.learned(examples.validation)),
        folder,
        watcher,
        steps,
        fresh=checkpoint is None,
        shares=shares,
        unit=prepared.unit,
    )
    if not ranks.leads():
        torch.manual_seed(spec.seed + system.rank())  # other rows, other dropout
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    module.settle()
    step = trainer.state.global_step
    return Trained(watcher.stopped, step, checkpoints.step_of(checkpoint) if checkpoint else 0)


def _start(prepared: Prepared, module: Trainee, rows: Rows) -> None:
    """Spare a new head the way to what is known before it learns; classes need none of it."""
    kind = prepared.task.problem_type
    if prepared.loaded.answers is None and kind != "single_label_classification":
        centre(module, rows)
        if kind == "multi_label_classification":
            expect_shares(module, rows)
        elif head(module.model).bias is None:
            expect_mean(module, rows)


def announce(parameters: int, module: Trainee, steps: int, epochs: int, rows: int, metrics: MetricsWriter) -> None:
    """Write down how large the run is, before its first step."""
    trained = sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
    metrics.write(
        "plan",
        steps=steps,
        epochs=epochs,
        train_rows=rows,
        trained_parameters=trained,
        parameters=parameters,
    )


def _telling(progress: Progress, phase: str, rows: npt.NDArray[np.int64]) -> Callable[[int], None]:
    """Begins the phase, and says how many of its rows are over."""
    progress.advance(phase, 0, len(rows))
    return lambda done: progress.advance(phase, done, len(rows))


def _predict(
    prepared: Prepared, module: Trainee, numbers: npt.NDArray[np.int64], advance: Callable[[int], None]
) -> Predicted:
    """What the trained model says about some rows of ``tokens``."""
    model = prepared.loaded.model
    rows = prepared.rows(numbers, np.zeros(len(numbers), np.int64))

    def forward(positions: npt.NDArray[np.int64]) -> torch.Tensor:
        return module.logits(
            **{name: value.to(model.device) for name, value in rows.inputs(positions.tolist()).items()}
        )

    with evaluating(module):
        return predict(module.read, module.outputs, rows.lengths, forward, prepared.task.scores, advance)


def _tune(prepared: Prepared, module: Trainee) -> tuple[float, ...]:
    """Thresholds from what the trained model says about the validation rows."""
    if not prepared.task.tunes:
        return ()
    said = _predict(prepared, module, prepared.validation, lambda done: None)
    return prepared.task.tune(prepared.examples.validation.targets, said.scores)


def use_physical_cores() -> None:
    """Two threads on one core are slower than one; whoever set OMP_NUM_THREADS had a reason."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(system.physical_cores())
