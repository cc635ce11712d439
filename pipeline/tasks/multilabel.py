"""The task ``multilabel``: a row may have several labels, or none of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.data.view import Rows, View, view_label_sets
from pipeline.errors import N_, UnfitData
from pipeline.runs.progress import Progress
from pipeline.tasks import opponents
from pipeline.tasks.task import Baseline, Examples, Scores, Targets

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Multilabel:
    """Each label is a question of its own: a sigmoid, cross-entropy, and a threshold tuned on the validation rows."""

    name: str = "multilabel"
    problem_type: str = "multi_label_classification"
    measures: tuple[str, ...] = ("micro_f1", "macro_f1", "exact_match")
    best_by: str = "macro_f1"
    least: bool = False
    tunes: bool = True

    def names(self, view: View) -> tuple[str, ...]:
        """The label space."""
        return view.labels

    def read_targets(self, view: View, rows: Rows) -> npt.NDArray[np.float32]:
        """[n, labels] 1 where the row has the label; raises UnfitData for a label outside the label space."""
        numbers = {label: number for number, label in enumerate(view.labels)}
        sets = view_label_sets(view, rows)
        targets = np.zeros((len(sets), len(numbers)), dtype=np.float32)
        for at, labels in enumerate(sets):
            for label in labels or ():
                if label not in numbers:
                    raise UnfitData(
                        N_(
                            "Row {row} has the label “{label}”, which no labelled row of the training file has. "
                            "Correct it, or leave the row out."
                        ),
                        row=int(rows[at]) + 1,
                        label=label,
                    )
                targets[at, numbers[label]] = 1
        return targets

    def loss(
        self, logits: "Tensor", targets: "Tensor", label_smoothing: float, weights: "Tensor | None" = None
    ) -> "Tensor":
        """Mean binary cross-entropy in nats over rows and labels; both are [rows, labels]."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        wanted = targets.float() * (1 - label_smoothing) + label_smoothing / 2
        return binary_cross_entropy_with_logits(logits.float(), wanted, weight=weights)

    def scores(self, logits: "Tensor") -> Scores:
        """[rows, labels] probability of each label by itself."""
        import torch

        probabilities: Scores = torch.sigmoid(logits.double()).cpu().numpy()
        return probabilities

    def tune(self, truth: Targets, scores: Scores) -> tuple[float, ...]:
        """For each label the threshold by which its F1 on these rows is best."""
        from pipeline.metrics.label_sets import best_thresholds

        return best_thresholds(truth, scores)

    def measure(self, truth: Targets, scores: Scores, thresholds: tuple[float, ...] = ()) -> dict[str, float]:
        """Micro-F1, macro-F1 and exact match of the labels from their threshold on (a half where none is given)."""
        from pipeline.metrics.label_sets import compute

        return compute(truth, scores >= (np.array(thresholds) if thresholds else 0.5))

    def baselines(self, examples: Examples, outputs: int, progress: Progress) -> dict[str, Baseline]:
        """The most frequent labels, and TF-IDF with one logistic regression a label."""
        return opponents.of_label_sets(examples, progress)


MULTILABEL = Multilabel()
