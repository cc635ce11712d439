"""What the report of a model that writes means, in words. No Streamlit, no figures."""

from collections.abc import Sequence

from pages.components.sentences import percent, verdict
from pages.components.text import t
from pipeline.errors import N_
from pipeline.evaluation.said import SaidRow
from pipeline.evaluation.written_report import WrittenReport
from pipeline.runs.texts import BASE

BASELINES = {BASE: N_("Base model, untuned")}
NEXT = {
    "beyond_baseline": N_("It is ready to use. Read some of its answers first: a figure does not tell good style."),
    "not_distinguishable": N_("Read its answers beside those of the base model before you use it."),
    "worse": N_("Do not use it as it is. Train again with fewer epochs or a lower learning rate, or with more rows."),
    "nothing_learned": N_("Do not use it. Train again for longer, with more rows or another base model."),
}


def bits(value: float) -> str:
    """Bits a character, as people read them."""
    return f"{value:.2f}"


def headline(report: WrittenReport) -> str:
    """The first line of the page: how near its answers are, and what that is worth."""
    if report.preferred is not None:
        share = percent(report.preferred.value)
        return t(
            "It prefers the better answer in {share} of {n} test pairs. {verdict}",
            share=share,
            n=f"{report.test_rows:,}",
            verdict=verdict(report.verdict, report.metrics),
        )
    return t(
        "Its answers are {chrf} similar to the right ones. {verdict}",
        chrf=percent(report.chrf.value),
        verdict=verdict(report.verdict, report.metrics),
    )


def surprise(report: WrittenReport) -> str:
    """How surprising it finds the right answers, beside the base model."""
    figures = {
        "ours": bits(report.bits_per_character.value),
        "base": bits(report.baselines[BASE].bits_per_character.value),
    }
    gained = report.differences["bits_per_character"]
    if gained.low > 0:
        return t(
            "The right answers surprise it less than the base model: {ours} bits a character instead of {base}.",
            **figures,
        )
    if gained.high < 0:
        return t(
            "The right answers surprise it more than the base model: {ours} bits a character instead of {base}.",
            **figures,
        )
    return t(
        "The right answers surprise it about as much as the base model: {ours} bits a character, and {base}.", **figures
    )


def preferences(report: WrittenReport) -> str:
    """What the share of right preferences means; "" where the run has learned none."""
    if report.preferred is None:
        return ""
    return t(
        "By chance it would be half of them; 95% interval {low} – {high}. Below, its answers beside the better ones.",
        low=percent(report.preferred.low),
        high=percent(report.preferred.high),
    )


def row_by_row(rows: Sequence[SaidRow]) -> str:
    """In how many rows tuning has brought the answer nearer to the right one."""
    nearer, further = sum(row.gain > 0 for row in rows), sum(row.gain < 0 for row in rows)
    return t(
        "Nearer to the right answer than the base model in {nearer} of {rows} rows, further from it in {further}.",
        nearer=f"{nearer:,}",
        rows=f"{len(rows):,}",
        further=f"{further:,}",
    )


def likeness(row: SaidRow) -> str:
    """How similar the answers of one row are to the right one."""
    return t(
        "Similar to the right answer: {ours}, base model {base}", ours=percent(row.chrf), base=percent(row.base_chrf)
    )
