"""What figures mean in plain words: amounts, files, scores. Returns translated sentences, draws nothing."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pages.components.text import t, tn
from pipeline.actions.summary import Summary
from pipeline.data.view import View
from pipeline.errors import N_
from pipeline.metrics.intervals import Interval

MINUTE, HOUR = 60, 3600
MB, GB = 1000**2, 1000**3
# The figure that is shown of a run: of texts, of classes, of label sets, of numbers; and whether it is a share of the
# whole.
SCORES = {
    "preference_accuracy": (N_("Right preferences"), True),
    "chrf": (N_("Similarity (chrF)"), True),
    "accuracy": (N_("Test accuracy"), True),
    "micro_f1": (N_("Micro-F1"), True),
    "pearson": (N_("Correlation"), False),
    "masked_accuracy": (N_("Hidden words guessed right"), True),
    "bits_per_character": (N_("Surprise (bits a character)"), False),
}

VERDICTS = {
    "beyond_baseline": N_("The model is better than the best simple method."),
    "not_distinguishable": N_("The model is about as good as the best simple method: the difference may be chance."),
    "worse": N_("The model is worse than the best simple method."),
    "nothing_learned": N_("Nothing was learned: always guessing the most frequent label would do as well."),
}
PREFERENCE_VERDICTS = {
    "beyond_baseline": N_("It has learned which answers are better."),
    "not_distinguishable": N_("Whether it has learned which answers are better is not certain."),
    "worse": N_("It prefers the worse answers: look whether the two columns were mixed up."),
}
READING_VERDICTS = {
    "beyond_baseline": N_("It knows texts like yours better than the base model."),
    "not_distinguishable": N_("Whether it knows texts like yours better than the base model is not certain."),
    "worse": N_("It knows texts like yours less well than the base model."),
}
TEXT_VERDICTS = {
    "beyond_baseline": N_("It answers better than the base model."),
    "not_distinguishable": N_("Whether it answers better than the base model is not certain."),
    "worse": N_("It answers worse than the base model."),
    "nothing_learned": N_("Nothing was learned: the base model answers just as well."),
}


def percent(share: float) -> str:
    """A fraction from 0 to 1 as people read it, with one decimal."""
    return f"{share:.1%}"


def duration(seconds: float) -> str:
    """A length of time, rounded to what matters."""
    if seconds < 1.5:
        return t("a second")
    if seconds < 1.5 * MINUTE:
        return t("{n} seconds", n=round(seconds) if seconds < 10 else 5 * round(seconds / 5))
    if seconds < 1.5 * HOUR:
        return t("{n} minutes", n=round(seconds / MINUTE))
    return t("{n} hours", n=round(seconds / HOUR, 1))


def size(amount: int) -> str:
    """Bytes as people read them."""
    return f"{amount / GB:.1f} GB" if amount >= GB else f"{max(1, round(amount / MB))} MB"


def moment(when: datetime, timezone_offset: int | None) -> str:
    """A time as the reader's clock shows it; ``timezone_offset`` is the browser's, in minutes west of UTC."""
    return (when - timedelta(minutes=timezone_offset or 0)).strftime("%Y-%m-%d %H:%M")


def clock(when: datetime, timezone_offset: int | None) -> str:
    """The time of day as the reader's clock shows it."""
    return (when - timedelta(minutes=timezone_offset or 0)).strftime("%H:%M:%S")


def rows(summary: Summary) -> str:
    """The first sentence of the Data page: 2,204 rows, 1,198 labelled, 1,006 to fill."""
    counted = tn("{n} row", "{n} rows", summary.rows)
    if summary.raw:
        if not summary.blank:
            return t("{rows}, all with a text", rows=counted)
        filled = {"filled": f"{summary.labelled:,}", "blank": f"{summary.blank:,}"}
        return t("{rows}, {filled} with a text, {blank} without", rows=counted, **filled)
    if summary.answer_lengths:
        if not summary.blank:
            return t("{rows}, all with an answer", rows=counted)
        answered = {"labelled": f"{summary.labelled:,}", "blank": f"{summary.blank:,}"}
        return t("{rows}, {labelled} with an answer, {blank} without", rows=counted, **answered)
    if not summary.labelled:
        return t("{rows}, none labelled yet", rows=counted)
    if not summary.blank:
        return t("{rows}, all labelled", rows=counted)
    return t(
        "{rows}, {labelled} labelled, {blank} to fill",
        rows=counted,
        labelled=f"{summary.labelled:,}",
        blank=f"{summary.blank:,}",
    )


def number_range(numbers: Sequence[tuple[float, int]]) -> str:
    """From the smallest to the largest of numbers that are ascending, each with its rows."""
    return t("Numbers from {smallest} to {largest}", smallest=f"{numbers[0][0]:g}", largest=f"{numbers[-1][0]:g}")


def answers(summary: Summary) -> str:
    """What the answers are like, in one line; "" where each row has one label."""
    if summary.numbers:
        return number_range(summary.numbers)
    each = sum(count for _, count in summary.label_counts)
    if each == summary.labelled and not summary.none_of_them:
        return ""
    return t("On average {each} labels a row.", each=f"{each / max(1, summary.labelled):.1f}")


def task(view: View) -> str:
    """What a model learns from a View."""
    if view.raw:
        return t("It reads your texts and learns how they go on, from {column} alone.", column=view.label)
    if view.dialogue:
        return t("It learns to answer as the assistant does in {column}.", column=view.label)
    if view.rejected:
        return t(
            "It learns to prefer answers like {column} to those like {other}.", column=view.label, other=view.rejected
        )
    if view.written:
        return t("It learns to write answers: {column}.", column=view.label)
    labels = f"{len(view.labels):,}"
    if view.number and view.second:
        return t("It learns to give a number to two texts that are compared: {column}.", column=view.label)
    if view.number:
        return t("It learns to predict a number: {column}.", column=view.label)
    if view.several:
        return t("It learns which of {n} labels a row has: one, several or none.", n=labels)
    if view.second:
        return t("It learns to compare two texts and to choose one of {n} labels.", n=labels)
    return t("It learns to choose one of {n} labels.", n=labels)


def score(metrics: Mapping[str, float]) -> tuple[str, str]:
    """The figure of a run that counts most, as its name and its value; ("", "") while there is none."""
    for name, (title, is_share) in SCORES.items():
        if name in metrics:
            return t(title), percent(metrics[name]) if is_share else f"{metrics[name]:.2f}"
    return "", ""


def score_line(metrics: Mapping[str, float]) -> str:
    """The same as part of a sentence, short enough for a list: "93.0% right"; "" while there is none."""
    name, value = score(metrics)
    if "accuracy" in metrics:
        return t("{accuracy} right", accuracy=value)
    return f"{name} {value}" if name else ""


def beside_score(metrics: Mapping[str, float]) -> str:
    """The second figure of a run, to stand beside its score; "" where one tells it all."""
    if "perplexity" in metrics:
        return t("perplexity {perplexity}", perplexity=f"{metrics['perplexity']:.1f}")
    if "bits_per_character" not in metrics:
        return ""
    return t("{bits} bits a character", bits=f"{metrics['bits_per_character']:.2f}")


def errors(accuracy: Interval) -> str:
    """An accuracy as a count that one can picture; of a test without a fault, how much it leaves open."""
    wrong = round(100 * (1 - accuracy.value))
    if wrong == 0:
        most = math.ceil(100 * (1 - accuracy.low))
        if most > 1:
            return t(
                "Hardly any test row gets the wrong label; but they are few: of 100 new rows, up to {n} might.", n=most
            )
        return t("Fewer than 1 of 100 rows gets the wrong label.")
    return tn("About {n} of 100 rows gets the wrong label.", "About {n} of 100 rows get the wrong label.", wrong)


def verdict(name: str, metrics: Mapping[str, float] | None = None) -> str:
    """What the comparison with the simple methods came to; "" while it is not known.

    ``metrics`` of the run tell what it is compared with: the base model, or what the simplest method answers, which is
    a label, a set of labels or a mean.
    """
    if metrics is not None and "perplexity" in metrics:
        return t(READING_VERDICTS[name]) if name in READING_VERDICTS else ""
    if metrics is not None and "preference_accuracy" in metrics:
        return t(PREFERENCE_VERDICTS[name]) if name in PREFERENCE_VERDICTS else ""
    if metrics is not None and "chrf" in metrics:
        return t(TEXT_VERDICTS[name]) if name in TEXT_VERDICTS else ""
    if name == "nothing_learned" and metrics is not None and "pearson" in metrics:
        return t("Nothing was learned: always guessing the mean would do as well.")
    if name == "nothing_learned" and metrics is not None and "micro_f1" in metrics:
        return t("Nothing was learned: always giving the most frequent labels would do as well.")
    return t(VERDICTS[name]) if name in VERDICTS else ""


def amount(number: float) -> str:
    """A number in the unit of its column, with no more digits than can be meant."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def off(metrics: Mapping[str, float]) -> str:
    """How far off predicted numbers are, how many rows have every label right, or answers surprise; "" for classes."""
    if "perplexity" in metrics:
        return ""
    if "bits_per_character" in metrics:
        return t("The right answers surprise it by {figure}.", figure=beside_score(metrics))
    if "exact_match" in metrics:
        right = round(100 * metrics["exact_match"])
        return tn(
            "Of about {n} of 100 rows every label is right.", "Of about {n} of 100 rows every label is right.", right
        )
    if "mae" in metrics:
        return t("A prediction is {mae} off on average.", mae=amount(metrics["mae"]))
    return ""


def values(found: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """Placeholders of a finding as ``t`` wants them."""
    return dict(found)
