"""How right predicted label sets are, and the thresholds that make them so. Heavy when first called (``evaluate``)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.metrics.kept import module

Matrix = npt.NDArray[np.float64]

# With fewer rows of a label than these, its own best threshold is chance: it gets the one that serves all labels.
LEAST_ROWS = 5
# Candidates for the threshold of all labels.
SHARED = tuple(np.arange(1, 20) / 20)


@dataclass(frozen=True)
class LabelScores:
    """Figures of one label: shares from 0 to 1 and the number of rows that truly have it."""

    precision: float
    recall: float
    f1: float
    support: int


def compute(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> dict[str, float]:
    """``{"micro_f1", "macro_f1", "exact_match"}``, shares from 0 to 1.

    Args:
        truth, predicted: [n, labels] of 0 and 1, n at least 1.

    Micro-F1 is 2 tp / (2 tp + fp + fn) over all rows and labels; macro-F1 the mean of it over the labels that occur
    in truth or prediction; a row is an exact match if all of its labels are right.

    Raises:
        ValueError: no rows, or two shapes.
    """
    figures = _figures(truth, predicted)
    return {name: figures[name] for name in ("micro_f1", "macro_f1", "exact_match")}


def per_label(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> tuple[LabelScores, ...]:
    """Precision, recall, F1 and support of every label; 0 where a figure is undefined. As ``compute``."""
    figures = _figures(truth, predicted)
    columns = [figures[name] for name in ("precision", "recall", "f1", "support")]
    return tuple(LabelScores(*row) for row in zip(*columns, strict=True))


def best_thresholds(truth: npt.ArrayLike, scores: npt.ArrayLike) -> tuple[float, ...]:
    """For each label the probability from which on it is given, chosen by the label's F1 on these rows.

    A label of few rows gets the threshold by which the micro-F1 over all labels is best.

    Args:
        truth: [n, labels] of 0 and 1.
        scores: [n, labels] probabilities.
    """
    true, said = np.asarray(truth) > 0.5, np.asarray(scores, dtype=np.float64)
    shared = shared_threshold(true, said)
    return tuple(
        _best_of_label(true[:, label], said[:, label]) if true[:, label].sum() >= LEAST_ROWS else shared
        for label in range(true.shape[1])
    )


def shared_threshold(truth: npt.ArrayLike, scores: npt.ArrayLike, candidates: npt.ArrayLike = SHARED) -> float:
    """One threshold for all labels, chosen by micro-F1; of equally good ones the one nearest to a half."""
    true, said = np.asarray(truth) > 0.5, np.asarray(scores, dtype=np.float64)
    tried = np.asarray(candidates, dtype=np.float64)
    order = tried[np.argsort(np.abs(tried - 0.5), kind="stable")]
    return float(max(order, key=lambda threshold: _micro_f1(true, said >= threshold)))


def _best_of_label(true: npt.NDArray[np.bool_], said: Matrix) -> float:
    """Halfway between two neighbouring probabilities, so that rows much like these fall on the same side."""
    order = np.argsort(-said, kind="stable")
    hits = np.cumsum(true[order])
    f1 = 2 * hits / (np.arange(1, len(said) + 1) + true.sum())
    # Rows with one probability are on one side together.
    ends = np.flatnonzero(np.diff(said[order], append=-1.0) < 0)
    last = ends[int(np.argmax(f1[ends]))]
    above = said[order[last]]
    below = said[order[last + 1]] if last + 1 < len(said) else 0.0
    return float((above + below) / 2)


def _micro_f1(true: npt.NDArray[np.bool_], guess: npt.NDArray[np.bool_]) -> float:
    named = int(true.sum() + guess.sum())
    return 2 * int((true & guess).sum()) / named if named else 1.0


def _figures(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> dict[str, Any]:
    true, guess = np.asarray(truth).astype(np.int8), np.asarray(predicted).astype(np.int8)
    if true.shape != guess.shape or true.ndim != 2 or not len(true):
        raise ValueError(f"need two tables of 0 and 1 of one shape, got {true.shape} and {guess.shape}")
    figures: dict[str, Any] = module("label_sets").compute(
        predictions=guess.ravel(), references=true.ravel(), labels=true.shape[1]
    )
    return figures
