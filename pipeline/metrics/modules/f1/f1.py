"""Precision, recall and F1 of every class and their mean, as an ``evaluate`` module: class indices in, shares out.

``evaluate`` copies this one file and scans its imports line by line: one import a line, nothing of this project.
"""

from typing import Any

import datasets
import evaluate
import numpy as np
import numpy.typing as npt
from sklearn.metrics import precision_recall_fscore_support


class F1(evaluate.Metric):  # type: ignore[misc]  # the library ships no types
    """F1 = 2 tp / (2 tp + fp + fn) of each class; macro-F1 is its mean over the classes that occur.

    A class occurs if it is the truth or the prediction of at least one row. The mean is taken over the F1
    of the classes, not of mean precision and mean recall (Opitz and Burst 2019, "Macro F1 and Macro F1").
    """

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description="Precision, recall and F1 of every class, and the mean F1.",
            citation="",
            inputs_description="predictions, references: class indices, one a row; classes: size of the label space.",
            features=datasets.Features({"predictions": datasets.Value("int64"), "references": datasets.Value("int64")}),
            format="numpy",
        )

    def _compute(
        self, predictions: npt.NDArray[Any], references: npt.NDArray[Any], classes: int
    ) -> dict[str, float | list[float] | list[int]]:
        precision, recall, f1, support = precision_recall_fscore_support(
            references, predictions, labels=np.arange(classes), zero_division=0.0
        )
        occurring = np.union1d(references, predictions)
        return {
            "macro_f1": float(f1[occurring].mean()),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "f1": f1.tolist(),
            "support": support.tolist(),
        }
