"""Carries out a spec of writing: training, and what the trained model and its base write to the test rows."""

import dataclasses
import importlib.metadata
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from transformers import PreTrainedModel, set_seed

from pipeline import cache, system
from pipeline.data.split import load_split
from pipeline.data.view import View
from pipeline.errors import N_, UnfitData
from pipeline.models import store as models
from pipeline.models.load import load_tokenizer, load_writer
from pipeline.runs.bundle import BundleInfo, seal, write_info
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress
from pipeline.runs.spec import MOST_ANSWERED, RunSpec
from pipeline.runs.texts import BASE, MODEL, TextAnswers, save_margins, save_texts
from pipeline.tasks import registry
from pipeline.templates.formats import registry as formats
from pipeline.templates.formats.format import PromptFormat, end_tokens
from pipeline.training import checkpoints, ranks
from pipeline.training.memory import memory_watched
from pipeline.training.prepare import LOADING
from pipeline.training.recipe import COMPARING, TESTING
from pipeline.training.run import SAVING, Trained, announce, use_physical_cores
from pipeline.training.shares import Shares
from pipeline.training.trainer import arguments, marks, optimizers
from pipeline.training.watcher import Watcher
from pipeline.training.writing.answers import LONGER, write_answers
from pipeline.training.writing.preference import (
    PreferenceRows,
    PreferenceTrainee,
    measure_pairs,
    pair_margins,
    pair_up,
    preference_trainee,
    referred,
)
from pipeline.training.writing.rows import WrittenRows, read_written
from pipeline.training.writing.trainee import WriterTrainee, writer_trainee
from pipeline.training.writing.trainer import answer_nats, build, measure

# Prompts that are answered after every measurement, so that one can watch the model learn.
SHOWN = 5
SHOWN_TOKENS = 96
# Tokens of an answer, however long those of the file are.
MOST_TOKENS = 512


@dataclass(frozen=True)
class _Prepared:
    model: PreTrainedModel
    tokenizer: Any
    form: PromptFormat
    train: WrittenRows
    validation: WrittenRows
    test: WrittenRows
    parameters: int

    @property
    def ends(self) -> frozenset[int]:
        """The tokens that end an answer."""
        return end_tokens(self.model, self.tokenizer, self.form)

    @property
    def most_tokens(self) -> int:
        """What an answer may have."""
        longest = max(len(row) - row.answer for row in self.train.rows)
        return min(MOST_TOKENS, math.ceil(LONGER * longest))


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
        prepared = _prepare(spec)
        progress.advance(LOADING, 1, 1)
        trainees = preference_trainee if spec.view.rejected else writer_trainee
        with trainees(prepared.model, spec.recipe) as module:
            prepared = _referred(spec, prepared, module)
            trained = _fit(spec, prepared, module, run_folder, progress, metrics, shares)
            if isinstance(module, PreferenceTrainee) and ranks.leads():
                _keep_margins(spec, prepared, module, run_folder)
        if not ranks.leads():
            return trained
        _answer(spec, prepared, run_folder, progress)
        progress.advance(SAVING, 0, 1)
        _keep(spec, run_folder, prepared)
    return trained


def _prepare(spec: RunSpec) -> _Prepared:
    base = models.get(spec.base_model)
    set_seed(spec.seed)
    tokenizer = load_tokenizer(base.path)
    recipe, sequences = spec.recipe, base.family == "encoder-decoder"
    form = formats.get(recipe.prompt_format, tokenizer, recipe.own_format)
    frozen = load_split(spec.split).without(spec.view.left_out)
    there = spec.view.on(frozen.test_source) if frozen.test_source else spec.view

    def read(view: View, numbers: Sequence[int], longest: int) -> WrittenRows:
        if view.rejected:
            better = dataclasses.replace(view, rejected="")
            worse = dataclasses.replace(better, label=view.rejected)
            return pair_up(read(better, numbers, longest), read(worse, numbers, longest))
        return read_written(
            view,
            list(numbers),
            form,
            tokenizer,
            longest=longest,
            everything=recipe.loss_on == "everything" and not sequences,
            packed=recipe.packing == "on",
            sequences=sequences,
        )

    train = read(spec.view, frozen.train, recipe.max_length)
    if not train.rows:
        raise UnfitData(
            N_("All instructions are longer than {tokens} tokens, so no answer is left to learn. Raise max_length."),
            tokens=recipe.max_length,
        )
    # What is measured is measured whole, as far as the model can read.
    validation = read(spec.view, _spread(frozen.validation, MOST_ANSWERED), base.context)
    test = read(there, _spread(frozen.test, MOST_ANSWERED), base.context)
    model = load_writer(base.path)
    model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
    return _Prepared(model, tokenizer, form, train, validation, test, model.num_parameters())


def _spread(numbers: Sequence[int], most: int) -> list[int]:
    """At most ``most`` of them, evenly spread."""
    places = np.linspace(0, len(numbers) - 1, min(most, len(numbers))).round().astype(int)
    return [int(numbers[place]) for place in dict.fromkeys(places.tolist())]


def _fit(
    spec: RunSpec,
    prepared: _Prepared,
    module: WriterTrainee,
    run_folder: Path,
    progress: Progress,
    metrics: MetricsWriter,
    shares: Shares,
) -> Trained:
    recipe, rows, goal = spec.recipe, prepared.train, registry.GOALS[spec.task]
    per_epoch = -(-len(rows) // recipe.batch_size)
    steps = per_epoch * recipe.epochs
    folder = run_folder / "checkpoints"
    folder.mkdir(exist_ok=True)
    checkpoint = ranks.agree(checkpoints.last_whole(folder) if ranks.leads() else None)
    announce(prepared.parameters, module, steps, recipe.epochs, len(rows), metrics)
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
        prepared.tokenizer,
        arguments(spec, goal, folder, steps, fresh=checkpoint is None),
        [watcher],
        optimizers(module, recipe, steps),
    )
    trainer.rows, trainer.shares = rows, shares
    trainer.measure = _measurer(spec, prepared, module)
    trainer.show = _shower(prepared, metrics)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    step = trainer.state.global_step
    return Trained(watcher.stopped, step, checkpoints.step_of(checkpoint) if checkpoint else 0)


def _referred(spec: RunSpec, prepared: _Prepared, module: WriterTrainee) -> _Prepared:
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


def _measurer(spec: RunSpec, prepared: _Prepared, module: WriterTrainee) -> Callable[[Any], dict[str, float]]:
    """What is measured on the validation rows."""
    held_out = prepared.validation
    if isinstance(module, PreferenceTrainee) and isinstance(held_out, PreferenceRows):
        return lambda trained: measure_pairs(module, held_out, spec.device)
    return lambda trained: measure(module, held_out, spec.device)


def _keep_margins(spec: RunSpec, prepared: _Prepared, module: PreferenceTrainee, run_folder: Path) -> None:
    """How much more the better answers of the test rows have gained than the worse ones, for the report."""
    assert isinstance(prepared.test, PreferenceRows)
    save_margins(pair_margins(module, prepared.test, spec.device), run_folder)


def _shower(prepared: _Prepared, metrics: MetricsWriter) -> Callable[[int], None]:
    """Writes down what the model answers to a few validation prompts, the same at every step."""
    rows = _better(prepared.validation)
    shown = [rows.rows[place] for place in _spread(range(len(rows)), SHOWN)]
    most = min(SHOWN_TOKENS, prepared.most_tokens)

    def show(step: int) -> None:
        said = write_answers(prepared.model, prepared.tokenizer, [row.prompt for row in shown], most, prepared.ends)
        answers = [
            {"row": row.number, "asked": row.asked, "truth": row.truth, "said": text}
            for row, text in zip(shown, said, strict=True)
        ]
        metrics.write("samples", step=step, answers=answers)

    return show


def _answer(spec: RunSpec, prepared: _Prepared, run_folder: Path, progress: Progress) -> None:
    """What the tuned model and its base write to the test rows, and how much the right answers surprise them."""
    asked = len(_better(prepared.test))
    progress.advance(TESTING, 0, asked)
    save_texts(
        _asked(prepared, prepared.model, spec.device, lambda done: progress.advance(TESTING, done, asked)),
        run_folder,
        MODEL,
    )
    progress.advance(COMPARING, 0, asked)

    def ask_base() -> dict[str, Any]:
        model = load_writer(models.get(spec.base_model).path)
        model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
        found = _asked(prepared, model, spec.device, lambda done: progress.advance(COMPARING, done, asked))
        return {"said": list(found.said), "bits": found.bits.tolist()}

    kept = cache.json_entry("answers", _base_key(spec, prepared), ask_base)
    save_texts(_texts(_better(prepared.test), kept["said"], kept["bits"]), run_folder, BASE)


def _better(rows: WrittenRows) -> WrittenRows:
    """Rows with one answer each; of pairs, the better ones."""
    if not isinstance(rows, PreferenceRows):
        return rows
    return WrittenRows(rows.rows[0::2], rows.padding, rows.packed, rows.sequences, rows.cut)


def _base_key(spec: RunSpec, prepared: _Prepared) -> str:
    """The base model answers the same whatever was trained on."""
    asked = [(row.prompt, row.ids) for row in _better(prepared.test).rows]
    return f"base|1|{spec.model_fingerprint}|{spec.device}|{prepared.most_tokens}|{asked}"


def _asked(prepared: _Prepared, model: PreTrainedModel, device: str, advance: Callable[[int], None]) -> TextAnswers:
    test = _better(prepared.test)
    said = write_answers(
        model, prepared.tokenizer, [row.prompt for row in test.rows], prepared.most_tokens, prepared.ends, advance
    )
    nats, _ = answer_nats(WriterTrainee(model, []), test, device)
    return _texts(test, said, [value / math.log(2) for value in nats])


def _texts(rows: WrittenRows, said: Sequence[str], bits: Sequence[float]) -> TextAnswers:
    return TextAnswers(
        rows=np.array([row.number for row in rows.rows], dtype=np.int64),
        asked=tuple(row.asked for row in rows.rows),
        truth=tuple(row.truth for row in rows.rows),
        said=tuple(said),
        bits=np.array(bits, dtype=np.float64),
    )


def _keep(spec: RunSpec, run_folder: Path, prepared: _Prepared) -> None:
    """The sealed bundle: a stock folder, and how it is asked."""
    bundle = run_folder / "bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    # Whoever calls ``generate`` of the exported model hears the end as well.
    prepared.model.generation_config.eos_token_id = sorted(prepared.ends)
    prepared.model.to("cpu").save_pretrained(bundle)  # type: ignore[arg-type]
    prepared.tokenizer.save_pretrained(bundle)
    view = spec.view
    info = BundleInfo(
        run=run_folder.name,
        name="",
        task=spec.task,
        base_model=spec.base_model,
        text=view.text,
        template=view.template,
        label=view.label,
        labels=(),
        max_length=spec.recipe.max_length,
        metrics={},
        versions={name: importlib.metadata.version(name) for name in ("torch", "transformers", "tokenizers", "trl")},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        masks=view.masks,
        format=spec.recipe.prompt_format,
        own_format=spec.recipe.own_format,
        dialogue=view.dialogue,
    )
    write_info(bundle, info)
    seal(bundle)
