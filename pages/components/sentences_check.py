"""What the data check means in plain words: learnability, label budget.

Returns translated sentences, draws nothing. Labels stand in them nearly as the file has them, so they are shown
through ``pages.components.text`` like every other text.
"""

from collections.abc import Sequence

from pages.components.sentences import percent
from pages.components.text import t, tn
from pipeline.check.learnability import Budget, Learnability
from pipeline.check.spelling import visible

POINT = 0.01
HARDLY = POINT / 2  # a gain that rounds to no point at all
MOST_NAMES = 5
FIRST_NAMES = 3  # of more than that


def learnability(found: Learnability) -> str:
    """Whether the labels can be told from the text, with the figures that say so."""
    if found.figure == "pearson":
        return _of_numbers(found)
    if found.verdict == "too_few":
        return t(
            "Too few labelled rows to say whether the text tells the label: {rows} rows, {classes} classes.",
            rows=f"{found.rows:,}",
            classes=found.classes,
        )
    figures = {
        "accuracy": percent(found.accuracy),
        "low": percent(found.low),
        "high": percent(found.high),
        "majority": percent(found.majority),
    }
    if found.figure == "micro_f1":
        return _of_sets(found, figures)
    if found.verdict == "chance":
        return t(
            "The labels cannot be predicted from the text: a quick method gets {accuracy} right ({low} to {high}), "
            "no better than guessing; always the most frequent label gets {majority}.",
            **figures,
        )
    if found.verdict == "weak":
        return t(
            "The text says little about the labels: a quick method gets {accuracy} right ({low} to {high}), "
            "always guessing the most frequent label {majority}.",
            **figures,
        )
    return t(
        "The labels can be told from the text: a quick method gets {accuracy} right ({low} to {high}), "
        "always guessing the most frequent label {majority}.",
        **figures,
    )


def _of_sets(found: Learnability, figures: dict[str, str]) -> str:
    """The same of rows with several labels."""
    if found.verdict == "chance":
        return t(
            "The labels cannot be predicted from the text: a quick method reaches a micro-F1 of {accuracy} ({low} to "
            "{high}), no better than always giving the most frequent set of labels, {majority}.",
            **figures,
        )
    if found.verdict == "weak":
        return t(
            "The text says little about the labels: a quick method reaches a micro-F1 of {accuracy} ({low} to "
            "{high}), always giving the most frequent set of labels {majority}.",
            **figures,
        )
    return t(
        "The labels can be told from the text: a quick method reaches a micro-F1 of {accuracy} ({low} to {high}), "
        "always giving the most frequent set of labels {majority}.",
        **figures,
    )


def _of_numbers(found: Learnability) -> str:
    """The same of numbers."""
    if found.verdict == "too_few":
        return t("Too few rows with a number to say whether the text tells it: {rows}.", rows=f"{found.rows:,}")
    figures = {"r": f"{found.accuracy:.2f}", "low": f"{found.low:.2f}", "high": f"{found.high:.2f}"}
    if found.verdict == "chance":
        return t(
            "The numbers cannot be predicted from the text: what a quick method says correlates with them at {r} "
            "({low} to {high}), no better than always guessing their mean.",
            **figures,
        )
    if found.verdict == "weak":
        return t(
            "The text says little about the numbers: what a quick method says correlates with them at {r} ({low} to "
            "{high}); always guessing their mean is 0, always right is 1.",
            **figures,
        )
    return t(
        "The numbers can be told from the text to a degree: what a quick method says correlates with them at {r} "
        "({low} to {high}); always guessing their mean is 0, always right is 1.",
        **figures,
    )


def learnability_advice(found: Learnability) -> str:
    """What to do about it; "" where nothing needs to be done."""
    if found.verdict == "too_few" and found.figure == "pearson":
        return t("Fill in some more numbers first, about a hundred in all.")
    if found.verdict == "chance":
        return t(
            "Check that this is the right label column, and that what decides the label stands in the text. "
            "Training would most likely learn nothing."
        )
    if found.verdict == "weak":
        return t("Look at rows with similar texts and different labels, or add a text column that says more.")
    if found.verdict == "too_few":
        return t("Label some more rows first, about ten of each class.")
    if found.unlearned:
        return t("Hardly any row of these labels is found: {labels}.", labels=_names(found.unlearned[:MOST_NAMES]))
    return ""


def budget(found: Budget) -> str:
    """What more labelled rows would bring, and to which labels: as a group, so all of them are meant."""
    rows = f"{found.more:,}"
    if found.figure == "pearson":
        return _budget_of_numbers(found, rows)
    if found.gain < HARDLY and found.figure == "micro_f1":
        return t("{rows} more labelled rows would hardly change the micro-F1.", rows=rows)
    if found.gain < HARDLY:
        return t("{rows} more labelled rows would hardly change the accuracy.", rows=rows)
    points = max(1, round(found.gain / POINT))
    if not found.labels:
        return tn(
            "{rows} more labelled rows would bring about {n} point.",
            "{rows} more labelled rows would bring about {n} points.",
            points,
            rows=rows,
        )
    return tn(
        "{rows} more labelled rows would bring about {n} point, probably most of all in {labels}, where rows are "
        "fewest.",
        "{rows} more labelled rows would bring about {n} points, probably most of all in {labels}, where rows are "
        "fewest.",
        points,
        rows=rows,
        labels=_names_of_all(found.labels),
    )


def _budget_of_numbers(found: Budget, rows: str) -> str:
    if found.gain < HARDLY:
        return t("{rows} more rows with a number would hardly change the correlation.", rows=rows)
    return t(
        "{rows} more rows with a number would raise the correlation by about {gain}.",
        rows=rows,
        gain=f"{found.gain:.2f}",
    )


def budget_range(found: Budget) -> str:
    """How sure that is."""
    low, high = max(0.0, found.low), found.high
    if found.figure == "pearson":
        return t(
            "A forecast from a quick method on growing shares of the rows: in 8 of 10 cases between {low} and {high}.",
            low=f"{low:.2f}",
            high=f"{high:.2f}",
        )
    if found.figure == "micro_f1":
        return t(
            "A forecast from a quick method on growing shares of the rows: in 8 of 10 cases between {low} and {high} "
            "points of micro-F1.",
            low=f"{low / POINT:.1f}",
            high=f"{high / POINT:.1f}",
        )
    return t(
        "A forecast from a quick method on growing shares of the rows: in 8 of 10 cases between {low} and {high} "
        "points of accuracy.",
        low=f"{max(0.0, found.low) / POINT:.1f}",
        high=f"{found.high / POINT:.1f}",
    )


def _names_of_all(labels: Sequence[str]) -> str:
    """As ``_names``, but of many the first few and how many more there are."""
    if len(labels) <= MOST_NAMES:
        return _names(labels)
    more = t("{count} other labels", count=len(labels) - FIRST_NAMES)
    return _names((*labels[:FIRST_NAMES], more))


def _names(labels: Sequence[str]) -> str:
    """Labels as a list in a sentence: a, b and c, with spaces at their ends written out."""
    *others, last = map(visible, labels)
    if not others:
        return last
    listed = others[0]
    for label in others[1:]:
        listed = t("{one}, {other}", one=listed, other=label)
    return t("{one} and {other}", one=listed, other=last)
