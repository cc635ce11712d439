"""The task ``classification``: a row belongs to one of the classes of the label space.

Knows the columns it needs, how a row becomes tokens, the head, the loss and how to predict. Knows nothing of
optimizers, checkpoints or run folders.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.data.split import load_split
from pipeline.data.view import View, view_frame, view_labels
from pipeline.errors import N_, UnfitData
from pipeline.tasks.tokens import by_length
from pipeline.templates.columns import read_texts

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import PreTrainedModel

NAME = "classification"

# Enough tokens to fill a processor, few enough that a batch of a large model fits into memory.
TOKENS_AT_ONCE = 2_048


@dataclass(frozen=True)
class Part:
    """Rows of one side of the Split."""

    rows: npt.NDArray[np.int64]  # [n] row numbers of their Source
    texts: tuple[str, ...]
    targets: npt.NDArray[np.int64]  # [n] index into the label space


@dataclass(frozen=True)
class Examples:
    """What is trained on, chosen by, and measured on."""

    train: Part
    validation: Part
    test: Part  # rows of the test source where one was brought


@dataclass(frozen=True)
class Predicted:
    """What a model says about n texts."""

    probabilities: npt.NDArray[np.float64]  # [n, classes], each row sums to 1
    vectors: npt.NDArray[np.float32]  # [n, hidden] what the head reads, scaled to length 1


def load_examples(view: View, split: str) -> Examples:
    """The labelled rows of a View, as the Split divides them.

    Raises:
        UnfitData: a row of the Split has a label outside the label space (a test file with labels of its own), or
            the View is of text pairs or of several labels a row, which this task does not learn.
    """
    if view.second:
        raise UnfitData(
            N_("A model that compares two texts cannot be trained yet. Choose both as text columns that are joined.")
        )
    frozen = load_split(split).without(view.left_out)
    test_view = view.on(frozen.test_source) if frozen.test_source else view
    return Examples(
        train=_part(view, frozen.train),
        validation=_part(view, frozen.validation),
        test=_part(test_view, frozen.test),
    )


def head(model: "PreTrainedModel") -> "nn.Linear":
    """The layer that turns what the model made of a text into one number a class."""
    from torch import nn

    classes = model.config.num_labels
    inside = set(model.base_model.modules())
    found = [m for m in model.modules() if m not in inside and isinstance(m, nn.Linear) and m.out_features == classes]
    return found[-1]


def loss(logits: "Tensor", targets: "Tensor", label_smoothing: float, weights: "Tensor | None" = None) -> "Tensor":
    """Mean cross-entropy in nats; logits [rows, classes], targets [rows], what a row counts by its class [classes]."""
    from torch.nn.functional import cross_entropy

    return cross_entropy(logits.float(), targets, weight=weights, label_smoothing=label_smoothing)


def class_weights(targets: npt.NDArray[np.int64], classes: int, kind: str) -> npt.NDArray[np.float32] | None:
    """[classes] what a row of each class counts, 1 on average over the rows; None where all count the same.

    Args:
        targets: [n] classes of the training rows.
        kind: "none", "sqrt" (by the root of how rare a class is) or "balanced" (all classes weigh the same).
    """
    power = {"none": 0.0, "sqrt": 0.5, "balanced": 1.0}[kind]
    if not power:
        return None
    weights = np.maximum(np.bincount(targets, minlength=classes), 1) ** -power
    return np.asarray(weights / weights[targets].mean(), dtype=np.float32)


def predict(
    model: "PreTrainedModel",
    lengths: npt.NDArray[np.int64],
    forward: Callable[[npt.NDArray[np.int64]], "Tensor"],
    advance: Callable[[int], None] = lambda done: None,
) -> Predicted:
    """What ``model`` says about n texts, in their order.

    Args:
        model: a stock classifier in evaluation mode.
        lengths: [n] tokens of each text.
        forward: positions of texts, all of one length, to logits [rows, classes]; it calls ``model``.
        advance: told how many texts are over.
    """
    import torch

    classes = head(model).out_features
    probabilities = np.empty((len(lengths), classes))
    vectors: npt.NDArray[np.float32] | None = None
    done = 0
    with torch.no_grad(), _read_by_head(model) as read:
        for rows in by_length(lengths, TOKENS_AT_ONCE):
            probabilities[rows] = torch.softmax(forward(rows).double(), dim=-1).cpu().numpy()
            entered = read[0].float()
            # A decoder's head reads every token and keeps the last real one; nothing is padded here, so it is the last.
            pooled = torch.nn.functional.normalize(entered[:, -1] if entered.ndim == 3 else entered, dim=-1)
            if vectors is None:
                vectors = np.empty((len(lengths), pooled.shape[-1]), np.float32)
            vectors[rows] = pooled.cpu().numpy()
            done += len(rows)
            advance(done)
    return Predicted(probabilities, vectors if vectors is not None else np.empty((0, 0), np.float32))


@contextlib.contextmanager
def _read_by_head(model: "PreTrainedModel") -> Iterator[list["Tensor"]]:
    """A list whose one element is what entered the head in the latest pass."""
    read: list[Tensor] = []

    def keep(_module: Any, inputs: tuple["Tensor", ...]) -> None:
        read[:] = inputs[:1]

    hook = head(model).register_forward_pre_hook(keep)
    try:
        yield read
    finally:
        hook.remove()


def _part(view: View, rows: Sequence[int]) -> Part:
    labels = view_labels(view, rows)
    numbers = {label: number for number, label in enumerate(view.labels)}
    for row, label in labels.items():
        if label not in numbers:
            raise UnfitData(
                N_(
                    "Row {row} has the label “{label}”, which no labelled row of the training file has. "
                    "Correct it, or leave the row out."
                ),
                row=int(str(row)) + 1,
                label=label,
            )
    return Part(
        rows=np.asarray(rows, dtype=np.int64),
        texts=tuple(read_texts(view, view_frame(view, rows))),
        targets=np.array([numbers[label] for label in labels], dtype=np.int64),
    )
