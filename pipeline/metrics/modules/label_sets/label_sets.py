"""F1 and exact match of label sets as an ``evaluate`` module: rows of 0 and 1 in, shares from 0 to 1 out.

``evaluate`` copies this one file and scans its imports line by line: one import a line, nothing of this project.
"""

from typing import Any

import datasets
import evaluate
import numpy.typing as npt
from sklearn.metrics import precision_recall_fscore_support


class LabelSets(evaluate.Metric):  # type: ignore[misc]  # the library ships no types
    """Micro-F1 counts every label of every row alike, macro-F1 every label that occurs in truth or prediction."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description="Micro-F1, macro-F1, exact match, and precision, recall and F1 of every label.",
            citation="",
            inputs_description="predictions, references: 0 or 1 for each label, row after row; labels: how many.",
            features=datasets.Features({"predictions": datasets.Value("int8"), "references": datasets.Value("int8")}),
            format="numpy",
        )

    def _compute(
        self, predictions: npt.NDArray[Any], references: npt.NDArray[Any], labels: int
    ) -> dict[str, float | list[Any]]:
        # One after the other, because evaluate hands tables over as lists of lists, which is slow.
        true, guess = references.reshape(-1, labels), predictions.reshape(-1, labels)
        precision, recall, f1, support = precision_recall_fscore_support(true, guess, average=None, zero_division=0.0)
        hits = int((true & guess).sum())
        named = int(true.sum() + guess.sum())
        occurring = (true | guess).any(axis=0)
        return {
            "micro_f1": 2 * hits / named if named else 1.0,
            "macro_f1": float(f1[occurring].mean()) if occurring.any() else 1.0,
            "exact_match": float((true == guess).all(axis=1).mean()),
            "precision": precision.tolist(),
            "recall": recall.tolist(),
            "f1": f1.tolist(),
            "support": support.tolist(),
        }
