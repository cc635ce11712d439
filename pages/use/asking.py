"""What is asked of a model, in words, by what its answers are like. Reads what a bundle says, draws nothing."""

from pages.components.sentences import amount
from pages.components.text import t
from pipeline.inference.saying import kind_of, write_number
from pipeline.runs.bundle import BundleInfo


def question(info: BundleInfo, run: str) -> tuple[str, str]:
    """The heading of the page that asks, and the line below it."""
    kind, labels = kind_of(info), len(info.labels)
    if kind == "number":
        low, high = (write_number(info, end) for end in info.number_range)
        note = t("Answered by {run}, which has learned numbers from {low} to {high}.", run=run, low=low, high=high)
        return t("What is the number?"), note
    if kind == "labels":
        note = t("Answered by {run}, which gives one, several or none of {n} labels.", run=run, n=labels)
        return t("Which labels does it have?"), note
    if info.second:
        note = t("Answered by {run}, which compares two texts and chooses among {n} classes.", run=run, n=labels)
        return t("How do the two texts compare?"), note
    return t("What should the label be?"), t("Answered by {run}, which chooses among {n} classes.", run=run, n=labels)


def writes(run: str) -> str:
    """Why a page about labels has nothing for a run that writes answers."""
    return t("{run} writes answers. It has no labels to give.", run=run)


def read_only(run: str) -> str:
    """Why a page about labels has nothing for a run that has learned from texts alone."""
    return t("{run} has learned from texts alone. It has no labels to give before you train some on it.", run=run)


def answer_column(info: BundleInfo) -> str:
    """What stands above a column of answers."""
    kind = kind_of(info)
    if kind == "number":
        return t("Number")
    return t("Labels") if kind == "labels" else t("Label")


def typical_error(info: BundleInfo) -> str:
    """How far off a predicted number is on average; "" where that was not measured."""
    mae = info.metrics.get("mae")
    return "" if mae is None else t("On its test rows it is {mae} off on average.", mae=amount(mae))
