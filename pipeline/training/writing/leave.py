"""What a training of writing leaves behind: answers of the tuned model and of its base, and the sealed bundle."""

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from transformers import PreTrainedModel

from pipeline import cache
from pipeline.models import store as models
from pipeline.models.four_bit import keep_in
from pipeline.models.load import load_writer
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress
from pipeline.runs.spec import RunSpec
from pipeline.runs.texts import BASE, MODEL, TextAnswers, save_texts
from pipeline.training.phases import COMPARING, TESTING
from pipeline.training.seal import seal_bundle
from pipeline.training.writing.answers import write_answers
from pipeline.training.writing.prepare import Prepared, better_answers
from pipeline.training.writing.rows import WrittenRows
from pipeline.training.writing.trainee import WriterTrainee
from pipeline.training.writing.trainer import answer_nats


def answer_test(
    spec: RunSpec, prepared: Prepared, run_folder: Path, progress: Progress, metrics: MetricsWriter
) -> None:
    """What the tuned model and its base write to the test rows, and how much the right answers surprise them.

    How long the tuned model took goes into ``metrics``: it tells how long filling a file will take.
    """
    asked = len(better_answers(prepared.test))
    progress.advance(TESTING, 0, asked)
    started = time.monotonic()
    found = _asked(prepared, prepared.model, spec.device, lambda done: progress.advance(TESTING, done, asked))
    metrics.write("answering", rows=asked, seconds=time.monotonic() - started)
    save_texts(found, run_folder, MODEL)
    progress.advance(COMPARING, 0, asked)

    def ask_base() -> dict[str, Any]:
        model = load_writer(models.get(spec.base_model).path)
        keep_in(model, prepared.model.dtype)  # both answer in the same number format
        model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
        found = _asked(prepared, model, spec.device, lambda done: progress.advance(COMPARING, done, asked))
        return {"said": list(found.said), "bits": found.bits.tolist()}

    kept = cache.json_entry("answers", _base_key(spec, prepared), ask_base)
    save_texts(_texts(better_answers(prepared.test), kept["said"], kept["bits"]), run_folder, BASE)


def _base_key(spec: RunSpec, prepared: Prepared) -> str:
    """The base model answers the same whatever was trained on."""
    asked = [(row.prompt, row.ids) for row in better_answers(prepared.test).rows]
    return f"base|1|{spec.model_fingerprint}|{spec.device}|{prepared.model.dtype}|{prepared.most_tokens}|{asked}"


def _asked(prepared: Prepared, model: PreTrainedModel, device: str, advance: Callable[[int], None]) -> TextAnswers:
    test = better_answers(prepared.test)
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


def keep(spec: RunSpec, run_folder: Path, prepared: Prepared) -> None:
    """The sealed bundle: a stock folder, and how it is asked."""
    # Whoever calls ``generate`` of the exported model hears the end as well.
    prepared.model.generation_config.eos_token_id = sorted(prepared.ends)
    seal_bundle(
        spec,
        run_folder,
        prepared.model,
        prepared.tokenizer,
        ("trl",),
        format=spec.recipe.prompt_format,
        own_format=spec.recipe.own_format,
        dialogue=spec.view.dialogue,
        most_tokens=prepared.most_tokens,
        four_bit=spec.recipe.adapter == "qlora",
    )
