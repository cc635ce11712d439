"""What a report means, in words: reads its figures, returns translated sentences. No Streamlit, no figures."""

from collections.abc import Callable
from typing import Any

from pages.components import sentences_reading, sentences_texts
from pages.components.sentences import amount, errors, off, percent, verdict
from pages.components.text import t
from pipeline.errors import N_
from pipeline.evaluation.number_report import NumberReport
from pipeline.evaluation.pretraining_report import PretrainingReport
from pipeline.evaluation.report import ClassReport, Report
from pipeline.evaluation.set_report import SetReport
from pipeline.evaluation.written_report import WrittenReport
from pipeline.metrics.intervals import Interval

BASELINES = {"majority": N_("Most frequent label"), "tfidf": N_("TF-IDF + logistic regression")}
SET_BASELINES = {"majority": N_("Most frequent labels"), "tfidf": N_("TF-IDF + logistic regression")}
NUMBER_BASELINES = {"mean": N_("Always the mean"), "tfidf": N_("TF-IDF + ridge regression")}
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
    if isinstance(report, PretrainingReport):
        return sentences_reading.headline(report)
    if isinstance(report, WrittenReport):
        return sentences_texts.headline(report)
    judged = verdict(report.verdict, report.metrics)
    if isinstance(report, SetReport):
        return t(
            "The labels are found with a micro-F1 of {f1}. {verdict}", f1=percent(report.micro_f1.value), verdict=judged
        )
    if isinstance(report, NumberReport):
        return t(
            "On average {mae} off, on numbers from {lowest} to {highest}. {verdict}",
            mae=amount(report.mae.value),
            lowest=amount(report.lowest),
            highest=amount(report.highest),
            verdict=judged,
        )
    return t(
        "{accuracy} of the texts get the right label. {verdict}",
        accuracy=percent(report.accuracy.value),
        verdict=judged,
    )


def pictured(report: Report) -> str:
    """The score as rows that one can picture; "" for numbers, of which the headline says how far off they are.

    Of written answers how much the right ones surprise the model.
    """
    if isinstance(report, PretrainingReport):
        return sentences_reading.pictured(report)
    if isinstance(report, WrittenReport):
        return sentences_texts.surprise(report)
    if isinstance(report, NumberReport):
        return ""
    return errors(report.accuracy) if isinstance(report, ClassReport) else off(report.metrics)


def grounds(report: Report) -> str:
    """What the first line rests on: the interval, the test rows, the best baseline and the difference to it."""
    if isinstance(report, PretrainingReport):
        return sentences_reading.grounds(report)
    if isinstance(report, WrittenReport) and report.preferred is not None:
        return sentences_texts.preferences(report)
    rows = f"{report.test_rows:,}"
    if isinstance(report, NumberReport):
        nearest = min(report.baselines, key=lambda name: report.baselines[name].rmse.value)
        closer = report.difference
        if closer.value < 0:
            closer = Interval(-closer.value, -closer.high, -closer.low)
        figures = {
            "rows": rows,
            "interval": span(report.mae, amount),
            "baseline": baseline(report, nearest),
            "score": amount(report.baselines[nearest].mae.value),
            "difference": amount(closer.value),
            "low": amount(closer.low),
            "high": amount(closer.high),
        }
        if report.difference.value < 0:
            return t(
                "Measured on {rows} test rows that it has never seen; 95% interval {interval}. {baseline}: {score}. "
                "Where large errors count more (root mean square), it is {difference} further off (95% interval {low} "
                "to {high}).",
                **figures,
            )
        return t(
            "Measured on {rows} test rows that it has never seen; 95% interval {interval}. {baseline}: {score}. Where "
            "large errors count more (root mean square), it is {difference} closer (95% interval {low} to {high}).",
            **figures,
        )
    main = _main(report)
    best = max(report.baselines, key=lambda name: getattr(report.baselines[name], main).value)
    return t(
        "Measured on {rows} test rows that it has never seen; 95% interval {interval}. {baseline}: {score}. "
        "The difference is {difference} percentage points (95% interval {low} to {high}).",
        rows=rows,
        interval=span(getattr(report, main), percent),
        baseline=baseline(report, best),
        score=percent(getattr(report.baselines[best], main).value),
        difference=f"{report.difference.value * 100:+.1f}",
        low=f"{report.difference.low * 100:+.1f}",
        high=f"{report.difference.high * 100:+.1f}",
    )


def advice(report: Report) -> str:
    """What to do next with the model."""
    if isinstance(report, PretrainingReport):
        return t(sentences_reading.NEXT[report.verdict])
    return t((sentences_texts.NEXT if isinstance(report, WrittenReport) else NEXT)[report.verdict])


def _main(report: Report) -> str:
    if isinstance(report, WrittenReport):
        return "chrf"
    return "micro_f1" if isinstance(report, SetReport) else "accuracy"


def baseline(report: Report, name: str) -> str:
    """What a simple method, or the base model, is called beside this kind of report."""
    if isinstance(report, PretrainingReport):
        return t(sentences_reading.BASELINES[name])
    if isinstance(report, WrittenReport):
        return t(sentences_texts.BASELINES[name])
    if isinstance(report, NumberReport):
        return t(NUMBER_BASELINES[name])
    return t((SET_BASELINES if isinstance(report, SetReport) else BASELINES)[name])


def scores_of(report: Report) -> Any:
    """What holds the figures of this model by their names."""
    return report.scores if isinstance(report, PretrainingReport) else report


def span(value: Interval, written: Callable[[float], str]) -> str:
    """The ends of an interval."""
    return f"{written(value.low)} – {written(value.high)}"


def against_baselines(report: Report, measure: str, written: Callable[[float], str] = percent) -> str:
    """What the figure of ``measure`` (such as "accuracy") shows, for readers who do not see it."""
    ours: Interval = getattr(scores_of(report), measure)
    others = ", ".join(
        f"{baseline(report, name)} {written(getattr(scores, measure).value)}"
        for name, scores in report.baselines.items()
    )
    return t(
        "This model {ours} ({interval}); {others}",
        ours=written(ours.value),
        interval=span(ours, written),
        others=others,
    )


def confusion(report: ClassReport) -> str:
    """What the confusion matrix shows, for readers who do not see it."""
    right = sum(report.confusion[index][index] for index in range(len(report.labels)))
    return t(
        "Confusion matrix: for {right} of {rows} test rows the predicted label is the true one.",
        right=f"{right:,}",
        rows=f"{report.test_rows:,}",
    )
