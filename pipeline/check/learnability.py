"""Can the labels be told from the text at all, and what would more labelled rows bring? From quick fits alone."""

from dataclasses import dataclass
from typing import Any, Literal

# chance: not distinguishable from guessing; too_few: not enough rows to say anything.
Verdict = Literal["learnable", "weak", "chance", "too_few"]


@dataclass(frozen=True)
class Learnability:
    """TF-IDF + logistic regression in cross-validation, against always guessing the most frequent label."""

    rows: int  # different rows that were tried: a sample of a large file, none of its test rows
    classes: int
    folds: int  # 0 where there were too few rows to try; the figures are 0 then, too
    accuracy: float  # from 0 to 1
    low: float  # 95 % interval of the accuracy
    high: float
    majority: float  # accuracy of the most frequent label
    verdict: Verdict
    unlearned: tuple[str, ...]  # classes of which the fits find hardly any row

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
    accuracy: tuple[float, ...]  # mean accuracy of each on held-out rows, from 0 to 1
    more: int  # labelled rows that the forecast adds
    gain: float  # forecast of the change in accuracy, from 0 to 1
    low: float  # 80 % interval of the change, which luck can make a loss: it may be below 0
    high: float
    labels: tuple[str, ...]  # classes that would gain most, the first the most; () where none stands out

    @staticmethod
    def from_json(content: dict[str, Any]) -> "Budget":
        """A Budget from ``dataclasses.asdict`` as JSON keeps it."""
        return Budget(**{**content, **{key: tuple(content[key]) for key in ("rows", "accuracy", "labels")}})
