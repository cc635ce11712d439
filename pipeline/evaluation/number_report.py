"""The report of a run that predicts a number. Reads answers, trains nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.evaluation.verdict import Verdict, judge
from pipeline.metrics import resampled
from pipeline.metrics.intervals import Interval
from pipeline.runs.answers import Answers

SIMPLEST = "mean"
FIGURES = ("pearson", "spearman", "mae", "rmse")


@dataclass(frozen=True)
class NumberScores:
    """Figures of one model on the test rows: correlations from -1 to 1, errors in the unit of the column."""

    pearson: Interval
    spearman: Interval
    mae: Interval
    rmse: Interval


@dataclass(frozen=True)
class NumberReport:
    """How good a run is on its test rows, which it has never seen."""

    run: str
    verdict: Verdict
    pearson: Interval
    spearman: Interval  # its interval is that of the ranks among all test rows
    mae: Interval  # mean absolute error, in the unit of the column
    rmse: Interval  # root of the mean squared error, in the unit of the column
    baselines: dict[str, NumberScores]  # "mean" (of the training rows, always) and "tfidf"
    difference: Interval  # rmse of the best baseline minus that of the model: above 0, the model is closer
    test_rows: int
    column: str
    lowest: float  # true number of a test row
    highest: float

    @property
    def figures(self) -> dict[str, Interval]:
        """The figures with their intervals, by name."""
        return {name: getattr(self, name) for name in FIGURES}

    @property
    def metrics(self) -> dict[str, float]:
        """The figures by name."""
        return {name: figure.value for name, figure in self.figures.items()}


def build(run: str, model: Answers, baselines: Mapping[str, Answers]) -> NumberReport:
    """Measure answers of the same test rows in the same order."""
    tables = {
        name: resampled.error_table(answers.truth, answers.predicted)
        for name, answers in {"": model, **baselines}.items()
    }
    scores = {name: scores_of(answers) for name, answers in {"": model, **baselines}.items()}
    best = min(baselines, key=lambda name: scores[name].rmse.value)
    gains = {name: resampled.difference(tables[name], tables[""], resampled.rmse) for name in baselines}
    return NumberReport(
        run=run,
        verdict=judge(gains[best], gains[SIMPLEST]),
        **{name: getattr(scores[""], name) for name in FIGURES},
        baselines={name: scores[name] for name in baselines},
        difference=gains[best],
        test_rows=len(model.rows),
        column=model.labels[0],
        lowest=float(model.truth.min()),
        highest=float(model.truth.max()),
    )


def from_json(content: dict[str, Any]) -> NumberReport:
    """What ``dataclasses.asdict`` of a report was."""
    figures = {name: Interval(**content[name]) for name in (*FIGURES, "difference")}
    baselines = {
        name: NumberScores(**{figure: Interval(**its) for figure, its in scores.items()})
        for name, scores in content["baselines"].items()
    }
    return NumberReport(**{**content, **figures, "baselines": baselines})


def scores_of(answers: Answers) -> NumberScores:
    """Figures of answers that are numbers."""
    from scipy.stats import rankdata  # here, because pages read reports, and it takes a second to load

    true, said = answers.truth, answers.predicted
    errors = resampled.error_table(true, said)
    return NumberScores(
        resampled.interval(resampled.moment_table(said, true), resampled.correlation),
        resampled.interval(resampled.moment_table(rankdata(said), rankdata(true)), resampled.correlation),
        resampled.interval(errors, resampled.mae),
        resampled.interval(errors, resampled.rmse),
    )
