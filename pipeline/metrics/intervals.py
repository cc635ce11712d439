"""How sure a figure is: 95 % intervals from resampled rows. Knows only class indices and right or wrong.

All intervals are percentile intervals of the bootstrap (Efron and Tibshirani 1993, "An Introduction to the
Bootstrap", chapter 13). Every figure here depends on the rows only through counts of a few kinds of row, and
drawing n rows with replacement draws those counts from a multinomial distribution; so the counts are drawn
directly, which is the same bootstrap at a fraction of the time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 2000
COVERAGE = 0.95


@dataclass(frozen=True)
class Interval:
    """A figure with the ends of its 95 % interval, all in the figure's own unit."""

    value: float
    low: float
    high: float


def accuracy_interval(truth: npt.ArrayLike, predicted: npt.ArrayLike, seed: int = 0) -> Interval:
    """Accuracy (0 to 1) of ``predicted`` against ``truth``, both [n] class indices, n at least 1.

    Where every row is right (or wrong) resampling shows no spread, and the far end comes from the rule of
    three instead (Hanley and Lippman-Hand 1983): with no error in n rows, the error may still be 3 / n.
    """
    right = np.asarray(truth) == np.asarray(predicted)
    rows, value = len(right), float(right.mean())
    if value in (0.0, 1.0):
        reach = min(1.0, 3 / rows)
        return Interval(value, max(0.0, value - reach), min(1.0, value + reach))
    return percentiles(value, np.random.default_rng(seed).binomial(rows, value, RESAMPLES) / rows)


def macro_f1_interval(truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int, seed: int = 0) -> Interval:
    """Macro-F1 (0 to 1) over the classes that occur, as ``classification.compute`` gives it.

    Args:
        truth, predicted: [n] class indices from 0 to ``classes`` - 1, n at least 1.

    A resample of few rows a class scores lower on average than the rows themselves, so the draws are shifted
    by that bias (Efron and Tibshirani, chapter 10). Where every row is right it is the interval of the accuracy.
    """
    true, guess = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    if np.array_equal(true, guess):
        return accuracy_interval(true, guess)
    cells, counts = np.unique(true * classes + guess, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(true), counts / len(true), RESAMPLES)
    scores = _macro_f1(np.vstack([counts, drawn]), cells // classes, cells % classes, classes)
    value, draws = float(scores[0]), scores[1:]
    return percentiles(value, np.clip(draws + value - draws.mean(), 0, 1))


def paired_difference(
    truth: npt.ArrayLike, predicted: npt.ArrayLike, baseline: npt.ArrayLike, seed: int = 0
) -> Interval:
    """Accuracy of ``predicted`` minus accuracy of ``baseline`` on the same rows, from -1 to 1.

    Rows are resampled in pairs, so what is hard for both does not widen the interval (Koehn 2004,
    "Statistical Significance Tests for Machine Translation Evaluation", section 4). All three are [n].
    """
    true = np.asarray(truth)
    gain = (np.asarray(predicted) == true).astype(int) - (np.asarray(baseline) == true).astype(int)
    lost, same, won = np.bincount(gain + 1, minlength=3)
    drawn = np.random.default_rng(seed).multinomial(len(true), np.array([lost, same, won]) / len(true), RESAMPLES)
    return percentiles(float(won - lost) / len(true), (drawn[:, 2] - drawn[:, 0]) / len(true))


def _macro_f1(
    counts: npt.NDArray[np.int64], true: npt.NDArray[np.int64], guess: npt.NDArray[np.int64], classes: int
) -> npt.NDArray[np.float64]:
    """[draws] macro-F1 from [draws, cells] row counts; ``true`` and ``guess`` are each cell's classes."""
    weights = counts.astype(np.float64)
    cells = np.arange(len(true))
    in_truth, in_guess = np.zeros((len(true), classes)), np.zeros((len(true), classes))
    in_truth[cells, true] = 1
    in_guess[cells, guess] = 1
    # 2 tp + fp + fn is the number of rows of the class in truth plus that in the predictions.
    together = weights @ (in_truth + in_guess)
    hits = weights @ (in_truth * in_guess)
    f1 = 2 * hits / np.maximum(together, 1)
    return np.asarray(f1.sum(axis=1) / (together > 0).sum(axis=1), dtype=np.float64)


def percentiles(value: float, draws: npt.NDArray[np.float64]) -> Interval:
    """A figure with the interval that its draws span."""
    tail = (1 - COVERAGE) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(value, float(low), float(high))
