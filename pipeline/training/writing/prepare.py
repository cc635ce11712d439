"""From a spec of writing to what can be trained: the model, its tokenizer, the prompt format, and the rows as tokens.

Knows nothing of optimizers, checkpoints or what a run leaves behind.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, set_seed

from pipeline.data.split import load_split
from pipeline.data.view import View
from pipeline.errors import N_, UnfitData
from pipeline.models import store as models
from pipeline.models.four_bit import shrink
from pipeline.models.load import load_tokenizer, load_writer
from pipeline.runs.spec import MOST_ANSWERED, RunSpec
from pipeline.templates.formats import registry as formats
from pipeline.templates.formats.format import PromptFormat, end_tokens
from pipeline.training.writing.answers import LONGER
from pipeline.training.writing.preference import PreferenceRows, pair_up
from pipeline.training.writing.rows import WrittenRows, read_written

# Tokens of an answer, however long those of the file are.
MOST_TOKENS = 512


@dataclass(frozen=True)
class Prepared:
    """What a run of writing needs, from its first step to its last answer."""

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


def prepare(spec: RunSpec) -> Prepared:
    """Everything of a run that is the same for every step of it.

    Raises:
        UnfitData: no room is left for an answer.
        ModelError, ModelNotReady, SettingError: the spec cannot be carried out.
    """
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
    validation = read(spec.view, spread(frozen.validation, MOST_ANSWERED), base.context)
    test = read(there, spread(frozen.test, MOST_ANSWERED), base.context)
    model = load_writer(base.path)
    parameters = model.num_parameters()
    if recipe.adapter == "qlora":
        shrink(model, spec.device, torch.bfloat16 if recipe.precision == "bfloat16" else torch.float32)
    model.to(spec.device)  # type: ignore[arg-type]  # its decorator hides self
    return Prepared(model, tokenizer, form, train, validation, test, parameters)


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """At most ``most`` of these numbers, evenly spread."""
    places = np.linspace(0, len(numbers) - 1, min(most, len(numbers))).round().astype(int)
    return [int(numbers[place]) for place in dict.fromkeys(places.tolist())]


def better_answers(rows: WrittenRows) -> WrittenRows:
    """Rows with one answer each; of pairs, the better ones."""
    if not isinstance(rows, PreferenceRows):
        return rows
    return WrittenRows(rows.rows[0::2], rows.padding, rows.packed, rows.sequences, rows.cut)
