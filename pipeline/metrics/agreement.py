"""Do predictions know anything of the truth, or would they hit as often if the labels were dealt out at random?

And do several people who label the same things agree with each other?
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.metrics.correlation import interval_of
from pipeline.metrics.intervals import Interval


@dataclass(frozen=True)
class Agreement:
    """How far predictions and truth agree beyond chance."""

    kappa: float  # Cohen's: 0 as often as by chance, 1 always, below 0 less often than by chance
    chance: float  # share of rows that would be right by chance, from 0 to 1
    error: float  # standard deviation of kappa if the labels had nothing to do with the rows
    z: float  # kappa / error; 0 where predictions or truth are all one class


def agreement(truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int) -> Agreement:
    """Cohen's kappa (1960, "A coefficient of agreement for nominal scales") and how far it is from chance.

    Chance means that the same labels were dealt out to the rows at random, with the predictions as they are. The
    mean and the variance of the hits over all such deals have a closed form (Hoeffding 1951, "A combinatorial
    central limit theorem", theorem 2), so that nothing is permuted.

    Args:
        truth, predicted: [n] class indices from 0 to ``classes`` - 1, n at least 2.
    """
    true, guess = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    n = len(true)
    share_true = np.bincount(true, minlength=classes) / n
    share_guess = np.bincount(guess, minlength=classes) / n
    chance = float(share_true @ share_guess)
    if chance >= 1 - 1e-12:
        return Agreement(0.0, 1.0, 0.0, 0.0)
    hits = float((true == guess).mean())
    # What is left of "hit or not" of a predicted and a true class less the means of both, for every pair of classes.
    rest = np.eye(classes) - share_true[:, None] - share_guess[None, :] + chance
    variance = float(share_guess @ rest**2 @ share_true) * n * n / (n - 1)
    kappa, error = (hits - chance) / (1 - chance), np.sqrt(variance) / n / (1 - chance)
    return Agreement(kappa, chance, float(error), float(kappa / error) if error > 0 else 0.0)


def kappa_interval(
    truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int, *, power: int = 0, seed: int = 0
) -> Interval | None:
    """Cohen's kappa with its 95 % interval; None where truth and predictions are all one class.

    Args:
        truth, predicted: [n] class indices from 0 to ``classes`` - 1.
        power: 0 counts every error the same; 1 and 2 count it by its distance or its square, for classes that are
            steps of a scale (Cohen 1968, "Weighted kappa").
    """
    true, guess = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    if not len(true):
        return None
    cells, counts = np.unique(true * classes + guess, return_counts=True)
    steps = np.abs(np.arange(classes)[:, None] - np.arange(classes)[None, :]).astype(np.float64)
    cost = steps**power if power else (steps > 0).astype(np.float64)
    one_true, one_guess = np.eye(classes)[cells // classes], np.eye(classes)[cells % classes]

    def kappa(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        rows = weights.sum(axis=1)
        seen = weights @ cost[cells // classes, cells % classes] / rows
        by_chance = np.einsum("di,ij,dj->d", weights @ one_true, cost, weights @ one_guess) / rows**2
        fit = by_chance > 1e-12
        return np.where(fit, 1 - seen / np.where(fit, by_chance, 1.0), np.nan)

    return interval_of(kappa, counts, seed)


def alpha(ratings: npt.ArrayLike, *, numeric: bool) -> float | None:
    """Krippendorff's alpha (2011, "Computing Krippendorff's Alpha-Reliability"): 1 all agree, 0 as by chance.

    Args:
        ratings: [raters, items] numbers or class indices, NaN where a rater did not rate an item.
        numeric: the distance of two ratings is their difference squared; else any two differ by the same.

    Returns:
        None where no item has two ratings, or nobody ever differed from anybody on anything.
    """
    table = np.asarray(ratings, dtype=np.float64)
    table = table[:, (~np.isnan(table)).sum(axis=0) >= 2]
    values = np.unique(table[~np.isnan(table)])
    counts = np.stack([(table == value).sum(axis=0) for value in values]) if len(values) else np.zeros((0, 0))
    if len(values) < 2:
        return None
    apart = (values[:, None] - values[None, :]) ** 2 if numeric else 1.0 - np.eye(len(values))
    rated = counts.sum(axis=0)
    seen = float((np.einsum("iu,ij,ju->u", counts, apart, counts) / (rated - 1)).sum())
    totals, rows = counts.sum(axis=1), float(rated.sum())
    return 1 - seen * (rows - 1) / float(totals @ apart @ totals)
