"""The report of a run that has learned from texts alone: how test texts surprise it, and the model that it came from.

Reads what was measured, trains nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.errors import N_, RunError
from pipeline.evaluation.verdict import Verdict, judge_surprise
from pipeline.metrics import resampled, surprises
from pipeline.metrics.intervals import Interval
from pipeline.metrics.resampled import Figure, Table
from pipeline.runs.surprise import Surprise
from pipeline.runs.texts import BASE

# By name: how a figure is made of sums, and whether less of it is better. The first one of a report is shown first.
_CAUSAL: dict[str, tuple[Figure, bool]] = {
    "bits_per_character": (surprises.bits_per_character, True),
    "perplexity": (surprises.perplexity, True),
}
_HIDING: dict[str, tuple[Figure, bool]] = {
    "masked_accuracy": (surprises.masked_accuracy, False),
    "perplexity": (surprises.perplexity, True),
}


@dataclass(frozen=True)
class ReadingScores:
    """Figures of one model on the test rows. What does not fit the kind of model is None."""

    perplexity: Interval  # less is better
    bits_per_character: Interval | None = None  # of a model that foretells all of a text; less is better
    masked_accuracy: Interval | None = None  # of one that guesses hidden words: share of them, 0 to 1


@dataclass(frozen=True)
class PretrainingReport:
    """How much a run knows of texts like those of its test rows, which it has never seen."""

    run: str
    verdict: Verdict
    scores: ReadingScores
    baselines: dict[str, ReadingScores]  # "base": the model that it was before
    differences: dict[str, Interval]  # by figure, of the same rows: above 0, this model is better
    difference: Interval  # of the loss, in nats a hidden token
    test_rows: int
    tokens: int  # that were hidden in them

    @property
    def figures(self) -> dict[str, Interval]:
        """The figures with their intervals, by name, the most important first."""
        return figures_of(self.scores)

    @property
    def metrics(self) -> dict[str, float]:
        """The figures by name."""
        return {name: figure.value for name, figure in self.figures.items()}

    @property
    def foretells(self) -> bool:
        """Whether the model foretells all of a text; else it guesses what is hidden of one."""
        return self.scores.bits_per_character is not None


def figures_of(scores: ReadingScores) -> dict[str, Interval]:
    """The figures that there are, by name, the most important first."""
    found = {
        "bits_per_character": scores.bits_per_character,
        "masked_accuracy": scores.masked_accuracy,
        "perplexity": scores.perplexity,
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def build(run: str, tuned: Surprise, base: Surprise, *, foretells: bool) -> PretrainingReport:
    """Compare two models that were asked the same.

    Args:
        foretells: they foretell whole texts; else they guess what is hidden.

    Raises:
        RunError: there is no test row.
        ValueError: the two were not asked the same.
    """
    if not (np.array_equal(tuned.rows, base.rows) and np.array_equal(tuned.tokens, base.tokens)):
        raise ValueError("the tuned model and the base model were asked different things")
    if not len(tuned.rows):
        raise RunError(N_("The run {run} cannot be measured: no test row has a text."), run=run)
    ours, theirs = _table(tuned), _table(base)
    figures = _CAUSAL if foretells else _HIDING
    gained = resampled.difference(theirs, ours, surprises.loss)
    return PretrainingReport(
        run=run,
        verdict=judge_surprise(gained),
        scores=_scores(ours, figures),
        baselines={BASE: _scores(theirs, figures)},
        differences={
            name: resampled.difference(*((theirs, ours) if less else (ours, theirs)), figure)
            for name, (figure, less) in figures.items()
        },
        difference=gained,
        test_rows=len(tuned.rows),
        tokens=int(tuned.tokens.sum()),
    )


def from_json(content: dict[str, Any]) -> PretrainingReport:
    """What ``dataclasses.asdict`` of a report was."""
    return PretrainingReport(
        **{
            **content,
            "scores": _read(content["scores"]),
            "baselines": {name: _read(scores) for name, scores in content["baselines"].items()},
            "differences": {name: Interval(**its) for name, its in content["differences"].items()},
            "difference": Interval(**content["difference"]),
        }
    )


def scores_of(surprise: Surprise, *, foretells: bool) -> ReadingScores:
    """Figures of what a model said to texts."""
    return _scores(_table(surprise), _CAUSAL if foretells else _HIDING)


def _scores(table: Table, figures: dict[str, tuple[Figure, bool]]) -> ReadingScores:
    return ReadingScores(**{name: resampled.interval(table, figure) for name, (figure, _) in figures.items()})


def _table(surprise: Surprise) -> Table:
    return surprises.table(surprise.nats, surprise.tokens, surprise.words, surprise.right, surprise.characters)


def _read(content: dict[str, Any]) -> ReadingScores:
    return ReadingScores(**{name: Interval(**its) if its else None for name, its in content.items()})  # type: ignore[arg-type]
