"""Can the labels be told from the text at all, and what would more labelled rows bring? From quick fits alone."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Learnability:
    """TF-IDF + logistic regression in cross-validation, against always guessing the most frequent label."""

    rows: int
    classes: int
    folds: int
    accuracy: float  # from 0 to 1
    low: float  # 95 % interval of the accuracy
    high: float
    majority: float  # accuracy of the most frequent label
    verdict: Literal["learnable", "weak", "chance", "too_few"]  # chance: not distinguishable from the majority
    unlearned: tuple[str, ...]  # classes of which the fits find hardly any row

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
    low: float  # 80 % interval of the forecast
    high: float
    labels: tuple[str, ...]  # classes that would gain most, the first the most

    @staticmethod
    def from_json(content: dict[str, Any]) -> "Budget":
        """A Budget from ``dataclasses.asdict`` as JSON keeps it."""
        return Budget(**{**content, **{key: tuple(content[key]) for key in ("rows", "accuracy", "labels")}})
