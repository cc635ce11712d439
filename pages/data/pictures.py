"""The figures beside the findings: labels, lengths, labels by group, blank cells. Each with a sentence that says it."""

from collections.abc import Sequence
from itertools import accumulate

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components import figures, sentences
from pages.components.text import show_figure, show_line, show_note, show_section, t, tn
from pages.data.overview import ENDLESS, TOKENS, Overview, by_group, missing, overview
from pipeline.check.finding import CheckFinding
from pipeline.check.spelling import visible
from pipeline.data.view import View

SCROLLING = 25  # labels; with more of them the figure scrolls in itself
SCROLLED_HEIGHT = 560  # pixels
MOST_COLUMNS = 20  # columns with blank cells that are drawn


def show_pictures(view: View, group: str, *, first: DeltaGenerator, others: DeltaGenerator) -> None:
    """All of them, the labels at the place ``first``; labels by ``group`` only where there is such a column."""
    found = overview(view)
    with first.container(border=True):
        if found.numbers:
            show_numbers(found.numbers)
        elif view.raw:
            _lengths(found, view)
        elif view.written:
            _answers(found)
        else:
            _labels(found)
    if not view.raw:
        with others.container(border=True):
            _lengths(found, view)
    if group and not view.written:
        with others.container(border=True):
            _groups(view, group)
    with others.container(border=True):
        _missing(view)


def group_column(view: View, findings: tuple[CheckFinding, ...]) -> str:
    """The column whose values belong together: the one that was chosen, else one that a finding proposes; or ""."""
    proposed = (remedy.view.group for finding in findings for remedy in finding.remedies)
    return view.group or next((column for column in proposed if column), "")


def _labels(found: Overview) -> None:
    from pages.components import figures_data  # Plotly takes a while to load: the findings stand there before

    counts = [(visible(label), rows) for label, rows in found.counts]
    (most, rows), (least, fewest) = counts[0], counts[-1]
    show_section(
        tn("{n} label", "{n} labels", len(found.counts)),
        t("Rows of each label, from {most} to {least}.", most=f"{rows:,}", least=f"{fewest:,}"),
    )
    with st.container(height=SCROLLED_HEIGHT if len(found.counts) > SCROLLING else "content", border=False):
        show_figure(
            figures_data.label_counts(counts, rows=t("Rows")),
            alt=t(
                "Rows of each label: {label} has the most, {rows}; {last} the fewest, {fewest}.",
                label=most,
                rows=rows,
                last=least,
                fewest=fewest,
            ),
        )
    if found.none_of_them:
        show_note(tn("{n} row has none of the labels.", "{n} rows have none of the labels.", found.none_of_them))


def show_numbers(numbers: Sequence[tuple[float, int]]) -> None:
    """How often numbers of each size are there; ``numbers`` ascending, each with its rows."""
    show_section(t("The numbers"), sentences.number_range(numbers))
    half, seen = sum(rows for _, rows in numbers) / 2, accumulate(rows for _, rows in numbers)
    middle = next(number for (number, _), so_far in zip(numbers, seen, strict=True) if so_far >= half)
    show_figure(
        figures.numbers(numbers, title=t("Number"), rows=t("Rows")),
        alt=t("How often numbers of each size are there; half of the rows have at most {n}.", n=f"{middle:g}"),
    )


def _answers(found: Overview) -> None:
    from pages.components import figures_data

    ordered = sorted(found.answers)
    middle, most = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.9))
    said = t("Half of them have at most {n} characters, 9 of 10 at most {most}.", n=f"{middle:,}", most=f"{most:,}")
    show_section(t("Length of the answers"), said)
    show_figure(
        figures_data.lengths(found.answers, limit=ENDLESS, title=t("Characters"), rows=t("Rows"), limit_name=""),
        alt=said,
        key="answers",
    )


def _lengths(found: Overview, view: View) -> None:
    from pages.components import figures_data

    written = view.written and not view.raw
    title = t("Instruction and answer together") if written else t("Length of the texts")
    show_section(title, _in_pieces(found) if view.raw else _cut_rows(found) if written else _cut(found))
    middle = sorted(found.lengths)[len(found.lengths) // 2] if found.lengths else 0
    show_figure(
        figures_data.lengths(
            found.lengths,
            limit=found.limit,
            title=t("Characters"),
            rows=t("Rows"),
            limit_name=t("{tokens} tokens, about {n} characters", tokens=found.tokens, n=f"{found.limit:,}"),
        ),
        alt=t("Instruction and answer together; half of the rows have at most {n} characters.", n=middle)
        if written
        else t("Length of the texts; half of them have at most {n} characters.", n=middle),
    )


def _cut(found: Overview) -> str:
    """How many texts are longer than what a model reads of one."""
    longer = sum(length > found.limit for length in found.lengths)
    limit = f"{found.limit:,}"
    if not longer:
        return t(
            "All of them fit into what a model reads of a text: {tokens} tokens, here about {n} characters.",
            tokens=TOKENS,
            n=limit,
        )
    return t(
        "{share} of them are longer than what a model reads of a text: {tokens} tokens, here about {n} characters.",
        share=sentences.percent(longer / len(found.lengths)),
        tokens=TOKENS,
        n=limit,
    )


def _in_pieces(found: Overview) -> str:
    """How many texts are longer than what a model reads at once; of these nothing is lost."""
    longer = sum(length > found.limit for length in found.lengths)
    return t(
        "{share} of them are longer than what a model reads at once ({tokens} tokens, here about {n} characters) and "
        "are read in pieces, to their end.",
        share=sentences.percent(longer / max(1, len(found.lengths))),
        tokens=found.tokens,
        n=f"{found.limit:,}",
    )


def _cut_rows(found: Overview) -> str:
    """How many instructions are, with their answers, longer than what a model learns of one."""
    longer = sum(length > found.limit for length in found.lengths)
    figures = {"tokens": found.tokens, "n": f"{found.limit:,}"}
    if not longer:
        return t(
            "All of them fit into what a model learns of a row: {tokens} tokens, here about {n} characters.", **figures
        )
    return t(
        "{share} of them are longer than what a model learns of a row: {tokens} tokens, here about {n} characters.",
        share=sentences.percent(longer / len(found.lengths)),
        **figures,
    )


def _groups(view: View, column: str) -> None:
    from pages.components import figures_data

    found = by_group(view, column)
    show_section(
        t("Labels by {column}", column=column),
        t("The darker a cell, the larger the share of its row that has this label."),
    )
    others = t("all others")
    show_figure(
        figures_data.by_group(
            found.table,
            [name or others for name in found.groups],
            [name or others for name in found.labels],
            group=column,
            label=t("Label"),
        ),
        alt=t("How the rows of each {column} spread over the labels.", column=column),
    )


def _missing(view: View) -> None:
    shares = missing(view.source)
    show_section(t("Blank cells"))
    if not shares:
        show_line(t("No column has blank cells."))
        return
    from pages.components import figures_data

    column, share = shares[0]
    show_note(t("Share of blank cells in the columns that have some."))
    show_figure(
        figures_data.missing(shares[:MOST_COLUMNS], title=t("Blank cells")),
        alt=t("Blank cells by column: {column} has the most, {share}.", column=column, share=sentences.percent(share)),
    )
