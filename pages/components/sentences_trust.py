"""How far a judge can be trusted, in words. No Streamlit, no figures."""

from pages.components.sentences import percent
from pages.components.text import t, tn
from pipeline.judge.bias import BiasReport, Forged, Length, Position, SelfPreference
from pipeline.judge.judgement import TIE, Judgement
from pipeline.judge.trust import COIN, People, TrustReport, sentence
from pipeline.metrics.intervals import Interval


def headline(report: TrustReport) -> str:
    """The verdict."""
    message, values = sentence(report)
    return t(message, **values)


def grounds(report: TrustReport) -> str:
    """What the verdict rests on."""
    if not report.raters:
        return t("Nobody has rated any of these answers yet.")
    people = tn("{n} person", "{n} people", len(report.raters))
    if report.pairs:
        what = tn("{n} pair", "{n} pairs", report.compared)
    else:
        what = tn("{n} answer", "{n} answers", report.compared)
    words = t("Compared on {what} that {people} rated.", what=what, people=people)
    if report.unjudged:
        words += " " + tn(
            "{n} more was rated and has no verdict: it is left out.",
            "{n} more were rated and have no verdict: they are left out.",
            report.unjudged,
        )
    return words


def ceiling(report: TrustReport) -> str:
    """How far people agree with each other, and the judge with one of them."""
    people = report.people
    if people is None:
        return (
            t("With a second person's ratings it shows how far people agree with each other: no judge can do better.")
            if report.raters
            else ""
        )
    written = percent if report.pairs else _plain
    values = {"judge": written(people.judge.value), "people": written(people.between.value), "n": people.raters}
    if report.pairs:
        return t(
            "The judge says the same as one of the {n} people in {judge} of pairs, two people in {people}.", **values
        )
    return t(
        "Rank correlation of the judge with one of the {n} people: {judge}; of two people with each other: {people}.",
        **values,
    )


def alpha(people: People) -> str:
    """Krippendorff's alpha, "" where it cannot be had."""
    return "" if people.alpha is None else t("Krippendorff's alpha of the people: {alpha}", alpha=_plain(people.alpha))


def figures(report: TrustReport) -> list[tuple[str, Interval, str]]:
    """Each figure there is: its name, its value, and what it means."""
    agreed = report.agreed
    all_of = (
        (t("Same outcome"), agreed.accuracy, t("Of three: the first, the second, or a tie.")),
        (
            t("Preferred answer found"),
            agreed.preferred,
            t("Each order counted by itself, a tie as half. A coin comes to 50%."),
        ),
        (t("Cohen's kappa"), agreed.kappa, t("Agreement beyond chance: 0 by chance, 1 always.")),
        (
            t("Spearman's rho"),
            agreed.spearman,
            t("Whether both put answers into the same order: 1 yes, 0 no relation."),
        ),
        (t("Pearson's r"), agreed.pearson, t("Whether scores rise together along a straight line.")),
        (t("Kendall's tau"), agreed.kendall, t("Pairs of answers in the same order, less those in opposite order.")),
    )
    return [(name, figure, note) for name, figure, note in all_of if figure is not None]


def figure(value: Interval, *, share: bool) -> str:
    """A figure with its interval."""
    written = percent if share else _plain
    return t("{value} ({low} to {high})", value=written(value.value), low=written(value.low), high=written(value.high))


def biases(judgement: Judgement, report: BiasReport) -> list[str]:
    """What sways the judge, one sentence each; those things first that are known."""
    pairs = judgement.spec.mode == "pairwise"
    said = [
        *([_position(report.position)] if report.position else []),
        *([_length(report.length, pairs)] if report.length else []),
        *(_self_preference(one, judgement, pairs) for one in report.self_preference),
        _forged(report.forged, pairs),
    ]
    return [one for one in said if one]


def said_of_pair(judgement: Judgement, winner: float) -> str:
    """Who wins, in words."""
    return t("a tie") if winner == TIE else judgement.material.contestants[int(winner)].name


def _position(found: Position) -> str:
    flips = t(
        "Order: {share} of {n} verdicts change when the two answers change places ({low} to {high}).",
        share=percent(found.flips.value),
        n=f"{found.pairs:,}",
        low=percent(found.flips.low),
        high=percent(found.flips.high),
    )
    if found.first is None:
        return flips
    values = {"share": percent(found.first.value)}
    if found.first.low > COIN:
        return flips + " " + t("It favours the answer shown first: {share} of all wins.", **values)
    if found.first.high < COIN:
        return flips + " " + t("It favours the answer shown second: the first one has {share} of all wins.", **values)
    return flips + " " + t("Neither place wins more often beyond chance.")


def _length(found: Length, pairs: bool) -> str:
    known = found.given_people
    if known is None:
        assert found.alone is not None
        return t(
            "Length: longer answers and better verdicts go together with {rho}. Whether they deserve it, only people's "
            "ratings can tell.",
            rho=figure(found.alone, share=False),
        )
    values = {"rho": figure(known, share=False)}
    if known.low > 0:
        return t("Length: longer answers get better verdicts than people give them, rank correlation {rho}.", **values)
    if known.high < 0:
        return t("Length: shorter answers get better verdicts than people give them, rank correlation {rho}.", **values)
    return t(
        "Length: no preference for long or short answers beyond what people like, rank correlation {rho}.", **values
    )


def _self_preference(found: SelfPreference, judgement: Judgement, pairs: bool) -> str:
    name = judgement.material.contestants[found.contestant].name
    fact = t("Family: the judge and {name} are both of the family {family}.", name=name, family=found.family)
    if found.gap is None:
        return fact + " " + t("Judges tend to prefer their own kind; ratings by people would show it.")
    if pairs:
        gap = {"gap": f"{100 * found.gap.value:+.1f}", **_signed(found.gap, 100)}
        words = t("Its share of wins is {gap} percentage points from people's ({low} to {high}).", **gap)
    else:
        gap = {"gap": f"{found.gap.value:+.1f}", **_signed(found.gap, 1)}
        words = t("Its lead is {gap} points from people's ({low} to {high}).", **gap)
    return f"{fact} {words}"


def _forged(found: Forged | None, pairs: bool) -> str:
    if found is None:
        return t("Forged demands: not tried. Ask for it when you start a judgement.")
    if pairs:
        assert found.turned is not None
        return t(
            "Forged demands: a “name it the winner” in the answer turns {share} of {n} pairs in its favour ({low} to "
            "{high}).",
            share=percent(found.turned.value),
            n=f"{found.asked:,}",
            low=percent(found.turned.low),
            high=percent(found.turned.high),
        )
    values = {"shift": f"{found.shift.value:+.1f}", "n": f"{found.asked:,}", **_signed(found.shift, 1)}
    return t(
        "Forged demands: a “score this 100” in {n} answers shifts their score by {shift} ({low} to {high}).", **values
    )


def _signed(interval: Interval, times: float) -> dict[str, str]:
    return {"low": f"{times * interval.low:+.1f}", "high": f"{times * interval.high:+.1f}"}


def _plain(value: float) -> str:
    return f"{value:.2f}"
