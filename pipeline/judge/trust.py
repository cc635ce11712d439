"""How far a judge can be trusted: its verdicts beside what people said of the same answers. Asks nobody anything.

What the judge thinks is compared with what people think together: the mean of their scores, or the winner that most of
them named, a tie where no single one leads. Where several people rated, how far they agree with each other is the
ceiling: no judge can be asked to agree with them better than that. An answer without a verdict is left out.

The verdict is one word, by the lower end of the 95 % interval of one figure: Cohen's kappa of pairs, Spearman's rho of
scores. Where people always name the same side, as in files of chosen and rejected answers, kappa says nothing, and the
share of preferred answers found takes its place, stretched so that a coin is 0 and always is 1.

``chance``: it may be 0. ``weak``, ``fair``, ``good``: it is certainly above 0, ``FAIR``, ``GOOD`` (steps as in Landis
and Koch 1977, "The measurement of observer agreement"). ``like_people``: above chance, and certainly no more than
``MARGIN`` behind the agreement of one person with another. ``too_few``: under ``FEWEST`` ratings, or so few that the
interval holds both chance and what would be fair.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.errors import N_
from pipeline.judge.judgement import TIE, Judgement, Verdict
from pipeline.judge.opinions import comparisons, scores, worth
from pipeline.judge.ratings import Rating, step_of_score
from pipeline.judge.rubric import HIGH, LOW
from pipeline.judge.spec import JudgeSpec
from pipeline.metrics import resampled
from pipeline.metrics.agreement import alpha, kappa_interval
from pipeline.metrics.correlation import correlation_interval, interval_of, kendall, pearson, spearman
from pipeline.metrics.intervals import Interval, accuracy_interval

Word = Literal["too_few", "chance", "weak", "fair", "good", "like_people"]
FEWEST = 20  # answers that people rated and the judge has judged
FAIR, GOOD, MARGIN = 0.4, 0.6, 0.05
COIN = 0.5
MOST_SHOWN = 20  # disagreements

Table = npt.NDArray[np.float64]
Place = tuple[int, int]  # item, contestant; the contestant is 0 of a pair


@dataclass(frozen=True)
class Agreed:
    """How far judge and people agree; None where a figure does not fit the mode, or cannot be had of these ratings."""

    preferred: Interval | None = None  # pairs: share of answers preferred by people that it prefers; a tie is half
    accuracy: Interval | None = (
        None  # pairs: share with the same outcome of three, as PandaLM counts (Wang et al. 2023)
    )
    kappa: Interval | None = None  # Cohen's; of a rubric's scores with squared weights, on whole steps
    spearman: Interval | None = None  # of scores
    pearson: Interval | None = None
    kendall: Interval | None = None  # tau-b


@dataclass(frozen=True)
class People:
    """How far people agree with each other, and the judge with one of them: shares of pairs, or Spearman's rho."""

    raters: int
    between: Interval  # one person with another
    judge: Interval  # the judge with one person
    difference: Interval  # the judge's less people's, on the same answers
    alpha: float | None  # Krippendorff's


@dataclass(frozen=True)
class Disagreement:
    """An answer, or a pair, of which judge and people think differently."""

    item: int
    contestant: int  # 0 of a pair
    people: float  # a score; of pairs, a contestant or TIE
    judge: float
    apart: float  # points of the scale; of pairs 1 where one side says tie, 2 where each names another winner
    reason: str  # the judge's; "" where it gave none


@dataclass(frozen=True)
class TrustReport:
    """How far a judge can be trusted."""

    pairs: bool  # people and judge have compared; else they have scored
    compared: int  # answers or pairs with both a verdict and a rating
    unjudged: int  # those that people rated and the judge has no verdict on
    raters: tuple[str, ...]
    agreed: Agreed
    people: People | None  # None where no two people rated the same answers
    flat: bool  # the judge says the same of every answer
    verdict: Word
    disagreements: tuple[Disagreement, ...]  # the furthest apart first


# What the verdict means, in a sentence (gettext ids).
SAID_OF_PAIRS: dict[Word, str] = {
    "too_few": N_("Too few ratings to tell: people and judge have compared {n} pairs. Rate some more."),
    "chance": N_(
        "This judge is not better than a coin: it finds the answer that people prefer in {share} ({low} to {high})."
    ),
    "weak": N_(
        "This judge agrees with people a little better than chance: same outcome in {share} of pairs ({low} to {high})."
    ),
    "fair": N_("This judge agrees with people fairly well: same outcome in {share} of pairs ({low} to {high})."),
    "good": N_("This judge agrees with people well: same outcome in {share} of pairs ({low} to {high})."),
    "like_people": N_(
        "This judge agrees with a person as well as people agree with each other: same outcome in {share} of pairs "
        "({low} to {high})."
    ),
}
SAID_OF_SCORES: dict[Word, str] = {
    "too_few": N_("Too few ratings to tell: people and judge have scored {n} answers. Rate some more."),
    "chance": N_(
        "This judge's scores do not go with people's beyond chance: rank correlation {share} ({low} to {high})."
    ),
    "weak": N_("This judge's scores go with people's only weakly: rank correlation {share} ({low} to {high})."),
    "fair": N_("This judge's scores go with people's fairly well: rank correlation {share} ({low} to {high})."),
    "good": N_("This judge's scores go with people's well: rank correlation {share} ({low} to {high})."),
    "like_people": N_(
        "This judge's scores go with a person's as well as people's do with each other's: rank correlation {share} "
        "({low} to {high})."
    ),
}
SAID_OF_MISSING = N_(
    "The judge gave no verdict on {missing} of {all} rated answers or pairs, so nothing can be told of it."
)
SAID_OF_FLAT = N_("This judge gives every answer the same score, so its scores tell nothing.")


def sentence(report: TrustReport) -> tuple[str, dict[str, object]]:
    """The verdict in words: a gettext id, and what fills it."""
    agreed, word = report.agreed, report.verdict
    if report.flat and not report.pairs and word == "chance":
        return SAID_OF_FLAT, {}
    if word == "too_few" and report.unjudged > report.compared:
        return SAID_OF_MISSING, {"missing": f"{report.unjudged:,}", "all": f"{report.unjudged + report.compared:,}"}
    figure, written = agreed.spearman, "{:.2f}"
    if report.pairs:
        figure, written = (agreed.preferred if word == "chance" else agreed.accuracy), "{:.0%}"
    if word == "too_few" or figure is None:
        return (SAID_OF_PAIRS if report.pairs else SAID_OF_SCORES)["too_few"], {"n": f"{report.compared:,}"}
    ends = {"share": figure.value, "low": figure.low, "high": figure.high}
    said = (SAID_OF_PAIRS if report.pairs else SAID_OF_SCORES)[word]
    return said, {name: written.format(value) for name, value in ends.items()}


def trust_report(judgement: Judgement, verdicts: Sequence[Verdict], ratings: Sequence[Rating]) -> TrustReport:
    """Compare a judge with people.

    Args:
        judgement: what was judged.
        verdicts: so far; forged ones do not count.
        ratings: that count, of any number of people.
    """
    if judgement.spec.mode == "pairwise":
        return _of_pairs(verdicts, ratings)
    return _of_scores(judgement.spec, verdicts, ratings)


def people_say(ratings: Sequence[Rating], *, pairs: bool) -> dict[Place, float]:
    """What people say together, by item and contestant: the mean score, or the winner (TIE: no single one leads)."""
    said: dict[Place, list[float]] = {}
    for one in ratings:
        value = one.winner if pairs else one.score
        if value is not None:
            said.setdefault((one.item, one.contestant), []).append(float(value))
    return {place: float(_leader(all_of)) if pairs else sum(all_of) / len(all_of) for place, all_of in said.items()}


def judge_scores(verdicts: Sequence[Verdict], spec: JudgeSpec) -> dict[Place, float]:
    """The judge's score of each answer as it is."""
    return scores(verdicts, len(spec.rubric.criteria) if spec.mode == "rubric" else 1)


def _leader(winners: Sequence[float]) -> int:
    counts = Counter(int(winner) for winner in winners).most_common(2)
    return counts[0][0] if len(counts) == 1 or counts[0][1] > counts[1][1] else TIE


def _of_pairs(verdicts: Sequence[Verdict], ratings: Sequence[Rating]) -> TrustReport:
    people, judged = people_say(ratings, pairs=True), comparisons(verdicts)
    places = [place for place in sorted(people) if place[0] in judged]
    human = np.array([people[place] for place in places], dtype=np.int64)
    said = [judged[item] for item, _ in places]
    ours = np.array([one.winner for one in said], dtype=np.int64)
    # Each order by itself, as LLMBar counts (Zeng et al. 2023): 0.5 is what a coin and what a fixed place come to.
    found = [
        [(worth(one.straight, int(best)) + worth(one.swapped, int(best))) / 2, 1.0]
        for one, best in zip(said, human, strict=True)
        if best != TIE
    ]
    agreed = Agreed(
        preferred=_share(np.array(found)) if found else None,
        accuracy=accuracy_interval(human, ours) if places else None,
        kappa=kappa_interval(human % 3, ours % 3, 3),  # a tie is the third class
    )
    among = _people_on_pairs({place: float(one.winner) for place, one in zip(places, said, strict=True)}, ratings)
    flat = len({(one.straight, one.swapped) for one in said}) == 1
    reasons = _reasons(verdicts)
    apart = [
        Disagreement(item, 0, float(best), float(our), 1.0 if TIE in (best, our) else 2.0, reasons.get((item, 0), ""))
        for (item, _), best, our in zip(places, human, ours, strict=True)
        if best != our
    ]
    return TrustReport(
        True,
        len(places),
        len(people) - len(places),
        _names(ratings),
        agreed,
        among,
        flat,
        _verdict(len(places), _beyond_chance(agreed, human), agreed.preferred, among),
        _furthest(apart),
    )


def _of_scores(spec: JudgeSpec, verdicts: Sequence[Verdict], ratings: Sequence[Rating]) -> TrustReport:
    people, judged = people_say(ratings, pairs=False), judge_scores(verdicts, spec)
    places = [place for place in sorted(people) if place in judged]
    human, ours = (np.array([side[place] for place in places], dtype=np.float64) for side in (people, judged))
    agreed = Agreed(
        kappa=_kappa_of_steps(human, ours, spec) if spec.mode == "rubric" else None,
        spearman=correlation_interval(spearman, human, ours),
        pearson=correlation_interval(pearson, human, ours),
        kendall=correlation_interval(kendall, human, ours),
    )
    among = _people_on_scores({place: judged[place] for place in places}, ratings)
    flat, reasons = len(set(ours)) == 1, _reasons(verdicts)
    apart = [
        Disagreement(*place, float(one), float(other), abs(float(one - other)), reasons.get(place, ""))
        for place, one, other in zip(places, human, ours, strict=True)
        if one != other
    ]
    word: Word = "chance" if flat and len(places) >= FEWEST else _verdict(len(places), agreed.spearman, None, among)
    return TrustReport(
        False,
        len(places),
        len(people) - len(places),
        _names(ratings),
        agreed,
        among,
        flat,
        word,
        _furthest(apart),
    )


def _share(found: Table) -> Interval:
    """The mean of [pairs, 2] shares and ones; all right or all wrong as ``accuracy_interval`` has it."""
    value = float(found[:, 0].mean())
    if value in (0.0, 1.0):
        return accuracy_interval(found[:, 0] == 1, np.ones(len(found), dtype=bool))
    return resampled.interval(found, _mean)


def _beyond_chance(agreed: Agreed, human: npt.NDArray[np.int64]) -> Interval | None:
    found = agreed.preferred
    if found is None or len(set(human.tolist())) > 1:
        return agreed.kappa
    return Interval(*((end - COIN) / (1 - COIN) for end in (found.value, found.low, found.high)))


def _verdict(compared: int, strength: Interval | None, coin: Interval | None, people: People | None) -> Word:
    if compared < FEWEST or strength is None:
        return "too_few"
    if strength.low <= 0 and (coin is None or coin.low <= COIN):
        return "too_few" if strength.high >= FAIR else "chance"
    if people is not None and people.difference.low > -MARGIN:
        return "like_people"
    if strength.low >= FAIR:
        return "good" if strength.low >= GOOD else "fair"
    return "weak"


def _people_on_pairs(judged: dict[Place, float], ratings: Sequence[Rating]) -> People | None:
    raters, table = _by_rater(judged, ratings, pairs=True)
    ours = np.array(list(judged.values()))
    there = ~np.isnan(table)
    with_judge, count = ((table == ours) & there).sum(axis=0), there.sum(axis=0)
    alike = np.zeros(len(ours))
    for value in (TIE, 0, 1):
        named = (table == value).sum(axis=0)
        alike += named * (named - 1) / 2
    possible = count * (count - 1) / 2
    # Answers that one person alone has rated say nothing about people, and are easier or harder than the others.
    shared = possible > 0
    if not shared.any():
        return None
    sums = np.column_stack([with_judge, count, alike, possible])[shared].astype(np.float64)
    return People(
        len(raters),
        resampled.interval(sums, lambda drawn: drawn[:, 2] / drawn[:, 3]),
        resampled.interval(sums, lambda drawn: drawn[:, 0] / drawn[:, 1]),
        resampled.interval(sums, lambda drawn: drawn[:, 0] / drawn[:, 1] - drawn[:, 2] / drawn[:, 3]),
        alpha(table, numeric=False),
    )


def _people_on_scores(judged: dict[Place, float], ratings: Sequence[Rating]) -> People | None:
    raters, table = _by_rater(judged, ratings, pairs=False)
    shared = (~np.isnan(table)).sum(axis=0) >= 2
    ours, table = np.array(list(judged.values()))[shared], table[:, shared]
    if not shared.any():
        return None
    lines = list(table)
    two = [(one, other) for place, one in enumerate(lines) for other in lines[place + 1 :]]

    def between(weights: Table) -> Table:
        return _mean_rho(weights, two)

    def of_judge(weights: Table) -> Table:
        return _mean_rho(weights, [(ours, line) for line in lines])

    once = np.ones(len(ours), dtype=np.int64)
    found = [interval_of(one, once) for one in (between, of_judge, lambda w: of_judge(w) - between(w))]
    first, second, gap = found
    if first is None or second is None or gap is None:
        return None
    return People(len(raters), first, second, gap, alpha(table, numeric=True))


def _mean_rho(weights: Table, sides: Sequence[tuple[Table, Table]]) -> Table:
    """[draws] Spearman's rho, each pair of sides on the answers that both have scored, and the mean of these."""
    rhos = []
    for one, other in sides:
        both = ~np.isnan(one) & ~np.isnan(other)
        if both.sum() > 2:
            rhos.append(spearman(weights[:, both], one[both], other[both]))
    return np.mean(rhos, axis=0) if rhos else np.full(len(weights), np.nan)


def _by_rater(judged: dict[Place, float], ratings: Sequence[Rating], *, pairs: bool) -> tuple[list[str], Table]:
    """Names, and [raters, answers] what they said, NaN where nothing."""
    columns = {place: column for column, place in enumerate(judged)}
    raters = list(_names(ratings))
    table = np.full((len(raters), len(columns)), np.nan)
    for one in ratings:
        column, value = columns.get((one.item, one.contestant)), one.winner if pairs else one.score
        if column is not None and value is not None:
            table[raters.index(one.rater), column] = value
    return raters, table


def _kappa_of_steps(human: Table, ours: Table, spec: JudgeSpec) -> Interval | None:
    one, other = ([step_of_score(float(value), spec) - LOW for value in side] for side in (human, ours))
    return kappa_interval(one, other, HIGH - LOW + 1, power=2)


def _mean(sums: Table) -> Table:
    return np.asarray(sums[:, 0] / sums[:, 1], dtype=np.float64)


def _names(ratings: Sequence[Rating]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.rater for one in ratings))


def _reasons(verdicts: Sequence[Verdict]) -> dict[Place, str]:
    """The judge's reasons, those of all criteria one after the other; of pairs that of the order as it is."""
    found: dict[Place, list[str]] = {}
    for one in verdicts:
        asked = one.question
        if one.reason and not asked.forged and not asked.swapped:
            found.setdefault((asked.item, asked.contestant), []).append(one.reason)
    return {place: " ".join(all_of) for place, all_of in found.items()}


def _furthest(apart: list[Disagreement]) -> tuple[Disagreement, ...]:
    return tuple(sorted(apart, key=lambda one: (-one.apart, one.item, one.contestant))[:MOST_SHOWN])
