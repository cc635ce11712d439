"""What the verdicts of a judgement amount to: means with intervals, who wins, how much is missing. Asks nobody.

An answer without a verdict is missing. It counts in the coverage and nowhere else.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.judge.judgement import TIE, Judgement, Verdict
from pipeline.judge.prompts import TOP
from pipeline.judge.rubric import HIGH, LOW
from pipeline.judge.spec import JudgeSpec, all_questions
from pipeline.metrics import resampled
from pipeline.metrics.intervals import Interval, accuracy_interval

# A mean over fewer of the answers than this says little about all of them.
USABLE = 0.9
_LEAST_IN_SLICE = 5


@dataclass(frozen=True)
class Standing:
    """How one contestant did, over the answers that were scored."""

    name: str
    scored: int
    missing: int
    mean: Interval | None  # on the scale of the mode; None where nothing was scored
    criteria: dict[str, Interval]  # of a rubric, by name
    scores: tuple[float, ...]  # of each scored answer

    @property
    def coverage(self) -> float:
        """Share of its answers that were scored, 0 to 1."""
        return self.scored / max(1, self.scored + self.missing)

    @property
    def usable(self) -> bool:
        """Whether enough was scored for the mean to speak for all."""
        return self.coverage >= USABLE


@dataclass(frozen=True)
class Duel:
    """Which of two contestants was found better, prompt by prompt."""

    wins: int  # of the second contestant, in both orders
    losses: int
    ties: int  # said, or because the two orders disagree
    flips: int  # of the ties, those because the orders disagree
    missing: int  # prompts of which an order has no verdict
    rate: Interval | None  # wins and half of the ties, of those with a verdict, 0 to 1

    @property
    def decided(self) -> int:
        """Prompts with both verdicts."""
        return self.wins + self.losses + self.ties

    @property
    def coverage(self) -> float:
        """Share of the prompts with both verdicts, 0 to 1."""
        return self.decided / max(1, self.decided + self.missing)

    @property
    def usable(self) -> bool:
        """Whether enough was decided for the rate to speak for all."""
        return self.coverage >= USABLE


@dataclass(frozen=True)
class Slice:
    """The same figure of some of the prompts only."""

    by: str  # "length" of the request, or "group"
    name: str  # short, middle or long; or the group's
    items: int
    figure: Interval  # mean of the second contestant, or its win rate
    difference: Interval | None  # to the first one; None for pairs, and where there is only one


@dataclass(frozen=True)
class JudgedItem:
    """One prompt with what was said of its answers."""

    place: int  # in the Material
    scores: tuple[float | None, ...]  # [contestants] None where it is missing; () for pairs
    winner: int | None  # of pairs: contestant or TIE; None where it is missing
    flipped: bool  # the two orders disagree
    reasons: tuple[str, ...]  # in the order of the questions; "" where none was given
    missing: tuple[str, ...]  # why verdicts are missing, each once


@dataclass(frozen=True)
class Summary:
    """A judgement in figures."""

    questions: int  # all that is asked
    answered: int  # with a reply, readable or not
    missing: dict[str, int]  # verdicts that are not there, by reason
    scale: tuple[float, float]
    standings: tuple[Standing, ...]  # [contestants]; () for pairs
    difference: Interval | None  # mean of the second less the first, over prompts where both are scored
    criteria_differences: dict[str, Interval]
    duel: Duel | None  # of pairs
    slices: tuple[Slice, ...]
    items: tuple[JudgedItem, ...]  # those with any reply

    @property
    def done(self) -> bool:
        """Whether everything was asked."""
        return self.answered >= self.questions

    @property
    def coverage(self) -> float:
        """Of the contestant in question, which is the last one, 0 to 1."""
        return self.duel.coverage if self.duel else self.standings[-1].coverage

    @property
    def usable(self) -> bool:
        """Whether the mean or the rate may be used: everything was asked, and enough was answered."""
        return self.done and self.coverage >= USABLE


def summarise(judgement: Judgement, verdicts: Sequence[Verdict]) -> Summary:
    """Figures over the verdicts that there are; forged answers count nowhere here."""
    honest = [one for one in verdicts if not one.question.forged]
    asked = [one for one in all_questions(judgement.material, judgement.spec) if not one.forged]
    of_item: dict[int, list[Verdict]] = defaultdict(list)
    for one in sorted(honest, key=_order):
        of_item[one.question.item].append(one)
    pairs, count = judgement.spec.mode == "pairwise", len(judgement.material.contestants)
    items = tuple(
        _of_pair(place, its) if pairs else _of_scores(place, its, judgement.spec, count)
        for place, its in sorted(of_item.items())
    )
    standings = () if pairs else tuple(_standing(judgement, items, honest, who) for who in range(count))
    return Summary(
        questions=len(asked),
        answered=len(honest),
        missing=dict(Counter(one.missing for one in honest if one.missing)),
        scale=scale(judgement.spec),
        standings=standings,
        difference=_difference([one.scores for one in items]) if count == 2 and not pairs else None,
        criteria_differences=_criteria_differences(judgement.spec, honest) if count == 2 else {},
        duel=_duel(items) if pairs else None,
        slices=_slices(judgement, items),
        items=items,
    )


def scale(spec: JudgeSpec) -> tuple[float, float]:
    """The lowest and the highest figure; of pairs the win rate's."""
    return {"score100": (0.0, float(TOP)), "rubric": (float(LOW), float(HIGH)), "pairwise": (0.0, 1.0)}[spec.mode]


def _order(verdict: Verdict) -> tuple[int, int, bool, str]:
    question = verdict.question
    return question.item, question.contestant, question.swapped, question.criterion


def _of_scores(place: int, verdicts: Sequence[Verdict], spec: JudgeSpec, count: int) -> JudgedItem:
    wanted = len(spec.rubric.criteria) if spec.mode == "rubric" else 1
    scores: list[float | None] = []
    for who in range(count):
        said = [one.score for one in verdicts if one.question.contestant == who and one.score is not None]
        # An answer with a criterion missing would have a mean over others than the rest.
        scores.append(float(np.mean(said)) if len(said) == wanted else None)
    return JudgedItem(place, tuple(scores), None, False, _reasons(verdicts), _missing(verdicts))


def _of_pair(place: int, verdicts: Sequence[Verdict]) -> JudgedItem:
    winners = [one.winner for one in verdicts if one.winner is not None]
    flipped = len(winners) == 2 and winners[0] != winners[1]
    winner = None if len(winners) < 2 else TIE if flipped else winners[0]
    return JudgedItem(place, (), winner, flipped, _reasons(verdicts), _missing(verdicts))


def _reasons(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    return tuple(one.reason for one in verdicts)


def _missing(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.missing for one in verdicts if one.missing))


def _standing(judgement: Judgement, items: Sequence[JudgedItem], verdicts: Sequence[Verdict], who: int) -> Standing:
    scores = [score for one in items if (score := one.scores[who]) is not None]
    criteria: dict[str, Interval] = {}
    if judgement.spec.mode == "rubric":
        for criterion in judgement.spec.rubric.criteria:
            said = [
                one.score
                for one in verdicts
                if (one.question.contestant, one.question.criterion) == (who, criterion.name) and one.score is not None
            ]
            if said:
                criteria[criterion.name] = mean_interval(said)
    wanted = len(judgement.spec.rubric.criteria) if judgement.spec.mode == "rubric" else 1
    replies = Counter(one.question.item for one in verdicts if one.question.contestant == who)
    tried = sum(count == wanted for count in replies.values())
    mean = mean_interval(scores) if scores else None
    name = judgement.material.contestants[who].name
    return Standing(name, len(scores), tried - len(scores), mean, criteria, tuple(scores))


def _difference(pairs: Iterable[Sequence[float | None]]) -> Interval | None:
    gains = [pair[1] - pair[0] for pair in pairs if pair[0] is not None and pair[1] is not None]
    return mean_interval(gains) if gains else None


def _criteria_differences(spec: JudgeSpec, verdicts: Sequence[Verdict]) -> dict[str, Interval]:
    found: dict[str, Interval] = {}
    for criterion in spec.rubric.criteria if spec.mode == "rubric" else ():
        scores: dict[int, list[float | None]] = defaultdict(lambda: [None, None])
        for one in verdicts:
            if one.question.criterion == criterion.name:
                scores[one.question.item][one.question.contestant] = one.score
        difference = _difference(scores.values())
        if difference is not None:
            found[criterion.name] = difference
    return found


def _duel(items: Sequence[JudgedItem]) -> Duel:
    said = Counter(one.winner for one in items)
    points = [_points(one.winner) for one in items if one.winner is not None]
    return Duel(
        wins=said[1],
        losses=said[0],
        ties=said[TIE],
        flips=sum(one.flipped for one in items),
        missing=said[None],
        rate=_rate(points) if points else None,
    )


def _rate(points: Sequence[float]) -> Interval:
    """The mean of points from 0 to 1; where all are won, or all are lost, resampling would show no spread."""
    if set(points) in ({0.0}, {1.0}):
        return accuracy_interval(np.ones(len(points), int), np.array(points, int))
    return mean_interval(points)


def _points(winner: int) -> float:
    return 0.5 if winner == TIE else float(winner)


def _slices(judgement: Judgement, items: Sequence[JudgedItem]) -> tuple[Slice, ...]:
    material = judgement.material
    lengths = [len(one.asked) for one in material.items]
    short, long = np.quantile(lengths, [1 / 3, 2 / 3])

    def length(item: JudgedItem) -> str:
        its = lengths[item.place]
        return "short" if its <= short else "long" if its > long else "middle"

    by_length = _sliced("length", items, length) if short < long else ()
    groups = {one.group for one in material.items}
    by_group = _sliced("group", items, lambda item: material.items[item.place].group) if len(groups) > 1 else ()
    return (*by_length, *by_group)


def _sliced(by: str, items: Sequence[JudgedItem], name: Callable[[JudgedItem], str]) -> tuple[Slice, ...]:
    members: Mapping[str, list[JudgedItem]] = defaultdict(list)
    for item in items:
        members[name(item)].append(item)
    names = ("short", "middle", "long") if by == "length" else sorted(members, key=lambda one: -len(members[one]))
    found = []
    for one in names:
        figures = _figures(members[one])
        if len(figures) >= _LEAST_IN_SLICE:
            difference = _difference([item.scores for item in members[one] if len(item.scores) == 2])
            pairs = not members[one][0].scores
            figure = _rate(figures) if pairs else mean_interval(figures)
            found.append(Slice(by, one, len(figures), figure, difference))
    return tuple(found)


def _figures(items: Sequence[JudgedItem]) -> list[float]:
    """What the last contestant got for each of them, as far as there is a verdict."""
    if items and not items[0].scores:
        return [_points(one.winner) for one in items if one.winner is not None]
    return [score for one in items if (score := one.scores[-1]) is not None]


def mean_interval(values: Sequence[float]) -> Interval:
    """The mean with its 95 % interval, from resampled values; at least one."""
    return resampled.mean(values)
