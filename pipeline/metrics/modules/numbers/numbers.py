"""Correlation and error of predicted numbers, as an ``evaluate`` module: numbers in, figures out.

``evaluate`` copies this one file and scans its imports line by line: one import a line, nothing of this project.
"""

from typing import Any

import datasets
import evaluate
import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata


class Numbers(evaluate.Metric):  # type: ignore[misc]  # the library ships no types
    """Pearson's r, Spearman's rho (r of the ranks), mean absolute error and root of the mean squared error."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description="Pearson's r, Spearman's rho, mean absolute error and root of the mean squared error.",
            citation="",
            inputs_description="predictions, references: one number a row.",
            features=datasets.Features(
                {"predictions": datasets.Value("float64"), "references": datasets.Value("float64")}
            ),
            format="numpy",
        )

    def _compute(self, predictions: npt.NDArray[Any], references: npt.NDArray[Any]) -> dict[str, float]:
        off = predictions - references
        return {
            "pearson": _correlation(predictions, references),
            "spearman": _correlation(rankdata(predictions), rankdata(references)),
            "mae": float(np.abs(off).mean()),
            "rmse": float(np.sqrt((off**2).mean())),
        }


def _correlation(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    """0 where one of the two is the same in every row: it tells nothing of the other."""
    left = one - one.mean()
    right = other - other.mean()
    size = float(np.sqrt((left**2).sum() * (right**2).sum()))
    # A constant that was averaged is off by rounding; that is no spread.
    flat = np.ptp(one) <= 1e-12 * np.abs(one).max() or np.ptp(other) <= 1e-12 * np.abs(other).max()
    return 0.0 if flat or size == 0 else float((left * right).sum() / size)
