"""The task ``classification``: a row belongs to one of the classes of the label space."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.data.view import Rows, View, view_labels
from pipeline.errors import N_, UnfitData
from pipeline.runs.progress import Progress
from pipeline.tasks import opponents
from pipeline.tasks.task import Baseline, Examples, Scores, Targets

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Classification:
    """One text, one class: softmax over the label space, and cross-entropy."""

    name: str = "classification"
    problem_type: str = "single_label_classification"
    measures: tuple[str, ...] = ("accuracy", "macro_f1")
    best_by: str = "macro_f1"
    least: bool = False
    tunes: bool = False

    def names(self, view: View) -> tuple[str, ...]:
        """The label space."""
        return view.labels

    def read_targets(self, view: View, rows: Rows) -> npt.NDArray[np.int64]:
        """[n] index into the label space; raises UnfitData for a label outside it."""
        labels = view_labels(view, rows)
        numbers = {label: number for number, label in enumerate(view.labels)}
        for row, label in labels.items():
            if label not in numbers:
                raise UnfitData(
                    N_(
                        "Row {row} has the label “{label}”, which no labelled row of the training file has. "
                        "Correct it, or leave the row out."
                    ),
                    row=int(str(row)) + 1,
                    label=label,
                )
        return np.array([numbers[label] for label in labels], dtype=np.int64)

    def loss(
        self, logits: "Tensor", targets: "Tensor", label_smoothing: float, weights: "Tensor | None" = None
    ) -> "Tensor":
        """Mean cross-entropy in nats; logits [rows, classes], targets [rows], ``weights`` [classes] of the rows."""
        from torch.nn.functional import cross_entropy

        # The mean over rows, not over weights: a batch that is computed in pieces has the same loss.
        each = cross_entropy(logits.float(), targets, weight=weights, label_smoothing=label_smoothing, reduction="none")
        return each.mean()

    def scores(self, logits: "Tensor") -> Scores:
        """[rows, classes] probabilities; each row sums to 1."""
        import torch

        probabilities: Scores = torch.softmax(logits.double(), dim=-1).cpu().numpy()
        return probabilities

    def tune(self, truth: Targets, scores: Scores) -> tuple[float, ...]:
        """No thresholds: the most probable class is the answer."""
        return ()

    def measure(self, truth: Targets, scores: Scores, thresholds: tuple[float, ...] = ()) -> dict[str, float]:
        """Accuracy and macro-F1 of the most probable classes."""
        from pipeline.metrics.classification import compute

        return compute(truth, scores.argmax(axis=1), scores.shape[1])

    def baselines(self, examples: Examples, outputs: int, progress: Progress) -> dict[str, Baseline]:
        """The majority class, and TF-IDF with logistic regression."""
        return opponents.of_classes(examples, outputs, progress)


CLASSIFICATION = Classification()


def class_weights(targets: npt.NDArray[np.int64], classes: int, kind: str) -> npt.NDArray[np.float32] | None:
    """[classes] what a row of each class counts, 1 on average over the rows; None where all count the same.

    Args:
        targets: [n] classes of the training rows.
        kind: "none", "sqrt" (by the root of how rare a class is) or "balanced" (all classes weigh the same).
    """
    power = {"none": 0.0, "sqrt": 0.5, "balanced": 1.0}[kind]
    if not power:
        return None
    weights = np.maximum(np.bincount(targets, minlength=classes), 1) ** -power
    return np.asarray(weights / weights[targets].mean(), dtype=np.float32)
