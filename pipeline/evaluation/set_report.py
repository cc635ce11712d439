"""The report of a run whose rows may have several labels. Reads answers, trains nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.evaluation.verdict import Verdict, judge
from pipeline.metrics import label_sets, resampled
from pipeline.metrics.intervals import Interval
from pipeline.runs.answers import Answers

SIMPLEST = "majority"


@dataclass(frozen=True)
class SetScores:
    """Figures of one model on the test rows, fractions from 0 to 1."""

    micro_f1: Interval
    macro_f1: Interval
    exact_match: Interval


@dataclass(frozen=True)
class LabelRow:
    """One label: fractions from 0 to 1, ``support``, the number of test rows that truly have it, and its threshold."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int
    threshold: float


@dataclass(frozen=True)
class SetReport:
    """How good a run is on its test rows, which it has never seen."""

    run: str
    verdict: Verdict
    micro_f1: Interval
    macro_f1: Interval
    exact_match: Interval  # share of the rows of which every label is right
    baselines: dict[str, SetScores]  # "majority" (the most frequent labels, always) and "tfidf"
    difference: Interval  # micro-F1 of the model minus that of the best baseline, from -1 to 1
    test_rows: int
    labels: tuple[str, ...]
    per_label: tuple[LabelRow, ...]  # in the order of ``labels``

    @property
    def figures(self) -> dict[str, Interval]:
        """The figures with their intervals, by name."""
        return {"micro_f1": self.micro_f1, "macro_f1": self.macro_f1, "exact_match": self.exact_match}

    @property
    def metrics(self) -> dict[str, float]:
        """The figures by name."""
        return {name: figure.value for name, figure in self.figures.items()}


def build(run: str, model: Answers, baselines: Mapping[str, Answers]) -> SetReport:
    """Measure answers of the same test rows in the same order."""
    everybody = {"": model, **baselines}
    tables = {name: _table(answers) for name, answers in everybody.items()}
    scores = {name: scores_of(answers) for name, answers in everybody.items()}
    best = max(baselines, key=lambda name: scores[name].micro_f1.value)
    gains = {name: resampled.difference(tables[""], tables[name], resampled.micro_f1) for name in baselines}
    figures = label_sets.per_label(model.truth, model.predicted)
    rows = zip(model.labels, figures, model.thresholds, strict=True)
    return SetReport(
        run=run,
        verdict=judge(gains[best], gains[SIMPLEST]),
        **{name: getattr(scores[""], name) for name in ("micro_f1", "macro_f1", "exact_match")},
        baselines={name: scores[name] for name in baselines},
        difference=gains[best],
        test_rows=len(model.rows),
        labels=model.labels,
        per_label=tuple(LabelRow(label, **asdict(row), threshold=threshold) for label, row, threshold in rows),
    )


def from_json(content: dict[str, Any]) -> SetReport:
    """What ``dataclasses.asdict`` of a report was."""
    figures = {name: Interval(**content[name]) for name in ("micro_f1", "macro_f1", "exact_match", "difference")}
    baselines = {
        name: SetScores(**{figure: Interval(**its) for figure, its in scores.items()})
        for name, scores in content["baselines"].items()
    }
    per_label = tuple(LabelRow(**row) for row in content["per_label"])
    return SetReport(
        **{**content, **figures, "baselines": baselines, "labels": tuple(content["labels"]), "per_label": per_label}
    )


def _table(answers: Answers) -> resampled.Table:
    return resampled.label_table(answers.truth, answers.predicted)


def scores_of(answers: Answers) -> SetScores:
    """Figures of answers that are label sets."""
    table = _table(answers)
    figures = (resampled.micro_f1, resampled.macro_f1, resampled.exact_match)
    return SetScores(*(resampled.interval(table, figure) for figure in figures))
