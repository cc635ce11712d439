"""The task ``regression``: a row has a number, such as hours or how alike two texts are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.data.view import Rows, View, view_numbers
from pipeline.errors import N_, UnfitData
from pipeline.runs.progress import Progress
from pipeline.tasks import opponents
from pipeline.tasks.task import Baseline, Examples, Scores, Targets

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Regression:
    """One output that is the number itself, and its squared error."""

    name: str = "regression"
    problem_type: str = "regression"
    measures: tuple[str, ...] = ("pearson", "spearman", "mae", "rmse")
    best_by: str = "pearson"
    least: bool = False
    tunes: bool = False

    def names(self, view: View) -> tuple[str, ...]:
        """The column of the number."""
        return (view.label,)

    def read_targets(self, view: View, rows: Rows) -> npt.NDArray[np.float64]:
        """[n] numbers; raises UnfitData where a row has none."""
        numbers = view_numbers(view, rows)
        missing = np.flatnonzero(np.isnan(numbers))
        if len(missing):
            raise UnfitData(
                N_("Row {row} has no number in {column}. Correct it, or leave the row out."),
                row=int(rows[missing[0]]) + 1,
                column=view.label,
            )
        return numbers

    def loss(
        self, logits: "Tensor", targets: "Tensor", label_smoothing: float, weights: "Tensor | None" = None
    ) -> "Tensor":
        """Mean squared error; logits [rows, 1], targets [rows]. Smoothing and weights are for classes."""
        from torch.nn.functional import mse_loss

        return mse_loss(logits.float()[:, 0], targets.float())

    def scores(self, logits: "Tensor") -> Scores:
        """[rows, 1] the number itself."""
        numbers: Scores = logits.double().cpu().numpy()
        return numbers

    def tune(self, truth: Targets, scores: Scores) -> tuple[float, ...]:
        """No thresholds."""
        return ()

    def measure(self, truth: Targets, scores: Scores, thresholds: tuple[float, ...] = ()) -> dict[str, float]:
        """Two correlations from -1 to 1, two errors in the unit of the numbers."""
        from pipeline.metrics.numbers import compute

        return compute(truth, scores[:, 0])

    def baselines(self, examples: Examples, outputs: int, progress: Progress) -> dict[str, Baseline]:
        """The mean, and TF-IDF with ridge regression."""
        return opponents.of_numbers(examples, progress)


REGRESSION = Regression()
