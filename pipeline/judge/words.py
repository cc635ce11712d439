"""What a judgement means, in words: reads its figures, returns sentences in one language, for pages and files."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.errors import N_
from pipeline.i18n import translate, translate_count
from pipeline.judge.judge import WHY, JudgeInfo
from pipeline.judge.judgement import TIE, Head, Judgement
from pipeline.judge.side_by_side import JudgedRow
from pipeline.judge.spec import Mode
from pipeline.judge.summary import USABLE, Duel, Slice, Standing, Summary
from pipeline.metrics.intervals import Interval

MODES: dict[Mode, str] = {
    "score100": N_("One score from 0 to 100"),
    "rubric": N_("1 to 5 by a rubric"),
    "pairwise": N_("Which of two answers is better"),
}
MODE_HELP: dict[Mode, str] = {
    "score100": N_("One question for each answer. Quick, and good for a first look."),
    "rubric": N_("One question for each answer and criterion. Says where an answer is weak."),
    "pairwise": N_(
        "Two questions for each pair, one in each order: judges like what they see first. Where the two disagree, it "
        "is a tie."
    ),
}
LENGTHS = {
    "short": N_("short"),
    "middle": N_("middle"),
    "long": N_("long"),
}
EVEN = 0.5  # win rate of two that are equally good


@dataclass(frozen=True)
class Words:
    """The sentences in one language."""

    language: str  # one of LANGUAGES

    def t(self, message: str, **values: object) -> str:
        """``message`` (a gettext id), its ``{placeholders}`` filled."""
        return translate(message, self.language, **values)

    def tn(self, singular: str, plural: str, count: int, **values: object) -> str:
        """The form for ``count``; ``{n}`` is filled in with thousands separated."""
        return translate_count(singular, plural, count, self.language, **{"n": f"{count:,}", **values})

    def figure(self, value: float, mode: Mode) -> str:
        """A score, or a win rate, as people read it."""
        if mode == "pairwise":
            return _percent(value)
        return f"{value:.1f}" if mode == "score100" else f"{value:.2f}"

    def signed(self, value: float, mode: Mode) -> str:
        """A difference of scores."""
        return self.figure(value, mode) if value == 0 else f"{value:+.1f}" if mode == "score100" else f"{value:+.2f}"

    def span(self, value: Interval, mode: Mode) -> str:
        """A figure with the ends of its interval."""
        return self.t(
            "{value} ({low} to {high})",
            value=self.figure(value.value, mode),
            low=self.figure(value.low, mode),
            high=self.figure(value.high, mode),
        )

    def signed_span(self, value: Interval, mode: Mode) -> str:
        """A difference with the ends of its interval."""
        return self.t(
            "{value} ({low} to {high})",
            value=self.signed(value.value, mode),
            low=self.signed(value.low, mode),
            high=self.signed(value.high, mode),
        )

    def usable(self, summary: Summary) -> bool:
        """Whether there is a verdict: everything was asked, and of nobody too much is missing."""
        sides = (summary.duel,) if summary.duel else summary.standings
        return summary.done and all(side is not None and side.usable for side in sides)

    def headline(self, judgement: Judgement, summary: Summary) -> str:
        """The first line: whom the judge prefers, by how much, or why that cannot be said."""
        if not summary.done:
            return self.t(
                "The judge has answered {answered} of {n} questions",
                answered=f"{summary.answered:,}",
                n=f"{summary.questions:,}",
            )
        if not self.usable(summary):
            return self.t("No verdict: too much is missing")
        if summary.duel:
            return self._of_pairs(judgement, summary.duel)
        if summary.difference is None:
            return self._of_one(judgement, summary)
        return self._of_two(judgement, summary, summary.difference)

    def _of_one(self, judgement: Judgement, summary: Summary) -> str:
        only = summary.standings[-1]
        if only.mean is None:
            return self.t("No verdict: too much is missing")
        mode = judgement.spec.mode
        return self.t(
            "The judge gives {name} {mean} of {top} ({low} to {high})",
            name=only.name,
            mean=self.figure(only.mean.value, mode),
            top=f"{summary.scale[1]:g}",
            low=self.figure(only.mean.low, mode),
            high=self.figure(only.mean.high, mode),
        )

    def _of_two(self, judgement: Judgement, summary: Summary, gain: Interval) -> str:
        mode = judgement.spec.mode
        means = [self.figure(one.mean.value, mode) if one.mean else "–" for one in summary.standings]
        names = [one.name for one in judgement.material.contestants]
        top = f"{summary.scale[1]:g}"
        if gain.low <= 0 <= gain.high:
            return self.t(
                "The judge sees no difference that is beyond chance: {mean} of {top} for {name}, {other_mean} "
                "for {other}",
                mean=means[1],
                top=top,
                name=names[1],
                other_mean=means[0],
                other=names[0],
            )
        better = int(gain.value > 0)
        if not better:
            gain = Interval(-gain.value, -gain.high, -gain.low)
        return self.t(
            "The judge prefers {name}: {mean} of {top} against {other_mean} for {other} ({difference}, "
            "{low} to {high})",
            name=names[better],
            mean=means[better],
            top=top,
            other_mean=means[1 - better],
            other=names[1 - better],
            difference=self.signed(gain.value, mode),
            low=self.figure(gain.low, mode),
            high=self.figure(gain.high, mode),
        )

    def _of_pairs(self, judgement: Judgement, duel: Duel) -> str:
        rate = duel.rate
        if rate is None:
            return self.t("No verdict: too much is missing")
        names = [one.name for one in judgement.material.contestants]
        if rate.low <= EVEN <= rate.high:
            return self.t(
                "The judge sees no difference that is beyond chance between {name} and {other}",
                name=names[1],
                other=names[0],
            )
        place = int(rate.value > EVEN)
        better, worse = names[place], names[1 - place]
        if not place:
            rate = Interval(1 - rate.value, 1 - rate.high, 1 - rate.low)
        return self.t(
            "The judge prefers {name} to {other}: win rate {rate} ({low} to {high})",
            name=better,
            other=worse,
            rate=_percent(rate.value),
            low=_percent(rate.low),
            high=_percent(rate.high),
        )

    def grounds(self, judgement: Judgement, summary: Summary) -> str:
        """What the first line rests on: the judge, the way of judging, the prompts, and the intervals."""
        asked = self.tn("{n} prompt", "{n} prompts", len(judgement.material.items))
        said = self.t(
            "{judge} judged {prompts}: {mode}. Ranges are 95% intervals over the prompts.",
            judge=self.judge(judgement.judge),
            prompts=asked,
            mode=self.t(MODES[judgement.spec.mode]),
        )
        if summary.duel:
            said += " " + self.t("Ties count half.")
        return said

    def judge(self, info: JudgeInfo) -> str:
        """Who judges, and where: a server by its host, of which no more is told."""
        if not info.endpoint:
            return self.t("{model} (on this machine)", model=info.name)
        return self.t("{model} at {host}", model=info.name, host=self.host(info.endpoint))

    def host(self, endpoint: str) -> str:
        """Host and port of an address, without anything that might be secret in it."""
        return urlsplit(endpoint).netloc.rpartition("@")[2] or endpoint.rpartition("@")[2]

    def trust(self, info: JudgeInfo) -> str:
        """The warning about a weak judge, "" for another."""
        if not info.weak:
            return ""
        return self.t(
            "{judge} is a weak judge: models of this size often score little better than chance. Its verdicts mean "
            "little until ratings by people agree with them.",
            judge=info.name,
        )

    def coverage(self, standing: Standing) -> str:
        """How many of its answers have a score; in words where these are too few."""
        return self._covered(
            self.t(
                "scored: {scored} of {all}",
                scored=f"{standing.scored:,}",
                all=f"{standing.scored + standing.missing:,}",
            ),
            standing.coverage,
        )

    def duel_coverage(self, duel: Duel) -> str:
        """How many of the pairs have both verdicts; in words where these are too few."""
        return self._covered(
            self.t(
                "both verdicts: {decided} of {all}", decided=f"{duel.decided:,}", all=f"{duel.decided + duel.missing:,}"
            ),
            duel.coverage,
        )

    def _covered(self, counted: str, share: float) -> str:
        if share >= USABLE:
            return f"{counted} ({_percent(share)})"
        return self.t(
            "{counted} ({share}): not usable, at least {least} are needed",
            counted=counted,
            share=_percent(share),
            least=f"{USABLE:.0%}",
        )

    def missing(self, summary: Summary) -> list[str]:
        """Why verdicts are missing, the most frequent cause first, each with its number."""
        causes = sorted(summary.missing.items(), key=lambda one: -one[1])
        return [f"{count:,} × {self.why(cause)}" for cause, count in causes]

    def why(self, cause: str) -> str:
        """Why one verdict is missing."""
        return self.t(WHY[cause]) if cause in WHY else cause

    def slice_name(self, one: Slice) -> str:
        """What a part of the prompts is called; a group's name comes from a file."""
        if one.by == "length":
            return self.t(LENGTHS[one.name])
        return one.name or self.t("(blank)")

    def duel(self, found: Duel, judgement: Judgement) -> str:
        """Wins, ties and losses in a sentence."""
        first, second = (one.name for one in judgement.material.contestants)
        said = self.t(
            "{second} is better in {wins} pairs, {first} in {losses}; {ties} are ties.",
            second=second,
            first=first,
            wins=f"{found.wins:,}",
            losses=f"{found.losses:,}",
            ties=f"{found.ties:,}",
        )
        flips = self.tn(
            "In {n} pair the verdict turned with the order, which makes a tie.",
            "In {n} pairs the verdict turned with the order, which makes a tie.",
            found.flips,
        )
        return f"{said} {flips}" if found.flips else said

    def winner(self, row: JudgedRow, judgement: Judgement) -> str:
        """Who won a pair."""
        if row.winner is None:
            return self.t("No verdict")
        if row.winner == TIE:
            return self.t("Tie: the verdict turned with the order") if row.flipped else self.t("Tie")
        return self.t("Better: {name}", name=judgement.material.contestants[row.winner].name)

    def verdict(self, row: JudgedRow, judgement: Judgement) -> str:
        """What a row came to, in a few words."""
        mode = judgement.spec.mode
        if mode == "pairwise":
            return self.winner(row, judgement)
        if row.gain is None:
            return self.t("No verdict") if any(one.score is None for one in row.answers) else ""
        return self.t("Difference: {difference}", difference=self.signed(row.gain, mode))

    def means(self, judgement: Judgement | Head, summary: Summary) -> str:
        """The figure of a judgement in a list: short, and marked where it may not be used."""
        mode = judgement.spec.mode
        if not summary.done:
            return self.t("{share} asked", share=f"{summary.answered / max(1, summary.questions):.0%}")
        if not self.usable(summary):
            return self.t("not usable")
        if summary.duel and summary.duel.rate:
            return self.t("win rate {rate}", rate=_percent(summary.duel.rate.value))
        scores = [self.figure(one.mean.value, mode) for one in reversed(summary.standings) if one.mean]
        return " / ".join(scores)

    def differences(self, judgement: Judgement, summary: Summary) -> str:
        """The paired difference, in words; for readers who do not see it drawn."""
        gain = summary.difference
        if gain is None:
            return ""
        pairs = [one.scores for one in summary.items if None not in one.scores]
        better = sum((two or 0) > (one or 0) for one, two in pairs)
        worse = sum((two or 0) < (one or 0) for one, two in pairs)
        return self.t(
            "{name} is scored higher in {better} of {n} prompts, lower in {worse}; on average {difference}.",
            name=summary.standings[-1].name,
            better=f"{better:,}",
            n=f"{len(pairs):,}",
            worse=f"{worse:,}",
            difference=self.signed_span(gain, judgement.spec.mode),
        )

    def standings(self, judgement: Judgement, summary: Summary) -> str:
        """Every mean with its interval and coverage, in a sentence."""
        mode = judgement.spec.mode
        return "; ".join(
            f"{one.name}: {self.span(one.mean, mode) if one.mean else '–'}, {self.coverage(one)}"
            for one in summary.standings
        )


def _percent(share: float) -> str:
    return f"{share:.1%}"
