"""Accuracy as an ``evaluate`` module: class indices in, a share from 0 to 1 out.

``evaluate`` copies this one file and scans its imports line by line: one import a line, nothing of this project.
"""

from typing import Any

import datasets
import evaluate
import numpy as np
import numpy.typing as npt


class Accuracy(evaluate.Metric):  # type: ignore[misc]  # the library ships no types
    """Share of rows whose predicted class is the true one."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description="Share of rows whose predicted class is the true one.",
            citation="",
            inputs_description="predictions, references: class indices, one a row.",
            features=datasets.Features({"predictions": datasets.Value("int64"), "references": datasets.Value("int64")}),
            format="numpy",
        )

    def _compute(self, predictions: npt.NDArray[Any], references: npt.NDArray[Any]) -> dict[str, float]:
        return {"accuracy": float(np.mean(predictions == references))}
