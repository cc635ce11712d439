"""Accuracy and F1 of predicted classes, by the ``evaluate`` modules kept beside this file. Heavy when first called."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.metrics.kept import module


@dataclass(frozen=True)
class ClassScores:
    """Figures of one class, in the order of the label space: shares from 0 to 1 and the number of true rows."""

    precision: float
    recall: float
    f1: float
    support: int


def compute(truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int) -> dict[str, float]:
    """``{"accuracy", "macro_f1"}``, shares from 0 to 1, of ``predicted`` against ``truth``.

    Args:
        truth, predicted: [n] class indices from 0 to ``classes`` - 1, n at least 1.
        classes: size of the label space.

    Macro-F1 is the mean of F1 = 2 tp / (2 tp + fp + fn) over the classes that occur in truth or prediction.

    Raises:
        ValueError: no rows, or an index outside the label space.
    """
    true, guess = _checked(truth, predicted, classes)
    accuracy = module("accuracy").compute(predictions=guess, references=true)["accuracy"]
    macro_f1 = module("f1").compute(predictions=guess, references=true, classes=classes)["macro_f1"]
    return {"accuracy": accuracy, "macro_f1": macro_f1}


def per_class(truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int) -> tuple[ClassScores, ...]:
    """Precision, recall, F1 and support of every class of the label space; 0 where a figure is undefined.

    Arguments and errors as for ``compute``.
    """
    true, guess = _checked(truth, predicted, classes)
    scores = module("f1").compute(predictions=guess, references=true, classes=classes)
    columns: list[Sequence[Any]] = [scores[name] for name in ("precision", "recall", "f1", "support")]
    return tuple(ClassScores(*row) for row in zip(*columns, strict=True))


def confusion(truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int) -> npt.NDArray[np.int64]:
    """[classes, classes] counts: row the true class, column the predicted one. Errors as for ``compute``."""
    true, guess = _checked(truth, predicted, classes)
    counts = np.bincount(true * classes + guess, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def _checked(
    truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    true, guess = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    if true.shape != guess.shape or true.ndim != 1 or not len(true):
        raise ValueError(f"need two equally long lists of classes, got shapes {true.shape} and {guess.shape}")
    if min(true.min(), guess.min()) < 0 or max(true.max(), guess.max()) >= classes:
        raise ValueError(f"a class index lies outside 0..{classes - 1}")
    return true, guess
