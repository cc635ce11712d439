"""The report of a run that writes its answers. Reads answers, trains nothing.

What a model writes is compared with what the model that it was tuned from writes to the same: there is no simpler
method to beat.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import N_, RunError
from pipeline.evaluation.verdict import Verdict, judge_preferences, judge_texts
from pipeline.metrics import resampled, texts
from pipeline.metrics.intervals import Interval, accuracy_interval, paired_difference
from pipeline.metrics.resampled import Table
from pipeline.runs.texts import BASE, TextAnswers

FIGURES = ("chrf", "bits_per_character", "rouge_l", "exact_match")
_DIGITS = 4  # of the chrF of a row: as many as a page shows, and two more


@dataclass(frozen=True)
class WrittenScores:
    """Figures of one model on the test rows: fractions from 0 to 1, but for the bits, of which less is better."""

    chrf: Interval
    bits_per_character: Interval
    rouge_l: Interval
    exact_match: Interval


@dataclass(frozen=True)
class WrittenReport:
    """How good a run is on its test rows, which it has never seen."""

    run: str
    verdict: Verdict
    chrf: Interval  # n-grams of characters in common with the right answers, 0 to 1
    bits_per_character: Interval  # how much the right answers surprise it; less is better
    rouge_l: Interval  # words in common, in order, 0 to 1
    exact_match: Interval  # share of the rows answered word for word
    baselines: dict[str, WrittenScores]  # "base": the model that it was tuned from
    differences: dict[str, Interval]  # by figure, of the same rows: above 0, the tuned model is better; of bits too
    difference: Interval  # that of chrF, from -1 to 1
    test_rows: int
    row_chrf: tuple[float, ...]  # [test rows] in the order of the answers: chrF of each, 0 to 1
    base_row_chrf: tuple[float, ...]
    preferred: Interval | None = None  # of pairs of answers, those whose better one has become likelier; None: no pairs

    @property
    def figures(self) -> dict[str, Interval]:
        """The figures with their intervals, by name."""
        return {name: getattr(self, name) for name in FIGURES}

    @property
    def metrics(self) -> dict[str, float]:
        """The figures by name."""
        pairs = {} if self.preferred is None else {"preference_accuracy": self.preferred.value}
        return pairs | {name: figure.value for name, figure in self.figures.items()}


def build(
    run: str, tuned: TextAnswers, base: TextAnswers, margins: npt.NDArray[np.float64] | None = None
) -> WrittenReport:
    """Measure what two models wrote to the same test rows.

    ``margins``, [rows], of a run that has learned which of two answers is better: how much more that one has gained.

    Raises:
        RunError: no test row has an answer to compare with.
        ValueError: the two did not answer the same rows.
    """
    if not np.array_equal(tuned.rows, base.rows):
        raise ValueError("the tuned model and the base model answered different rows")
    if not len(tuned.rows):
        raise RunError(N_("The run {run} cannot be measured: no test row has an answer."), run=run)
    ours, theirs = _table(tuned), _table(base)
    differences = {
        "chrf": resampled.difference(ours, theirs, texts.chrf),
        "bits_per_character": resampled.difference(theirs, ours, texts.bits_per_character),
        "rouge_l": resampled.difference(ours, theirs, texts.rouge_l),
        "exact_match": paired_difference(_all_right(ours), texts.is_exact(ours), texts.is_exact(theirs)),
    }
    preferred = None if margins is None else accuracy_interval(np.ones(len(margins), int), (margins > 0).astype(int))
    if preferred is None:
        verdict = judge_texts(differences["bits_per_character"], differences["chrf"])
    else:
        verdict = judge_preferences(preferred)
    return WrittenReport(
        run=run,
        verdict=verdict,
        **vars(_scores(ours)),
        baselines={BASE: _scores(theirs)},
        differences=differences,
        difference=differences["chrf"],
        test_rows=len(tuned.rows),
        row_chrf=_of_rows(ours),
        base_row_chrf=_of_rows(theirs),
        preferred=preferred,
    )


def from_json(content: dict[str, Any]) -> WrittenReport:
    """What ``dataclasses.asdict`` of a report was."""
    figures = {name: Interval(**content[name]) for name in (*FIGURES, "difference")}
    baselines = {
        name: WrittenScores(**{figure: Interval(**its) for figure, its in scores.items()})
        for name, scores in content["baselines"].items()
    }
    differences = {name: Interval(**its) for name, its in content["differences"].items()}
    rows = {name: tuple(content[name]) for name in ("row_chrf", "base_row_chrf")}
    preferred = Interval(**content["preferred"]) if content.get("preferred") else None
    rest = {**content, **figures, **rows, "preferred": preferred}
    return WrittenReport(**{**rest, "baselines": baselines, "differences": differences})


def scores_of(answers: TextAnswers) -> WrittenScores:
    """Figures of answers that are texts."""
    return _scores(_table(answers))


def _scores(table: Table) -> WrittenScores:
    return WrittenScores(
        chrf=resampled.interval(table, texts.chrf),
        bits_per_character=resampled.interval(table, texts.bits_per_character),
        rouge_l=resampled.interval(table, texts.rouge_l),
        # As of an accuracy: where no row is exact, or each is, resampling would show no spread.
        exact_match=accuracy_interval(_all_right(table), texts.is_exact(table)),
    )


def _table(answers: TextAnswers) -> Table:
    return texts.table(answers.truth, answers.said, answers.bits)


def _all_right(table: Table) -> npt.NDArray[np.int64]:
    return np.ones(len(table), dtype=np.int64)


def _of_rows(table: Table) -> tuple[float, ...]:
    return tuple(round(value, _DIGITS) for value in texts.chrf(table).tolist())
