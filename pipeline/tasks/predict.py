"""What a model says about texts, in batches of one length, and what its head reads of them. Knows no task."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.tasks.task import Scores
from pipeline.tasks.tokens import TOKENS_AT_ONCE, by_length

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel


@dataclass(frozen=True)
class Predicted:
    """What a model says about n texts."""

    scores: Scores  # [n, outputs]
    vectors: npt.NDArray[np.float32]  # [n, hidden] what the head reads, scaled to length 1


def head(model: "PreTrainedModel") -> "nn.Linear":
    """The layer that turns what the model made of a text into one number an output."""
    from torch import nn

    outputs = model.config.num_labels
    inside = set(model.base_model.modules())
    found = [m for m in model.modules() if m not in inside and isinstance(m, nn.Linear) and m.out_features == outputs]
    return found[-1]


def predict(
    read: "nn.Module",
    outputs: int,
    lengths: npt.NDArray[np.int64],
    forward: Callable[[npt.NDArray[np.int64]], "Tensor"],
    scores: Callable[["Tensor"], Scores],
    advance: Callable[[int], None] = lambda done: None,
) -> Predicted:
    """What a model says about n texts, in their order.

    Args:
        read: a part of the model; what enters it is kept as the vector of a text: its head, for one.
        outputs: of the model.
        lengths: [n] tokens of each text.
        forward: positions of texts, all of one length, to logits [rows, outputs]; it calls the model.
        scores: logits to scores, as the task reads them.
        advance: told how many texts are over.
    """
    import torch

    said = np.empty((len(lengths), outputs))
    vectors: npt.NDArray[np.float32] | None = None
    done = 0
    with torch.no_grad(), _entering(read) as entering:
        for rows in by_length(lengths, TOKENS_AT_ONCE):
            said[rows] = scores(forward(rows))
            entered = entering[0].float()
            # A decoder's head reads every token and keeps the last real one; nothing is padded here, so it is the last.
            last = entered[:, -1] if entered.ndim == 3 else entered
            # Two texts that were read in both orders stand one below the other: what they have in common is their sum.
            pooled = torch.nn.functional.normalize(last.view(-1, len(rows), last.shape[-1]).sum(dim=0), dim=-1)
            if vectors is None:
                vectors = np.empty((len(lengths), pooled.shape[-1]), np.float32)
            vectors[rows] = pooled.cpu().numpy()
            done += len(rows)
            advance(done)
    return Predicted(said, vectors if vectors is not None else np.empty((0, 0), np.float32))


@contextlib.contextmanager
def _entering(part: "nn.Module") -> Iterator[list["Tensor"]]:
    """A list whose one element is what entered ``part`` in the latest pass."""
    read: list[Tensor] = []

    def keep(_module: Any, inputs: tuple["Tensor", ...]) -> None:
        read[:] = inputs[:1]

    hook = part.register_forward_pre_hook(keep)
    try:
        yield read
    finally:
        hook.remove()
