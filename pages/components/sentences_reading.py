"""What the report of a model that has learned from texts alone means, in words. No Streamlit, no figures."""

from pages.components.sentences import percent, verdict
from pages.components.text import t
from pipeline.errors import N_
from pipeline.evaluation.pretraining_report import PretrainingReport, ReadingScores
from pipeline.metrics.intervals import Interval
from pipeline.runs.texts import BASE

BASELINES = {BASE: N_("Base model, before")}
NEXT = {
    "beyond_baseline": N_("Keep it as a base model now, and train labels or instructions on it."),
    "not_distinguishable": N_("Train for longer or on more texts, or go on with the base model as it was."),
    "worse": N_("Go on with the base model as it was, or train again with fewer epochs or a lower learning rate."),
}


def number(value: float) -> str:
    """Bits a character, or a perplexity, as people read them."""
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def headline(report: PretrainingReport) -> str:
    """The first line of the page: what it knows of texts like these, and what that is worth."""
    judged = verdict(report.verdict, report.metrics)
    if report.foretells:
        return t(
            "Texts that it has not seen surprise it by {bits} bits a character. {verdict}",
            bits=number(report.metrics["bits_per_character"]),
            verdict=judged,
        )
    return t(
        "It guesses {share} of the hidden words right. {verdict}",
        share=percent(report.metrics["masked_accuracy"]),
        verdict=judged,
    )


def grounds(report: PretrainingReport) -> str:
    """What the first line rests on: the test rows, the base model, and the difference with its interval."""
    main, base = _main(report.scores), _main(report.baselines[BASE])
    if report.foretells:
        gained = report.differences["bits_per_character"]
        return t(
            "Measured on {rows} test rows that it has never seen, {tokens} tokens; 95% interval {low} – {high}. The "
            "base model: {base}. In its favour: {gain} bits (95% interval {least} to {most}).",
            rows=f"{report.test_rows:,}",
            tokens=f"{report.tokens:,}",
            low=number(main.low),
            high=number(main.high),
            base=number(base.value),
            gain=f"{gained.value:+.2f}",
            least=f"{gained.low:+.2f}",
            most=f"{gained.high:+.2f}",
        )
    gained = report.differences["masked_accuracy"]
    return t(
        "Measured on {tokens} hidden tokens of {rows} test rows that it has never seen; 95% interval {low} – {high}. "
        "The base model, asked for the same: {base}. The difference is {gain} percentage points (95% interval {least} "
        "to {most}).",
        rows=f"{report.test_rows:,}",
        tokens=f"{report.tokens:,}",
        low=percent(main.low),
        high=percent(main.high),
        base=percent(base.value),
        gain=f"{gained.value * 100:+.1f}",
        least=f"{gained.low * 100:+.1f}",
        most=f"{gained.high * 100:+.1f}",
    )


def pictured(report: PretrainingReport) -> str:
    """How sure it is of what is hidden, beside the base model."""
    return t(
        "At each token that it has to say it wavers as if among {ours} that are equally likely (perplexity); the base "
        "model among {base}.",
        ours=number(report.scores.perplexity.value),
        base=number(report.baselines[BASE].perplexity.value),
    )


def _main(scores: ReadingScores) -> Interval:
    found = scores.bits_per_character or scores.masked_accuracy
    assert found is not None
    return found
