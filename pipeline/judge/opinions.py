"""From verdicts to what the judge thinks: one score an answer, one winner a pair. Knows nothing of people.

What is missing stays missing: an answer that lacks a verdict on one criterion has no score, a pair that was judged in
one order only has no winner.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.judge.judgement import TIE, Verdict

TIED = 0.5  # what a tie is worth to either side


@dataclass(frozen=True)
class Orders:
    """What the judge said of one pair: contestants or TIE; the second one's answer was shown first in ``swapped``."""

    straight: int
    swapped: int

    @property
    def winner(self) -> int:
        """Who wins in both orders; a tie where they disagree (Zheng et al. 2023, section 3.4)."""
        return self.straight if self.straight == self.swapped else TIE

    @property
    def firsts(self) -> tuple[bool | None, bool | None]:
        """In each order, whether the answer that was shown first has won; None for a tie."""
        return (
            None if self.straight == TIE else self.straight == 0,
            None if self.swapped == TIE else self.swapped == 1,
        )


def worth(winner: int, contestant: int) -> float:
    """What a comparison brings to a contestant: 1, 0, or half for a tie."""
    return TIED if winner == TIE else float(winner == contestant)


def scores(verdicts: Iterable[Verdict], criteria: int, *, forged: bool = False) -> dict[tuple[int, int], float]:
    """The score of each answer, by item and contestant: the mean over all criteria.

    Args:
        verdicts: of a judgement that scores.
        criteria: how many questions there are about an answer.
        forged: those with a forged demand in the answer, instead of the answers as they are.
    """
    found: dict[tuple[int, int], list[float]] = {}
    for verdict in verdicts:
        asked = verdict.question
        if asked.forged == forged and verdict.score is not None:
            found.setdefault((asked.item, asked.contestant), []).append(verdict.score)
    return {place: sum(said) / len(said) for place, said in found.items() if len(said) == criteria}


def comparisons(verdicts: Iterable[Verdict], *, forged: bool = False) -> dict[int, Orders]:
    """What was said of each pair in both orders, by item.

    Args:
        verdicts: of a judgement in pairs.
        forged: those with a forged demand in one answer, instead of the answers as they are.
    """
    found: dict[int, dict[bool, int]] = {}
    for verdict in verdicts:
        asked = verdict.question
        if asked.forged == forged and verdict.winner is not None:
            found.setdefault(asked.item, {})[asked.swapped] = verdict.winner
    return {item: Orders(said[False], said[True]) for item, said in found.items() if len(said) == 2}
