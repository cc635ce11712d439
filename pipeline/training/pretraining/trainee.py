"""The module that is trained where words are hidden from an encoder: a stock model with its masked-LM head.

Decoders and encoder-decoders go on learning as a ``WriterTrainee``. Knows nothing of optimizers, data or files.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from torch import Tensor
from transformers import PreTrainedModel

from pipeline.runs.spec import Recipe
from pipeline.tasks.pretraining import Objective
from pipeline.training.writing.rows import IGNORED
from pipeline.training.writing.trainee import WriterTrainee, opened, row_of


class MaskedTrainee(WriterTrainee):
    """A model that guesses hidden words."""

    writes = False

    def said(self, labels: Tensor, **batch: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As ``WriterTrainee.said``; only hidden tokens are put to the vocabulary, and only they are there."""
        places = labels != IGNORED

        def keep(_module: Any, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            return (inputs[0][places],)

        hook = self.read.register_forward_pre_hook(keep)
        try:
            logits: Tensor = self.model(**batch).logits
        finally:
            hook.remove()
        return logits, labels[places], row_of(labels)[places.flatten()]


@contextlib.contextmanager
def text_trainee(model: PreTrainedModel, objective: Objective, recipe: Recipe) -> Iterator[WriterTrainee]:
    """The trainee for as long as the context is open; afterwards the model is a whole stock model again."""
    kind = trainee_kind(objective)
    with opened(model, recipe, kind) as module:
        yield module


def trainee_kind(objective: Objective) -> type[WriterTrainee]:
    """The class of the trainee for a way of hiding."""
    return MaskedTrainee if objective == "masked" else WriterTrainee
