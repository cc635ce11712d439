"""The module that is trained where a model writes: a stock model, and the loss of the tokens that are learned.

Knows nothing of optimizers, data or files.
"""

import contextlib
from collections.abc import Iterator
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from pipeline.models.halves import layers
from pipeline.runs.spec import Recipe
from pipeline.training.trainee import Trainee, adapters, freeze_below
from pipeline.training.writing.rows import IGNORED


class WriterTrainee(Trainee):
    """A model that learns to write. TRL's trainer asks some things of it that a stock model has."""

    writes = True  # one token after the other; else all that is hidden is guessed at once

    @property
    def config(self) -> Any:
        """Of the stock model."""
        return self.model.config

    @property
    def generation_config(self) -> Any:
        """Of the stock model."""
        return self.model.generation_config

    def add_model_tags(self, tags: Any) -> None:
        """Nothing: the bundle says where it comes from."""

    @property
    def read(self) -> nn.Module:
        """What turns states into words."""
        writer: Any = self.model
        spoken: nn.Module = writer.get_output_embeddings()
        return spoken

    @property
    def outputs(self) -> int:
        """The vocabulary."""
        return int(self.model.config.vocab_size)

    def faster(self) -> set[nn.Parameter]:
        """None: every weight has learned before."""
        return set()

    def logits(self, hidden: Tensor | None = None, **batch: Tensor) -> Tensor:
        """[rows, tokens, vocabulary]."""
        found: Tensor = self.model(**batch).logits
        return found

    def forward(self, labels: Tensor, **batch: Tensor) -> dict[str, Tensor]:
        """``nats``, -log p of all learned tokens added up, and ``tokens``, their number.

        Only the learned tokens are put to the vocabulary where rows stand one behind the other.

        Args:
            labels: [rows, tokens] the tokens themselves, IGNORED where they are not learned.
            **batch: as ``WrittenRows.collate`` gives it.
        """
        nats, wanted, _ = self._nats(labels, **batch)
        return {"nats": nats.sum(), "tokens": (wanted != IGNORED).sum()}

    def each(self, labels: Tensor, **batch: Tensor) -> Tensor:
        """[rows] -log p of each row's learned tokens, added up. As ``forward``."""
        nats, _, of_row = self._nats(labels, **batch)
        count = int(of_row.max()) + 1 if len(of_row) else 0
        return nats.new_zeros(count).index_add(0, of_row, nats)

    def guesses(self, labels: Tensor, **batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[learned tokens] each: -log p, the token itself, and the one that the model holds likeliest."""
        logits, wanted, _ = self.said(labels, **batch)
        learned = wanted != IGNORED
        logits, wanted = logits[learned], wanted[learned]
        return cross_entropy(logits.float(), wanted, reduction="none"), wanted, logits.argmax(dim=-1)

    def _nats(self, labels: Tensor, **batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[tokens] each: -log p (0 where nothing is learned), the token itself, and which row it belongs to."""
        logits, wanted, of_row = self.said(labels, **batch)
        return cross_entropy(logits.float(), wanted, ignore_index=IGNORED, reduction="none"), wanted, of_row

    def said(self, labels: Tensor, **batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """[tokens, vocabulary] logits, and [tokens] each: the right token, and which row it belongs to."""
        options: dict[str, Any] = {"use_cache": False}
        if self.model.config.is_encoder_decoder:
            wanted = labels.flatten()
            options["decoder_input_ids"] = self._shifted(labels)
            logits = self.model(**batch, **options).logits.flatten(0, 1)
            of_row = row_of(labels)
        elif "position_ids" in batch:
            places = (labels[0, 1:] != IGNORED).nonzero().flatten()
            wanted = labels[0, 1:][places]
            logits = self.model(**batch, logits_to_keep=places, **options).logits[0]
            of_row = ((batch["position_ids"][0] == 0).cumsum(0) - 1)[1:][places]
        else:
            wanted = labels[:, 1:].flatten()
            logits = self.model(**batch, **options).logits[:, :-1].flatten(0, 1)
            of_row = row_of(labels[:, 1:])
        return logits, wanted, of_row

    def _shifted(self, labels: Tensor) -> Tensor:
        """What the decoder reads: its start token, then the answer but for its end."""
        config = self.model.config
        start = config.decoder_start_token_id
        shifted = labels.roll(1, dims=1)
        shifted[:, 0] = config.pad_token_id if start is None else start
        return shifted.masked_fill(shifted == IGNORED, config.pad_token_id or 0)


def row_of(labels: Tensor) -> Tensor:
    """[tokens] the row of each place of [rows, tokens] when these are read one row after the other."""
    return torch.arange(labels.shape[0], device=labels.device).repeat_interleave(labels.shape[1])


Module = TypeVar("Module", bound=WriterTrainee)


@contextlib.contextmanager
def writer_trainee(model: PreTrainedModel, recipe: Recipe) -> Iterator[WriterTrainee]:
    """The trainee for as long as the context is open; afterwards the model is a whole stock model again.

    Args:
        model: an ``AutoModelForCausalLM`` or an ``AutoModelForSeq2SeqLM``.
        recipe: which layers are trained, or which adapters.
    """
    with opened(model, recipe, WriterTrainee) as module:
        yield module


@contextlib.contextmanager
def opened(model: PreTrainedModel, recipe: Recipe, kind: type[Module]) -> Iterator[Module]:
    """``writer_trainee`` for any kind of it."""
    count = len(layers(model))
    layer = -1 if recipe.trained_layers < 0 else max(0, count - recipe.trained_layers)
    with contextlib.ExitStack() as stack:
        if recipe.adapter != "none":
            for parameter in model.parameters():
                parameter.requires_grad_(False)
            stack.enter_context(adapters(model, layer, recipe))
            _fix_words(model)
            yield kind(model, [])
            return
        fixed = freeze_below(model, layer)
        if layer >= 0:
            _fix_words(model)
        yield kind(model, fixed)


def _fix_words(model: Any) -> None:
    """What turns states into words is as large as the embeddings, and most often is them: it stays as it is."""
    model.get_output_embeddings().requires_grad_(False)
