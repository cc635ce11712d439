"""Carries out a spec: rows to tokens to a trained model, its answers on the test rows, and a sealed bundle."""

import contextlib
import dataclasses
import functools
import importlib.metadata
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file
from transformers import set_seed
from transformers.utils import logging as transformers_logging

from pipeline import system
from pipeline.data.steps import renamed
from pipeline.errors import N_
from pipeline.models import store as models
from pipeline.models.halves import evaluating, layers
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.bundle import MANIFEST, BundleInfo, read_info, seal, write_info
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.progress import Progress
from pipeline.runs.spec import Recipe, RunSpec
from pipeline.tasks import registry
from pipeline.tasks.classification import Classification, class_weights
from pipeline.tasks.examples import load_examples
from pipeline.tasks.predict import Predicted, head, predict
from pipeline.tasks.task import Examples, Inputs, Part, Targets, Task
from pipeline.tasks.tokens import Tokens, tokenize, turned
from pipeline.training import checkpoints, families, ranks
from pipeline.training import recipe as recipes
from pipeline.training.average import shown
from pipeline.training.batches import Rows
from pipeline.training.families import Loaded
from pipeline.training.lower import fits, lower_states
from pipeline.training.memory import memory_watched
from pipeline.training.search import Found, Tried, Verdict, search, take_over
from pipeline.training.shares import Shares
from pipeline.training.start import centre, expect_shares
from pipeline.training.trainee import Loss, Trainee, trainee
from pipeline.training.trainer import build_trainer, marks
from pipeline.training.unit import Unit, unit_of
from pipeline.training.watcher import Watcher

LOADING = N_("Loading the base model")
LOWER = N_("Computing the lower layers")
TESTING = N_("Measuring on the test rows")
SAVING = N_("Saving the model")


@dataclass(frozen=True)
class Trained:
    """How a training ended."""

    stopped: bool  # asked to stop before its last step
    step: int  # steps that were made, all sittings together
    resumed_from: int  # step of the checkpoint that it went on from, 0: from the beginning


@dataclass(frozen=True)
class _Prepared:
    """All rows of a run as tokens, with the outputs of the lower layers where they are kept."""

    task: Task
    loaded: Loaded
    parameters: int  # of the whole model
    tokens: Tokens
    states: torch.Tensor | None
    unit: Unit | None  # in which the targets are learned; None: they are no numbers
    layer: int  # layers that stay as they are, -1: none
    examples: Examples
    train: npt.NDArray[np.int64]  # rows of ``tokens``
    validation: npt.NDArray[np.int64]
    test: npt.NDArray[np.int64]

    def learned(self, part: Part) -> Targets:
        """The targets of a part as they are learned."""
        return part.targets if self.unit is None else self.unit.learned(part.targets)

    def rows(self, numbers: npt.NDArray[np.int64], targets: Targets) -> Rows:
        turned = len(self.tokens) // 2 if self.loaded.orders == 2 else 0
        return Rows(self.tokens, numbers, targets, self.loaded.model.config.pad_token_id or 0, self.states, turned)


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
    _use_physical_cores()
    ranks.meet(spec.device)
    shares = Shares(ranks.world(), system.rank(), 2**halvings)
    with checkpoints.disk_watched(), memory_watched():
        found = None if spec.recipe.search == "none" else _search(spec, task, run_folder, progress, metrics, shares)
        if found is not None:
            spec = dataclasses.replace(spec, recipe=found.recipe)
        prepared = _prepare(spec, task, progress)
        tested = len(prepared.test)
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
            progress.advance(TESTING, 0, tested)
            answers = _predict(prepared, module, prepared.test, lambda done: progress.advance(TESTING, done, tested))
            neighbours = _predict(prepared, module, prepared.train, lambda n: None)
        progress.advance(SAVING, 0, 1)
        _keep(spec, run_folder, prepared, answers, neighbours, thresholds)
    return trained


def finish_bundle(run_folder: Path, name: str, metrics: dict[str, float]) -> None:
    """Write the run's name and the figures of the test rows (shares from 0 to 1) into the bundle, and seal it again."""
    bundle = run_folder / "bundle"
    (bundle / MANIFEST).unlink(missing_ok=True)
    write_info(bundle, dataclasses.replace(read_info(bundle), name=name, metrics=metrics))
    seal(bundle)


def _search(
    spec: RunSpec, task: Task, run_folder: Path, progress: Progress, metrics: MetricsWriter, shares: Shares
) -> Found:
    """Try recipes on the same rows; each trial reads what the first has kept of tokens and lower layers."""

    def attempt(recipe: Recipe, folder: Path, within: Progress, verdict: Verdict) -> Tried:
        tried = dataclasses.replace(spec, recipe=recipe)
        prepared, own = _prepare(tried, task, within), MetricsWriter(folder)
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
def _opened(spec: RunSpec, prepared: _Prepared) -> Iterator[Trainee]:
    """What is trained of the prepared model, with the recipe's loss."""
    kept, loss = prepared.states is not None, _loss(spec, prepared)
    with trainee(prepared.loaded, prepared.layer, kept, loss, spec.recipe) as module:
        yield module


def _prepare(spec: RunSpec, task: Task, progress: Progress) -> _Prepared:
    progress.advance(LOADING, 0, 1)
    examples = load_examples(task, spec.view, spec.split)
    base = models.get(spec.base_model)
    set_seed(spec.seed)  # the head's first numbers
    loaded = families.load(base, task, spec.view, examples)
    model = loaded.model
    model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
    unique, places = _unique(examples)
    read = unique if loaded.orders == 1 else turned(unique)
    reader = f"{spec.model_fingerprint}|{loaded.prefix}|{unique.second is not None}"
    tokens = tokenize(loaded.tokenizer, reader, read, spec.recipe.max_length)
    count = len(layers(model))
    layer = -1 if spec.recipe.trained_layers < 0 else max(0, count - spec.recipe.trained_layers)
    progress.advance(LOADING, 1, 1)
    states = None
    if layer > 0 and fits(tokens, model.config.hidden_size):
        states = lower_states(
            model, layer, tokens, spec.model_fingerprint, lambda done: progress.advance(LOWER, done, len(tokens))
        )
    # A number that is written is learned as it is spelled.
    learned = task.problem_type == "regression" and loaded.answers is None
    unit = unit_of(examples.train.targets, head(model)) if learned else None
    return _Prepared(task, loaded, model.num_parameters(), tokens, states, unit, layer, examples, *places)


def _loss(spec: RunSpec, prepared: _Prepared) -> Loss:
    """The loss of a recipe; rare classes count by how rare they are among the training rows."""
    task, weights = prepared.task, None
    if isinstance(task, Classification):
        targets = prepared.examples.train.targets
        weights = class_weights(targets, len(spec.view.labels), spec.recipe.class_weights)
    on_device = None if weights is None else torch.from_numpy(weights).to(spec.device)
    return functools.partial(task.loss, label_smoothing=spec.recipe.label_smoothing, weights=on_device)


def _unique(examples: Examples) -> tuple[Inputs, tuple[npt.NDArray[np.int64], ...]]:
    """All texts once, sorted so that another Split of the same rows is the same content; and each part's places."""
    parts = [part.inputs.rows() for part in (examples.train, examples.validation, examples.test)]
    unique = sorted({key for part in parts for key in part})
    numbers = {key: number for number, key in enumerate(unique)}
    places = tuple(np.array([numbers[key] for key in part], dtype=np.int64) for part in parts)
    return Inputs.of(unique, paired=examples.train.inputs.second is not None), places


def _fit(
    spec: RunSpec,
    prepared: _Prepared,
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
    _announce(prepared.parameters, module, steps, recipe.epochs, len(prepared.train), metrics)
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


def _start(prepared: _Prepared, module: Trainee, rows: Rows) -> None:
    """Spare a new head the way to what is known before it learns; classes need none of it."""
    kind = prepared.task.problem_type
    if prepared.loaded.answers is None and kind != "single_label_classification":
        centre(module, rows)
        if kind == "multi_label_classification":
            expect_shares(module, rows)


def _announce(parameters: int, module: Trainee, steps: int, epochs: int, rows: int, metrics: MetricsWriter) -> None:
    trained = sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)
    metrics.write(
        "plan",
        steps=steps,
        epochs=epochs,
        train_rows=rows,
        trained_parameters=trained,
        parameters=parameters,
    )


def _predict(
    prepared: _Prepared, module: Trainee, numbers: npt.NDArray[np.int64], advance: Callable[[int], None]
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


def _tune(prepared: _Prepared, module: Trainee) -> tuple[float, ...]:
    """Thresholds from what the trained model says about the validation rows."""
    if not prepared.task.tunes:
        return ()
    said = _predict(prepared, module, prepared.validation, lambda done: None)
    return prepared.task.tune(prepared.examples.validation.targets, said.scores)


def _keep(
    spec: RunSpec,
    run_folder: Path,
    prepared: _Prepared,
    answers: Predicted,
    neighbours: Predicted,
    thresholds: tuple[float, ...],
) -> None:
    examples = prepared.examples
    test = examples.test
    names = prepared.task.names(spec.view)
    save_answers(Answers(test.rows, test.targets, answers.scores, names, thresholds), run_folder, "model")
    np.savez(run_folder / "neighbours.npz", rows=examples.train.rows, vectors=neighbours.vectors)
    bundle = run_folder / "bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    prepared.loaded.model.to("cpu").save_pretrained(bundle)  # type: ignore[arg-type]
    prepared.loaded.tokenizer.model_max_length = spec.recipe.max_length
    prepared.loaded.tokenizer.save_pretrained(bundle)
    write_info(bundle, _info(spec, run_folder, prepared, thresholds))
    seal(bundle)


def _info(spec: RunSpec, run_folder: Path, prepared: _Prepared, thresholds: tuple[float, ...]) -> BundleInfo:
    numbers = prepared.examples.train.targets
    return BundleInfo(
        run=run_folder.name,
        name="",
        task=spec.task,
        base_model=spec.base_model,
        text=spec.view.text,
        template=spec.view.template,
        label=spec.view.label,
        labels=prepared.task.names(spec.view),
        max_length=spec.recipe.max_length,
        metrics={},
        versions={name: importlib.metadata.version(name) for name in ("torch", "transformers", "tokenizers")},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        masks=spec.view.masks,
        renamed=renamed(spec.view.steps),
        second=spec.view.second,
        orders=prepared.loaded.orders,
        texts=prepared.loaded.texts,
        prefix=prepared.loaded.prefix,
        separators=spec.view.separators,
        label_columns=spec.view.label_columns,
        thresholds=thresholds,
        number_range=(float(numbers.min()), float(numbers.max())) if spec.view.number else (),
    )


def _use_physical_cores() -> None:
    """Two threads on one core are slower than one; whoever set OMP_NUM_THREADS had a reason."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(system.physical_cores())
