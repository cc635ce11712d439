"""The scores of a run beside those of the simple methods, on the same rows: the first section of every report."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.components import figures_results, sentences_reading, sentences_results, sentences_texts
from pages.components.sentences import amount, percent
from pages.components.text import show_figure, show_section, t
from pipeline.errors import N_
from pipeline.evaluation.number_report import NumberReport
from pipeline.evaluation.pretraining_report import PretrainingReport
from pipeline.evaluation.report import Report
from pipeline.evaluation.set_report import SetReport
from pipeline.evaluation.written_report import WrittenReport
from pipeline.metrics.intervals import Interval


def correlation(value: float) -> str:
    """A correlation as people read it."""
    return f"{value:.2f}"


@dataclass(frozen=True)
class Measure:
    """A figure of a report: its field, its title and what it says (gettext ids), and how it is written."""

    field: str
    title: str
    note: str
    written: Callable[[float], str] = percent
    open_ended: bool = False  # an error in the unit of the column, which has no largest value; less is better


MACRO_F1 = Measure(
    "macro_f1", N_("Macro-F1"), N_("The mean over the classes, a rare one counting as much as a frequent one.")
)
OF_CLASSES = (Measure("accuracy", N_("Accuracy"), N_("How many of 100 rows get the right label.")), MACRO_F1)
OF_SETS = (
    Measure(
        "micro_f1", N_("Micro-F1"), N_("Labels found and labels rightly given, over all rows and labels together.")
    ),
    Measure("macro_f1", N_("Macro-F1"), N_("The mean over the labels, a rare one counting as much as a frequent one.")),
    Measure(
        "exact_match", N_("All labels right"), N_("How many of 100 rows have every label right and none too many.")
    ),
)
OF_NUMBERS = (
    Measure(
        "pearson",
        N_("Correlation (Pearson)"),
        N_("1: predictions rise and fall exactly as the numbers do. 0: nothing to do with them."),
        correlation,
    ),
    Measure("spearman", N_("Rank correlation (Spearman)"), N_("The same of the order alone."), correlation),
    Measure("mae", N_("Mean error"), N_("How far off a prediction is on average. Less is better."), amount, True),
    Measure(
        "rmse",
        N_("Root mean squared error"),
        N_("As the mean error, but large errors count more. Less is better."),
        amount,
        True,
    ),
)
OF_TEXTS = (
    Measure(
        "chrf",
        N_("Similarity to the right answers (chrF)"),
        N_("Runs of up to six characters that both have. 100% would be the right answers themselves."),
    ),
    Measure(
        "bits_per_character",
        N_("Surprise at the right answers (bits a character)"),
        N_("Less is better: with one bit less, each character of the right answers is twice as likely to it."),
        sentences_texts.bits,
        True,
    ),
    Measure("rouge_l", N_("Words in common (ROUGE-L)"), N_("Words that both have, in the same order.")),
    Measure("exact_match", N_("Right word for word"), N_("How many of 100 answers are exactly the right one.")),
)


OF_READING = (
    Measure(
        "bits_per_character",
        N_("Surprise at texts (bits a character)"),
        N_("Less is better: with one bit less, each character of a text is twice as likely to it."),
        sentences_reading.number,
        True,
    ),
    Measure(
        "masked_accuracy",
        N_("Hidden words guessed right"),
        N_("Of the tokens that were hidden, the same ones for both models, how many each guesses."),
    ),
    Measure(
        "perplexity",
        N_("Perplexity"),
        N_("Among how many tokens it wavers, as it were, at each that it has to say. Less is better."),
        sentences_reading.number,
        True,
    ),
)


def show_scores(report: Report) -> None:
    """Every figure with its interval, this model on top."""
    measures = OF_CLASSES
    if isinstance(report, PretrainingReport):
        measures = tuple(measure for measure in OF_READING if measure.field in report.figures)
    elif isinstance(report, SetReport):
        measures = OF_SETS
    elif isinstance(report, NumberReport):
        measures = OF_NUMBERS
    elif isinstance(report, WrittenReport):
        measures = OF_TEXTS
    with st.grid(2 if len(measures) != len(OF_SETS) else 3, min_column_width=300, gap="large"):
        for measure in measures:
            with st.container():
                show_section(t(measure.title), t(measure.note))
                _show_bars(report, measure)


def _show_bars(report: Report, measure: Measure) -> None:
    bars = [_bar(t("This model"), getattr(sentences_results.scores_of(report), measure.field), ours=True)]
    others = [
        _bar(sentences_results.baseline(report, name), getattr(scores, measure.field), ours=False)
        for name, scores in report.baselines.items()
    ]
    bars += sorted(others, key=lambda bar: bar.value if measure.open_ended else -bar.value)
    show_figure(
        figures_results.against_baselines(bars, measure.written, open_ended=measure.open_ended),
        alt=sentences_results.against_baselines(report, measure.field, measure.written),
        key=f"score-{measure.field}",
    )


def _bar(name: str, value: Interval, *, ours: bool) -> figures_results.ScoreBar:
    return figures_results.ScoreBar(name, value.value, value.low, value.high, ours=ours)
