"""How sure figures of label sets and numbers are: 95 % intervals from resampled rows.

As ``intervals``, where the bootstrap is explained. What is summed over the rows stands in a table; drawing n rows
with replacement draws how often each row counts, and one product gives the sums of all draws.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipeline.metrics.intervals import RESAMPLES, Interval, percentiles

Table = npt.NDArray[np.float64]
Figure = Callable[[Table], Table]  # [draws, columns] sums over the rows -> [draws] figures

# Draws at once: their counts of 5,000 rows take 8 MB.
_AT_ONCE = 200


def interval(table: Table, figure: Figure, seed: int = 0) -> Interval:
    """A figure with its interval.

    Args:
        table: [rows, columns] what is summed.
        figure: of the sums.
    """
    return percentiles(float(figure(table.sum(axis=0)[None])[0]), _draw(table, figure, seed))


def mean(values: npt.ArrayLike, seed: int = 0) -> Interval:
    """The mean of numbers, at least one. Equal ones are drawn together: of scores there are few, of rows many."""
    distinct, counts = np.unique(np.asarray(values, dtype=np.float64), return_counts=True)
    rows, random = counts.sum(), np.random.default_rng(seed)
    draws = [random.multinomial(rows, counts / rows, _AT_ONCE) @ distinct for _ in range(RESAMPLES // _AT_ONCE)]
    return percentiles(float(counts @ distinct / rows), np.concatenate(draws) / rows)


def _draw(table: Table, figure: Figure, seed: int) -> Table:
    random, rows = np.random.default_rng(seed), len(table)
    share = np.full(rows, 1 / rows)
    draws = [figure(random.multinomial(rows, share, _AT_ONCE) @ table) for _ in range(RESAMPLES // _AT_ONCE)]
    return np.concatenate(draws)


def label_table(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> Table:
    """[rows, 2 labels + 2] from two [rows, labels] of 0 and 1: hits and mentions of each label, exact match, one."""
    true, guess = np.asarray(truth, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    exact = (true == guess).all(axis=1, keepdims=True).astype(np.float64)
    return np.hstack([true * guess, true + guess, exact, np.ones_like(exact)])


def micro_f1(sums: Table) -> Table:
    """From sums of ``label_table``."""
    hits, named = _halves(sums)
    return np.asarray(2 * hits.sum(axis=1) / np.maximum(1, named.sum(axis=1)), dtype=np.float64)


def macro_f1(sums: Table) -> Table:
    """From sums of ``label_table``: over the labels that occur in a draw."""
    hits, named = _halves(sums)
    f1 = 2 * hits / np.maximum(1, named)
    return np.asarray(f1.sum(axis=1) / np.maximum(1, (named > 0).sum(axis=1)), dtype=np.float64)


def exact_match(sums: Table) -> Table:
    """From sums of ``label_table``."""
    return np.asarray(sums[:, -2] / sums[:, -1], dtype=np.float64)


def error_table(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> Table:
    """[rows, 3]: absolute error, squared error, one."""
    off = np.asarray(predicted, dtype=np.float64) - np.asarray(truth, dtype=np.float64)
    return np.column_stack([np.abs(off), off**2, np.ones_like(off)])


def mae(sums: Table) -> Table:
    """From sums of ``error_table``."""
    return np.asarray(sums[:, 0] / sums[:, 2], dtype=np.float64)


def rmse(sums: Table) -> Table:
    """From sums of ``error_table``."""
    return np.asarray(np.sqrt(sums[:, 1] / sums[:, 2]), dtype=np.float64)


def moment_table(one: npt.ArrayLike, other: npt.ArrayLike) -> Table:
    """[rows, 6]: what Pearson's r is made of. Both sides less their mean, which changes nothing but rounding."""
    x, y = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    x, y = x - x.mean(), y - y.mean()
    return np.column_stack([x, y, x * x, y * y, x * y, np.ones_like(x)])


def correlation(sums: Table) -> Table:
    """Pearson's r from sums of ``moment_table``; 0 where one side does not differ between the rows."""
    x, y, xx, yy, xy, rows = sums.T
    spread = np.sqrt(np.maximum(0, xx - x * x / rows) * np.maximum(0, yy - y * y / rows))
    flat = spread <= 1e-12 * np.maximum(1e-300, np.sqrt(xx * yy))
    return np.asarray(np.where(flat, 0.0, (xy - x * y / rows) / np.where(flat, 1.0, spread)), dtype=np.float64)


def difference(left: Table, right: Table, figure: Figure, seed: int = 0) -> Interval:
    """``figure`` of ``left`` minus that of ``right``, the same rows drawn for both (see ``paired_difference``)."""
    columns = left.shape[1]

    def both(sums: Table) -> Table:
        return np.asarray(figure(sums[:, :columns]) - figure(sums[:, columns:]), dtype=np.float64)

    return interval(np.hstack([left, right]), both, seed)


def _halves(sums: Table) -> tuple[Table, Table]:
    """Hits and mentions, each [draws, labels]."""
    labels = (sums.shape[1] - 2) // 2
    return sums[:, :labels], sums[:, labels : 2 * labels]
