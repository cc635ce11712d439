"""What a task is: what is read of a row, what its answer is, and how right a model is. The files beside it are tasks.

Knows nothing of how a model makes its numbers, of optimizers, checkpoints or run folders. Task and model meet in
"logits [rows, outputs]".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data.source import read_rows
from pipeline.data.view import Rows, View, view_label_sets, view_labels
from pipeline.runs.progress import Progress
from pipeline.templates.columns import Reading, read_pairs, read_texts

if TYPE_CHECKING:
    from torch import Tensor

# Between several labels that are shown together.
JOINED = ", "

# [n] class index (int64), [n, labels] 0 or 1 (float32), or [n] numbers (float64).
Targets = npt.NDArray[Any]
# [n, outputs]: probabilities from 0 to 1, or the number itself.
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Inputs:
    """What a model reads of n rows: one text each, or two that are compared."""

    first: tuple[str, ...]
    second: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.first)

    def at(self, positions: Iterable[int]) -> "Inputs":
        """The rows at these positions, in this order."""
        places = list(positions)
        second = None if self.second is None else tuple(self.second[place] for place in places)
        return Inputs(tuple(self.first[place] for place in places), second)

    def rows(self) -> list[tuple[str, ...]]:
        """[n] something to compare rows by: equal where all that is read is equal."""
        return list(zip(self.first, *([] if self.second is None else [self.second]), strict=True))

    @staticmethod
    def of(rows: Iterable[tuple[str, ...]], paired: bool) -> "Inputs":
        """The same rows from what ``rows`` gave."""
        read = list(rows)
        return Inputs(tuple(row[0] for row in read), tuple(row[1] for row in read) if paired else None)


@dataclass(frozen=True)
class Part:
    """Rows of one side of the Split."""

    rows: npt.NDArray[np.int64]  # [n] row numbers of their Source
    inputs: Inputs
    targets: Targets


@dataclass(frozen=True)
class Examples:
    """What is trained on, chosen by, and measured on."""

    train: Part
    validation: Part
    test: Part  # rows of the test source where one was brought


@dataclass(frozen=True)
class Baseline:
    """What an opponent says about the validation and the test rows, and where it draws the line between yes and no."""

    validation: Scores
    test: Scores
    thresholds: tuple[float, ...] = ()


class Goal(Protocol):
    """What is learned, as far as whoever watches a training has to know."""

    @property
    def name(self) -> str:
        """As the command line and ``spec.json`` write it."""

    @property
    def problem_type(self) -> str:
        """The word that ``transformers`` has for it in a model's configuration."""

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of the figures of ``measure`` that are shown, the most important first."""

    @property
    def best_by(self) -> str:
        """The figure on the validation rows that chooses the checkpoint."""

    @property
    def least(self) -> bool:
        """Whether less of it is better."""

    def names(self, view: View) -> tuple[str, ...]:
        """A name for each output of the model, in order."""


class Task(Goal, Protocol):
    """One way in which a row has an answer that is a class, several labels or a number."""

    @property
    def tunes(self) -> bool:
        """Whether ``tune`` chooses anything."""

    def read_targets(self, view: View, rows: Rows) -> Targets:
        """The right answers of some rows of a View's Source.

        Raises:
            UnfitData: a row has an answer that no output of the model stands for.
        """

    def loss(
        self, logits: "Tensor", targets: "Tensor", label_smoothing: float, weights: "Tensor | None" = None
    ) -> "Tensor":
        """The mean loss of a batch: logits [rows, outputs]; ``weights`` [outputs] of the classes, if they differ."""

    def scores(self, logits: "Tensor") -> Scores:
        """What [rows, outputs] logits say, in float64."""

    def tune(self, truth: Targets, scores: Scores) -> tuple[float, ...]:
        """A threshold for each output, chosen on rows whose answers are known; () where none is needed."""

    def measure(self, truth: Targets, scores: Scores, thresholds: tuple[float, ...]) -> dict[str, float]:
        """How right the scores are, by name of the figure: fractions from 0 to 1, or in the unit of the numbers."""

    def baselines(self, examples: Examples, outputs: int, progress: Progress) -> dict[str, Baseline]:
        """The opponents, fitted on the training rows, by name: the simplest one first."""


def answer_texts(view: View, rows: Rows) -> list[str]:
    """[rows] the answer of each row to show: the label, several joined, or the cell with the number."""
    if view.number:
        return [str(cell) for cell in read_rows(view.source, [view.label])[view.label].iloc[list(rows)]]
    if view.several:
        return [JOINED.join(labels or ()) for labels in view_label_sets(view, rows)]
    return list(view_labels(view, rows))


def read_inputs(reading: Reading, rows: pd.DataFrame) -> Inputs:
    """What a model reads of rows, as a View or a bundle says it: cells joined by the template, then masked.

    Raises:
        SettingError: the template names a column that is not a text column, or none.
    """
    if not reading.second:
        return Inputs(tuple(read_texts(reading, rows)))
    pairs = read_pairs(reading, reading.second, rows)
    return Inputs(tuple(first for first, _ in pairs), tuple(second for _, second in pairs))
