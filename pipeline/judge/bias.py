"""What sways a judge that should not: the order of answers, their length, whose they are, a demand in them.

Each part is None where the verdicts do not allow it: unknown is not 0. Knows no page and asks nobody.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.judge.judgement import Judgement, Verdict
from pipeline.judge.opinions import Orders, comparisons, scores, worth
from pipeline.judge.ratings import Rating
from pipeline.judge.trust import judge_scores, people_say
from pipeline.metrics import resampled
from pipeline.metrics.correlation import correlation_interval, partial_interval, spearman
from pipeline.metrics.intervals import Interval, accuracy_interval

Table = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Position:
    """Whether it counts which answer is shown first."""

    pairs: int  # judged in both orders
    flips: Interval  # share of pairs whose verdict is another one when the order is turned
    first: Interval | None  # share of wins that go to the answer shown first; None where all are ties. Fair: half


@dataclass(frozen=True)
class Length:
    """Whether longer answers score higher: Spearman's rho of score and length, or of win and difference of lengths."""

    alone: Interval | None  # longer answers may deserve it
    given_people: Interval | None  # once what people say of them is taken out; None without enough ratings


@dataclass(frozen=True)
class SelfPreference:
    """The judge and a contestant are models of the same family."""

    family: str
    contestant: int
    gap: Interval | None  # how much more it favours that one than people do: share of wins, or points of difference
    compared: int  # pairs or items with both


@dataclass(frozen=True)
class Forged:
    """What a demand for the best score, forged into an answer, changes."""

    asked: int  # answers or pairs judged with and without
    shift: Interval  # pairs: share of wins (a tie is half); else points of the scale; above 0: the demand pays
    turned: Interval | None  # of pairs: share in which the outcome moved in favour of the forged answer


@dataclass(frozen=True)
class BiasReport:
    """What is known of a judge's biases."""

    position: Position | None  # None of scores
    length: Length | None
    self_preference: tuple[SelfPreference, ...]  # none where the families differ, or are not known
    forged: Forged | None  # None where it was not asked


def bias_report(judgement: Judgement, verdicts: Sequence[Verdict], ratings: Sequence[Rating]) -> BiasReport:
    """Look for biases in what a judge said so far.

    Args:
        judgement: what was judged.
        verdicts: the honest and the forged ones.
        ratings: of people; may be none.
    """
    pairs = judgement.spec.mode == "pairwise"
    return BiasReport(
        _position(verdicts) if pairs else None,
        _length(judgement, verdicts, ratings),
        _self_preference(judgement, verdicts, ratings),
        _forged_pairs(judgement, verdicts) if pairs else _forged_scores(judgement, verdicts),
    )


def family_of(model: str) -> str:
    """What models of one maker are called, in lower case: "gpt" of gpt-4o and of openai/gpt-3.5; "" of no name."""
    name = re.split(r"[/\\]", model.strip())[-1]
    found = re.match(r"[^\W\d_]+", name)
    return found.group().casefold() if found else ""


def _position(verdicts: Sequence[Verdict]) -> Position | None:
    judged = list(comparisons(verdicts).values())
    if not judged:
        return None
    flipped = [one.straight != one.swapped for one in judged]
    firsts = [[won for won in one.firsts if won is not None] for one in judged]
    table = np.array([[sum(wins), len(wins)] for wins in firsts], dtype=np.float64)
    decided = table[table[:, 1] > 0]
    return Position(
        len(judged),
        accuracy_interval(flipped, [True] * len(flipped)),
        resampled.interval(decided, _mean) if len(decided) else None,
    )


def _length(judgement: Judgement, verdicts: Sequence[Verdict], ratings: Sequence[Rating]) -> Length | None:
    pairs = judgement.spec.mode == "pairwise"
    answers = [item.answers for item in judgement.material.items]
    people = people_say(ratings, pairs=pairs)
    if pairs:
        judged = {(item, 0): worth(one.winner, 0) for item, one in comparisons(verdicts).items()}
        long = {place: _log_length(answers[place[0]][0]) - _log_length(answers[place[0]][1]) for place in judged}
        people = {place: worth(int(winner), 0) for place, winner in people.items()}
    else:
        judged = judge_scores(verdicts, judgement.spec)
        long = {place: _log_length(answers[place[0]][place[1]]) for place in judged}
    both = [place for place in judged if place in people]
    found = Length(
        correlation_interval(spearman, list(judged.values()), [long[place] for place in judged]),
        partial_interval([judged[place] for place in both], [long[place] for place in both], [people[p] for p in both]),
    )
    return None if found.alone is None else found


def _log_length(text: str) -> float:
    """Of the characters: what makes an answer twice as long counts the same wherever it begins."""
    return float(np.log1p(len(text.strip())))


def _self_preference(
    judgement: Judgement, verdicts: Sequence[Verdict], ratings: Sequence[Rating]
) -> tuple[SelfPreference, ...]:
    family = family_of(judgement.judge.model)
    of_family = [
        place for place, one in enumerate(judgement.material.contestants) if family and family_of(one.model) == family
    ]
    gaps = _gaps(judgement, verdicts, ratings) if len(of_family) == 1 else []
    found = []
    for place in of_family:
        table = np.array([[gap if place == 0 else -gap, 1.0] for gap in gaps])
        found.append(SelfPreference(family, place, resampled.interval(table, _mean) if gaps else None, len(gaps)))
    return tuple(found)


def _gaps(judgement: Judgement, verdicts: Sequence[Verdict], ratings: Sequence[Rating]) -> list[float]:
    """Of each item, how much more the judge favours the first contestant over the second than people do."""
    if len(judgement.material.contestants) < 2:
        return []
    if judgement.spec.mode == "pairwise":
        said = people_say(ratings, pairs=True)
        return [
            worth(one.winner, 0) - worth(int(said[item, 0]), 0)
            for item, one in comparisons(verdicts).items()
            if (item, 0) in said
        ]
    people, judged = people_say(ratings, pairs=False), judge_scores(verdicts, judgement.spec)
    whole = [
        n for n in range(len(judgement.material.items)) if all((n, w) in people and (n, w) in judged for w in (0, 1))
    ]
    return [judged[n, 0] - judged[n, 1] - (people[n, 0] - people[n, 1]) for n in whole]


def _forged_pairs(judgement: Judgement, verdicts: Sequence[Verdict]) -> Forged | None:
    honest, forged = comparisons(verdicts), comparisons(verdicts, forged=True)
    who = len(judgement.material.contestants) - 1  # whose answer has the demand in it, see ``spec``
    both = [item for item in forged if item in honest]
    if not both:
        return None
    # Each order by itself: with both in one, a demand that turns one order only would not show.
    gained = [_share(forged[item], who) - _share(honest[item], who) for item in both]
    turned = [worth(forged[item].winner, who) > worth(honest[item].winner, who) for item in both]
    return Forged(
        len(both), resampled.interval(_ones_beside(gained), _mean), accuracy_interval(turned, [True] * len(turned))
    )


def _forged_scores(judgement: Judgement, verdicts: Sequence[Verdict]) -> Forged | None:
    spec = judgement.spec
    criteria = len(spec.rubric.criteria) if spec.mode == "rubric" else 1
    honest, forged = scores(verdicts, criteria), scores(verdicts, criteria, forged=True)
    gained = [score - honest[place] for place, score in forged.items() if place in honest]
    return Forged(len(gained), resampled.interval(_ones_beside(gained), _mean), None) if gained else None


def _share(orders: Orders, contestant: int) -> float:
    return (worth(orders.straight, contestant) + worth(orders.swapped, contestant)) / 2


def _ones_beside(values: Sequence[float]) -> Table:
    return np.column_stack([np.array(values, dtype=np.float64), np.ones(len(values))])


def _mean(sums: Table) -> Table:
    return np.asarray(sums[:, 0] / sums[:, 1], dtype=np.float64)
