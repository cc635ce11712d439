"""Which part of a confusion matrix to show: plain numbers, no Streamlit, no figures."""

from collections.abc import Sequence
from dataclasses import dataclass

READABLE = 12  # classes that a confusion matrix shows without becoming a carpet
LISTED = 10  # mistakes listed beside it


@dataclass(frozen=True)
class Mistake:
    """Rows of one class that were taken for another one."""

    truth: int  # index into the labels
    predicted: int
    rows: int
    share: float  # of the rows of the true class, from 0 to 1


def mistakes(counts: Sequence[Sequence[int]], limit: int = LISTED) -> list[Mistake]:
    """The most frequent mistakes of ``counts`` [true class][predicted class], most rows first."""
    found = [
        Mistake(truth, predicted, rows, rows / sum(line))
        for truth, line in enumerate(counts)
        for predicted, rows in enumerate(line)
        if rows and truth != predicted
    ]
    return sorted(found, key=lambda mistake: (-mistake.rows, mistake.truth, mistake.predicted))[:limit]


def most_confused(counts: Sequence[Sequence[int]], limit: int = READABLE) -> list[int]:
    """The ``limit`` classes with the most wrong rows to or from them, in the order of the labels."""
    classes = range(len(counts))
    wrong = [sum(counts[c]) + sum(line[c] for line in counts) - 2 * counts[c][c] for c in classes]
    return sorted(sorted(classes, key=lambda c: -wrong[c])[:limit])


def part(counts: Sequence[Sequence[int]], classes: Sequence[int]) -> list[list[int]]:
    """The rows and columns of ``classes`` only."""
    return [[counts[row][column] for column in classes] for row in classes]
