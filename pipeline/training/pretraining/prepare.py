"""From a spec of learning from texts alone to what can be trained: the model, its tokenizer, and the texts as tokens.

Knows nothing of optimizers, checkpoints or what a run leaves behind.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, set_seed

from pipeline.data.split import load_split
from pipeline.data.view import View, view_frame
from pipeline.errors import N_, UnfitData
from pipeline.models import store as models
from pipeline.models.load import load_masked, load_tokenizer, load_writer
from pipeline.runs.bundle import BundleInfo
from pipeline.runs.spec import MOST_ANSWERED, MOST_MEASURED, Recipe, RunSpec
from pipeline.tasks.pretraining import OBJECTIVES, Objective
from pipeline.templates.columns import read_texts
from pipeline.templates.formats.format import beginning
from pipeline.training.pretraining.pieces import cut_texts
from pipeline.training.pretraining.rows import (
    MEASURED,
    MEASURED_SEED,
    TextRows,
    causal_rows,
    frame,
    masked_rows,
    span_rows,
)
from pipeline.training.writing.prepare import spread


@dataclass(frozen=True)
class Prepared:
    """What a run of learning from texts alone needs, from its first step to its last measurement."""

    model: PreTrainedModel
    tokenizer: Any
    objective: Objective
    train: TextRows
    validation: TextRows
    test: TextRows
    parameters: int


def prepare(spec: RunSpec) -> Prepared:
    """Everything of a run that is the same for every step of it.

    Raises:
        UnfitData: the texts are too short to learn from.
        ModelError, ModelNotReady: the spec cannot be carried out.
    """
    base = models.get(spec.base_model)
    objective = OBJECTIVES[base.family]
    set_seed(spec.seed)
    tokenizer, model = load_tokenizer(base.path), load_model(base.path, objective)
    frozen = load_split(spec.split).without(spec.view.left_out)
    there = spec.view.on(frozen.test_source) if frozen.test_source else spec.view
    vocabulary = int(model.config.vocab_size)

    def read(view: View, numbers: Sequence[int], seed: int, epoch: int) -> TextRows:
        return read_rows(view, numbers, tokenizer, objective, spec.recipe, vocabulary, seed=seed, epoch=epoch)

    train = read(spec.view, frozen.train, spec.seed, 0)
    validation = read(spec.view, spread(frozen.validation, MOST_ANSWERED), MEASURED_SEED, MEASURED)
    test = read(there, spread(frozen.test, MOST_MEASURED), MEASURED_SEED, MEASURED)
    if not (len(train) and len(validation) and len(test)):
        raise UnfitData(N_("The texts are single words, from which nothing can be guessed. Choose another column."))
    model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
    return Prepared(model, tokenizer, objective, train, validation, test, model.num_parameters())


def objective_of(bundle: Path, info: BundleInfo) -> Objective:
    """What was hidden from the model in a bundle."""
    if info.format:
        return "causal"
    config = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
    return "spans" if config.get("is_encoder_decoder") else "masked"


def load_model(path: Path, objective: Objective) -> PreTrainedModel:
    """The model of a folder, base model or trained, with the layer that says what is hidden.

    Raises:
        ModelError: the folder holds no such model.
    """
    return load_masked(path) if objective == "masked" else load_writer(path)


def read_rows(
    view: View,
    numbers: Sequence[int],
    tokenizer: Any,
    objective: Objective,
    recipe: Recipe,
    vocabulary: int,
    *,
    seed: int = MEASURED_SEED,
    epoch: int = MEASURED,
) -> TextRows:
    """Rows of a View's Source as tokens; those of which nothing can be learned are left out.

    Args:
        view: how to read.
        numbers: of the rows.
        tokenizer: of the model.
        objective: what is hidden.
        recipe: how long a piece may be, special tokens included, and whether pieces stand one behind the other.
        vocabulary: tokens that the model knows.
        seed, epoch: decide what is hidden.

    Raises:
        ModelError: the tokenizer cannot hide anything.
    """
    texts = read_texts(view, view_frame(view, list(numbers)))
    special = _special_tokens(tokenizer, objective)
    pieces = cut_texts(texts, numbers, tokenizer, max(2, recipe.max_length - special))
    if objective == "causal":
        return causal_rows(pieces, tokenizer, recipe.packing == "on")
    if objective == "masked":
        return masked_rows(pieces, tokenizer, vocabulary, seed, epoch)
    return span_rows(pieces, tokenizer, seed, epoch)


def _special_tokens(tokenizer: Any, objective: Objective) -> int:
    """How many stand around a piece."""
    if objective == "causal":
        return max(1, len(beginning(tokenizer))) + 1
    return sum(map(len, frame(tokenizer))) if objective == "masked" else 1
