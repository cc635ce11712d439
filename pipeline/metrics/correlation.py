"""How far two series of numbers go together: Pearson, Spearman and Kendall, with 95 % intervals. Numpy only.

Rows are resampled as in ``intervals``. Each figure depends on the rows only through how often a pair of values
occurs, so it is a function of the weights of rows; equal rows are put together first.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipeline.metrics.intervals import RESAMPLES, Interval, percentiles

Numbers = npt.NDArray[np.float64]
# [draws, rows] how often each row counts, [rows], [rows] -> [draws] from -1 to 1, NaN where a side does not differ.
Figure = Callable[[Numbers, Numbers, Numbers], Numbers]

FEWEST = 3  # two rows always lie on a line
_AT_ONCE = 200  # draws


def pearson(weights: Numbers, one: Numbers, other: Numbers) -> Numbers:
    """Pearson's r: how near the rows are to a straight line."""
    return _weighted_r(weights, one[None], other[None])


def spearman(weights: Numbers, one: Numbers, other: Numbers) -> Numbers:
    """Spearman's rho: Pearson's r of the ranks, equal values sharing the mean of theirs."""
    return _weighted_r(weights, _ranks(weights, one), _ranks(weights, other))


def kendall(weights: Numbers, one: Numbers, other: Numbers) -> Numbers:
    """Kendall's tau-b (1945, "The treatment of ties in ranking problems"): pairs of rows in the same order on both
    sides less those in opposite order, as a share of those that could be."""
    rise, other_rise = _directions(one), _directions(other)
    together = _pairs(weights, rise * other_rise)
    possible = np.sqrt(_pairs(weights, np.abs(rise)) * _pairs(weights, np.abs(other_rise)))
    return _divided(together, possible)


def partial(weights: Numbers, one: Numbers, other: Numbers, given: Numbers) -> Numbers:
    """Spearman's rho of two series once what both share with a third is taken out (Kendall 1942, "Partial rank
    correlation"; here the usual formula on ranks)."""
    direct = spearman(weights, one, other)
    left, right = spearman(weights, one, given), spearman(weights, other, given)
    return _divided(direct - left * right, np.sqrt(np.maximum(0, 1 - left**2) * np.maximum(0, 1 - right**2)))


def correlation_interval(figure: Figure, one: npt.ArrayLike, other: npt.ArrayLike, seed: int = 0) -> Interval | None:
    """A figure with its interval; None of fewer than ``FEWEST`` rows, or where one side does not differ.

    Args:
        figure: ``pearson``, ``spearman`` or ``kendall``.
        one, other: [n] numbers of the same rows.
    """
    x, y = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if len(x) < FEWEST:
        return None
    cells, counts = np.unique(np.column_stack([x, y]), axis=0, return_counts=True)
    return interval_of(lambda weights: figure(weights, cells[:, 0], cells[:, 1]), counts, seed)


def partial_interval(one: npt.ArrayLike, other: npt.ArrayLike, given: npt.ArrayLike, seed: int = 0) -> Interval | None:
    """``partial`` with its interval; None where it is not defined. All three are [n] of the same rows."""
    x, y, z = (np.asarray(side, dtype=np.float64) for side in (one, other, given))
    if len(x) <= FEWEST:
        return None
    return interval_of(lambda weights: partial(weights, x, y, z), np.ones(len(x), dtype=np.int64), seed)


def interval_of(figure: Callable[[Numbers], Numbers], counts: npt.NDArray[np.int64], seed: int = 0) -> Interval | None:
    """A figure of weighted rows with its interval; None where the rows do not define it.

    Draws in which it is not defined are left out; of more than half of them, there is no interval to be had.

    Args:
        figure: [draws, rows] weights -> [draws].
        counts: [rows] how often each row is there.
    """
    value = float(figure(counts[None].astype(np.float64))[0])
    if not np.isfinite(value):
        return None
    random, rows = np.random.default_rng(seed), int(counts.sum())
    draws = np.concatenate(
        [
            figure(random.multinomial(rows, counts / rows, _AT_ONCE).astype(np.float64))
            for _ in range(RESAMPLES // _AT_ONCE)
        ]
    )
    defined = draws[np.isfinite(draws)]
    return percentiles(value, defined) if 2 * len(defined) > len(draws) else None


def _weighted_r(weights: Numbers, one: Numbers, other: Numbers) -> Numbers:
    """[draws] from weights and values, each [draws or 1, rows]."""
    total = weights.sum(axis=1, keepdims=True)
    x = one - (weights * one).sum(axis=1, keepdims=True) / total
    y = other - (weights * other).sum(axis=1, keepdims=True) / total
    squares = (weights * x * x).sum(axis=1) * (weights * y * y).sum(axis=1)
    # Less than rounding leaves of values that are all the same.
    scale = (weights * one * one).sum(axis=1) * (weights * other * other).sum(axis=1)
    return _divided((weights * x * y).sum(axis=1), np.sqrt(np.where(squares > 1e-24 * scale, squares, 0)))


def _ranks(weights: Numbers, values: Numbers) -> Numbers:
    """[draws, rows] the rank of each row's value among the weighted rows, ties in their middle."""
    _, place = np.unique(values, return_inverse=True)
    kinds = np.zeros((len(values), place.max() + 1))
    kinds[np.arange(len(values)), place] = 1
    many = weights @ kinds
    return np.asarray((np.cumsum(many, axis=1) - many / 2 + 0.5)[:, place], dtype=np.float64)


def _directions(values: Numbers) -> Numbers:
    """[rows, rows] 1 where the second is larger, -1 where it is smaller, 0 where they are the same."""
    return np.sign(values[None, :] - values[:, None])


def _pairs(weights: Numbers, matrix: Numbers) -> Numbers:
    return np.asarray(((weights @ matrix) * weights).sum(axis=1), dtype=np.float64)


def _divided(top: Numbers, bottom: Numbers) -> Numbers:
    """Quotients; NaN over nothing."""
    fit = bottom > 1e-12
    return np.where(fit, np.clip(top / np.where(fit, bottom, 1.0), -1, 1), np.nan)
