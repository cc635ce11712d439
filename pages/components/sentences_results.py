"""What a report means, in words: reads its figures, returns translated sentences. No Streamlit, no figures."""

from pages.components.sentences import percent, verdict
from pages.components.text import t
from pipeline.errors import N_
from pipeline.evaluation.report import Report
from pipeline.metrics.intervals import Interval

BASELINES = {"majority": N_("Most frequent label"), "tfidf": N_("TF-IDF + logistic regression")}
USABLE = ("beyond_baseline", "not_distinguishable")  # verdicts with which one may go on to use the model
NEXT = {
    "beyond_baseline": N_("It is ready to use. Let it fill the blank labels, and read what it gets wrong."),
    "not_distinguishable": N_(
        "It can be used; a simple method would do as well on these rows. More labelled rows or the preset Best may set "
        "it apart."
    ),
    "worse": N_("Do not use it as it is. Train again with the preset Best or another base model, or label more rows."),
    "nothing_learned": N_(
        "Do not use it. Read the wrong rows: can the text tell the label at all, and are the labels right?"
    ),
}


def headline(report: Report) -> str:
    """The first line of the page: the score and what it is worth."""
    return t(
        "{accuracy} of the texts get the right label. {verdict}",
        accuracy=percent(report.accuracy.value),
        verdict=verdict(report.verdict),
    )


def grounds(report: Report) -> str:
    """What the first line rests on: the interval, the test rows, the best baseline and the difference to it."""
    best = max(report.baselines, key=lambda name: report.baselines[name].accuracy.value)
    return t(
        "Measured on {rows} test rows that it has never seen; 95% interval {interval}. {baseline}: {score}. "
        "The difference is {difference} percentage points (95% interval {low} to {high}).",
        rows=f"{report.test_rows:,}",
        interval=interval(report.accuracy),
        baseline=t(BASELINES[best]),
        score=percent(report.baselines[best].accuracy.value),
        difference=f"{report.difference.value * 100:+.1f}",
        low=f"{report.difference.low * 100:+.1f}",
        high=f"{report.difference.high * 100:+.1f}",
    )


def interval(value: Interval) -> str:
    """The ends of an interval of fractions."""
    return f"{percent(value.low)} – {percent(value.high)}"


def against_baselines(report: Report, measure: str) -> str:
    """What the figure of ``measure`` ("accuracy" or "macro_f1") shows, for readers who do not see it."""
    ours: Interval = getattr(report, measure)
    others = ", ".join(
        f"{t(BASELINES[name])} {percent(getattr(scores, measure).value)}" for name, scores in report.baselines.items()
    )
    return t(
        "This model {ours} ({interval}); {others}", ours=percent(ours.value), interval=interval(ours), others=others
    )


def confusion(report: Report) -> str:
    """What the confusion matrix shows, for readers who do not see it."""
    right = sum(report.confusion[index][index] for index in range(len(report.labels)))
    return t(
        "Confusion matrix: for {right} of {rows} test rows the predicted label is the true one.",
        right=f"{right:,}",
        rows=f"{report.test_rows:,}",
    )
