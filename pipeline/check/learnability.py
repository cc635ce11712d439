"""Can the labels be told from the text at all, and what would more labelled rows bring? From quick fits alone."""

from dataclasses import dataclass
from typing import Any, Literal

# accuracy: of classes; micro_f1: of label sets, all decisions together; pearson: correlation of numbers.
Figure = Literal["accuracy", "micro_f1", "pearson"]

# chance: not distinguishable from guessing; too_few: not enough rows to say anything.
Verdict = Literal["learnable", "weak", "chance", "too_few"]


@dataclass(frozen=True)
class Learnability:
    """Quick fits on TF-IDF in cross-validation, against the simplest answer.

    Of classes the accuracy of a logistic regression, against always guessing the most frequent label; of label sets
    the micro-F1 of one a label, against always guessing the most frequent set; of numbers the correlation of a ridge
    regression with the truth, against 0, which is that of always guessing the mean.
    """

    rows: int  # different rows that were tried: a sample of a large file, none of its test rows
    classes: int  # 0 for numbers
    folds: int  # 0 where there were too few rows to try; the figures are 0 then, too
    accuracy: float  # the ``figure``, from 0 to 1 (a correlation from -1)
    low: float  # 95 % interval of it
    high: float
    majority: float  # the same figure of the simplest answer
    verdict: Verdict
    unlearned: tuple[str, ...]  # classes of which the fits find hardly any row
    figure: Figure = "accuracy"

    @property
    def promising(self) -> bool:
        """Whether anything was learned at all; otherwise there is no curve to continue, and no Budget."""
        return self.verdict in ("learnable", "weak")

    @staticmethod
    def from_json(content: dict[str, Any]) -> "Learnability":
        """A Learnability from ``dataclasses.asdict`` as JSON keeps it."""
        return Learnability(**{**content, "unlearned": tuple(content["unlearned"])})


@dataclass(frozen=True)
class Budget:
    """What more labelled rows would probably bring."""

    rows: tuple[int, ...]  # training rows of the fits, ascending
    accuracy: tuple[float, ...]  # mean figure of each on held-out rows, from 0 to 1
    more: int  # labelled rows that the forecast adds
    gain: float  # forecast of the change of the figure, from 0 to 1
    low: float  # 80 % interval of the change, which luck can make a loss: it may be below 0
    high: float
    labels: tuple[str, ...]  # classes that would gain most as a group, fewest rows first; () where none stands out
    figure: Figure = "accuracy"

    @staticmethod
    def from_json(content: dict[str, Any]) -> "Budget":
        """A Budget from ``dataclasses.asdict`` as JSON keeps it."""
        return Budget(**{**content, **{key: tuple(content[key]) for key in ("rows", "accuracy", "labels")}})
