"""What a training on texts alone leaves behind: how test rows surprise it and its base model, and the sealed bundle."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from transformers import PreTrainedModel

from pipeline import cache
from pipeline.models import store as models
from pipeline.runs.progress import Progress
from pipeline.runs.spec import RunSpec
from pipeline.runs.surprise import ShownText, Surprise, save_shown, save_surprise
from pipeline.runs.texts import BASE, MODEL
from pipeline.templates.formats.registry import OWN
from pipeline.training.phases import COMPARING, TESTING
from pipeline.training.pretraining.measure import surprise
from pipeline.training.pretraining.prepare import Prepared, load_model
from pipeline.training.pretraining.rows import TextRows
from pipeline.training.pretraining.shown import Shown, show_texts
from pipeline.training.pretraining.trainee import trainee_kind
from pipeline.training.seal import seal_bundle

# The prompt format in which a decoder can be talked to: its texts had nothing around them, and it goes on at once.
CONTINUES, NOTHING_AROUND = OWN, "{instruction}{answer}"


def measure_test(spec: RunSpec, prepared: Prepared, run_folder: Path, progress: Progress) -> None:
    """How much the test rows surprise the trained model and its base, and a few validation rows to look at."""
    pieces = len(prepared.test)
    progress.advance(TESTING, 0, pieces)
    tuned, said = _asked(spec, prepared, prepared.model, lambda done: progress.advance(TESTING, done, pieces))
    progress.advance(COMPARING, 0, pieces)

    def ask_base() -> dict[str, Any]:
        model = load_model(models.get(spec.base_model).path, prepared.objective)
        model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
        found, shown = _asked(spec, prepared, model, lambda done: progress.advance(COMPARING, done, pieces))
        return {"surprise": {name: values.tolist() for name, values in vars(found).items()}, "shown": shown}

    kept = cache.json_entry("answers", _base_key(spec, prepared), ask_base)
    base = Surprise(**{name: np.array(values) for name, values in kept["surprise"].items()})
    save_surprise(tuned, run_folder, MODEL)
    save_surprise(base, run_folder, BASE)
    beside = zip(said, kept["shown"], strict=True)
    save_shown(tuple(ShownText(**ours, base=theirs["said"]) for ours, theirs in beside), run_folder)


def _asked(
    spec: RunSpec, prepared: Prepared, model: PreTrainedModel, advance: Callable[[int], None]
) -> tuple[Surprise, Shown]:
    module = trainee_kind(prepared.objective)(model, [])
    found = surprise(module, prepared.test, spec.device, advance)
    return found, show_texts(module, prepared.tokenizer, prepared.validation)


def _base_key(spec: RunSpec, prepared: Prepared) -> str:
    """The base model is as surprised whatever was trained on."""
    texts = hashlib.sha256()
    for rows in (prepared.test, prepared.validation):
        _add(texts, rows)
    return f"texts|1|{spec.model_fingerprint}|{spec.device}|{prepared.objective}|{texts.hexdigest()}"


def _add(content: Any, rows: TextRows) -> None:
    for place, number in enumerate(rows.numbers):
        batch = rows.collate([place])
        content.update(f"{number}|{[values.tolist() for values in batch.values()]}\n".encode())


def keep(spec: RunSpec, run_folder: Path, prepared: Prepared) -> None:
    """The sealed bundle: a stock folder with the layer that says what is hidden, so that it can go on learning."""
    causal = prepared.objective == "causal"
    seal_bundle(
        spec,
        run_folder,
        prepared.model,
        prepared.tokenizer,
        ("trl",),
        format=CONTINUES if causal else "",
        own_format=NOTHING_AROUND if causal else "",
    )
