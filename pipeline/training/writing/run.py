"""Carries out a spec of writing: training, and answers to a few validation prompts, so that one can watch it learn."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import system
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress
from pipeline.runs.spec import RunSpec
from pipeline.runs.texts import save_margins
from pipeline.tasks import registry
from pipeline.tasks.task import Goal
from pipeline.training import checkpoints, ranks
from pipeline.training.memory import memory_watched
from pipeline.training.prepare import LOADING
from pipeline.training.run import SAVING, Trained, announce, use_physical_cores
from pipeline.training.shares import Shares
from pipeline.training.trainer import arguments, marks, optimizers
from pipeline.training.watcher import Watcher
from pipeline.training.writing.answers import write_answers
from pipeline.training.writing.leave import answer_test, keep
from pipeline.training.writing.preference import (
    PreferenceRows,
    PreferenceTrainee,
    measure_pairs,
    pair_margins,
    preference_trainee,
    referred,
)
from pipeline.training.writing.prepare import Prepared, better_answers, prepare, spread
from pipeline.training.writing.rows import TrainedRows, WrittenRows
from pipeline.training.writing.trainee import WriterTrainee, writer_trainee
from pipeline.training.writing.trainer import build, measure

# Prompts that are answered after every measurement, so that one can watch the model learn.
SHOWN = 5
SHOWN_TOKENS = 96


def train_writing(
    spec: RunSpec, run_folder: Path, progress: Progress, metrics: MetricsWriter, halvings: int = 0
) -> Trained:
    """Train, or go on from the last whole checkpoint in ``run_folder``; as ``training.run.train``.

    Leaves ``checkpoints/``, ``answers/model.parquet`` and ``answers/base.parquet`` (texts), and the sealed ``bundle/``.

    Raises:
        as ``training.run.train``.
    """
    use_physical_cores()
    ranks.meet(spec.device)
    shares = Shares(ranks.world(), system.rank(), 2**halvings)
    with checkpoints.disk_watched(), memory_watched():
        progress.advance(LOADING, 0, 1)
        prepared = prepare(spec)
        progress.advance(LOADING, 1, 1)
        trainees = preference_trainee if spec.view.rejected else writer_trainee
        with trainees(prepared.model, spec.recipe) as module:
            prepared = _referred(spec, prepared, module)
            teaching = Teaching(
                prepared.tokenizer,
                prepared.train,
                prepared.parameters,
                registry.GOALS[spec.task],
                _measurer(spec, prepared, module),
                _shower(prepared, metrics),
            )
            trained = fit(spec, teaching, module, run_folder, progress, metrics, shares)
            if isinstance(module, PreferenceTrainee) and ranks.leads():
                _keep_margins(spec, prepared, module, run_folder)
        if not ranks.leads():
            return trained
        answer_test(spec, prepared, run_folder, progress, metrics)
        progress.advance(SAVING, 0, 1)
        keep(spec, run_folder, prepared)
    return trained


@dataclass(frozen=True)
class Teaching:
    """What a training of tokens needs beside its spec."""

    tokenizer: Any
    rows: TrainedRows
    parameters: int  # of the whole model
    goal: Goal
    measure: Callable[[Any], dict[str, float]]  # on the validation rows
    show: Callable[[int], None]  # after a step: writes down what the model says, to look at


def fit(
    spec: RunSpec,
    teaching: Teaching,
    module: WriterTrainee,
    run_folder: Path,
    progress: Progress,
    metrics: MetricsWriter,
    shares: Shares,
) -> Trained:
    """Train ``module``, or go on from the last whole checkpoint in ``run_folder``.

    Raises:
        as ``training.run.train``.
    """
    recipe, rows, goal = spec.recipe, teaching.rows, teaching.goal
    per_epoch = -(-len(rows) // recipe.batch_size)
    steps = per_epoch * recipe.epochs
    folder = run_folder / "checkpoints"
    folder.mkdir(exist_ok=True)
    checkpoint = ranks.agree(checkpoints.last_whole(folder) if ranks.leads() else None)
    announce(teaching.parameters, module, steps, recipe.epochs, len(rows), metrics)
    if rows.cut:
        metrics.write("cut", rows=rows.cut, longest=recipe.max_length)
    if checkpoint is not None:
        metrics.write("resumed", step=checkpoints.step_of(checkpoint))
    at = marks(per_epoch, recipe.epochs)
    watcher = Watcher(
        progress, metrics, folder, at, len(rows), goal, recipe.patience, tokens=float(rows.lengths.mean())
    )
    trainer = build(
        module,
        teaching.tokenizer,
        arguments(spec, goal, folder, steps, fresh=checkpoint is None),
        [watcher],
        optimizers(module, recipe, steps),
    )
    trainer.rows, trainer.shares = rows, shares
    trainer.measure, trainer.show = teaching.measure, teaching.show
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    step = trainer.state.global_step
    return Trained(watcher.stopped, step, checkpoints.step_of(checkpoint) if checkpoint else 0)


def _referred(spec: RunSpec, prepared: Prepared, module: WriterTrainee) -> Prepared:
    """Of pairs of answers, with what each takes before training."""
    if not isinstance(module, PreferenceTrainee):
        return prepared

    def looked_at(rows: WrittenRows) -> WrittenRows:
        return referred(module, rows, spec.device) if isinstance(rows, PreferenceRows) else rows

    return dataclasses.replace(
        prepared,
        train=looked_at(prepared.train),
        validation=looked_at(prepared.validation),
        test=looked_at(prepared.test),
    )


def _measurer(spec: RunSpec, prepared: Prepared, module: WriterTrainee) -> Callable[[Any], dict[str, float]]:
    """What is measured on the validation rows."""
    held_out = prepared.validation
    if isinstance(module, PreferenceTrainee) and isinstance(held_out, PreferenceRows):
        return lambda trained: measure_pairs(module, held_out, spec.device)
    return lambda trained: measure(module, held_out, spec.device)


def _keep_margins(spec: RunSpec, prepared: Prepared, module: PreferenceTrainee, run_folder: Path) -> None:
    """How much more the better answers of the test rows have gained than the worse ones, for the report."""
    assert isinstance(prepared.test, PreferenceRows)
    save_margins(pair_margins(module, prepared.test, spec.device), run_folder)


def _shower(prepared: Prepared, metrics: MetricsWriter) -> Callable[[int], None]:
    """Writes down what the model answers to a few validation prompts, the same at every step."""
    rows = better_answers(prepared.validation)
    shown = [rows.rows[place] for place in spread(range(len(rows)), SHOWN)]
    most = min(SHOWN_TOKENS, prepared.most_tokens)

    def show(step: int) -> None:
        said = write_answers(prepared.model, prepared.tokenizer, [row.prompt for row in shown], most, prepared.ends)
        answers = [
            {"row": row.number, "asked": row.asked, "truth": row.truth, "said": text}
            for row, text in zip(shown, said, strict=True)
        ]
        metrics.write("samples", step=step, answers=answers)

    return show
