"""The figures of a judgement, each with its coverage and its words. Not a page."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from pages.components import figures_judge, figures_results, sentences_judged
from pages.components.figures_judge import Series
from pages.components.sentences import percent
from pages.components.text import plain, show_figure, show_note, show_section, t
from pipeline.judge.judgement import Judgement
from pipeline.judge.summary import Slice, Summary
from pipeline.metrics.intervals import Interval

WRITTEN = {"score100": ".1f", "rubric": ".2f", "pairwise": ".0%"}  # d3 format of a figure of each mode


def show_figures(judgement: Judgement, found: Summary) -> None:
    """What there is to see of this way of judging."""
    if found.duel:
        _show_duel(judgement, found)
    else:
        _show_means(judgement, found)
        _show_spread(judgement, found)
        if judgement.spec.mode == "rubric":
            _show_criteria(judgement, found)
    if found.slices:
        _show_slices(judgement, found)


def _show_means(judgement: Judgement, found: Summary) -> None:
    """Each mean with its interval and, beside it, how many answers it is over."""
    mode = judgement.spec.mode
    columns = st.columns(max(2, len(found.standings) + (found.difference is not None)), gap="large")
    for place, one in zip(columns, reversed(found.standings), strict=False):
        with place:
            mean = "–" if one.mean is None else sentences_judged.said().figure(one.mean.value, mode)
            st.metric(plain(one.name), f"{mean} / {found.scale[1]:g}")
            if one.mean is not None:
                show_note(_ends(one.mean, lambda value: sentences_judged.said().figure(value, mode)))
            show_note(sentences_judged.said().coverage(one))
    if found.difference is not None:
        with columns[-1]:
            st.metric(t("Difference"), sentences_judged.said().signed(found.difference.value, mode))
            show_note(_ends(found.difference, lambda value: sentences_judged.said().signed(value, mode)))
            if found.done and not sentences_judged.said().usable(found):
                show_note(t("not usable: too much is missing"))


def _ends(value: Interval, written: Callable[[float], str]) -> str:
    return t("95% interval {low} to {high}", low=written(value.low), high=written(value.high))


def _show_duel(judgement: Judgement, found: Summary) -> None:
    duel = found.duel
    assert duel is not None
    first, second = (one.name for one in judgement.material.contestants)
    said = sentences_judged.said().duel(duel, judgement)
    show_section(t("Pair by pair"), said)
    names = [
        t("{name} is better", name=second),
        t("tie"),
        t("{name} is better", name=first),
        t("Win rate"),
    ]
    show_figure(figures_judge.duel(names, (duel.wins, duel.ties, duel.losses), duel.rate), alt=said, key="duel")
    if duel.rate is not None:
        show_note(
            t(
                "Win rate of {name}: {rate}, 95% interval {low} to {high}; {coverage}",
                name=second,
                rate=percent(duel.rate.value),
                low=percent(duel.rate.low),
                high=percent(duel.rate.high),
                coverage=sentences_judged.said().duel_coverage(duel),
            )
        )


def _show_spread(judgement: Judgement, found: Summary) -> None:
    """How the scores are spread, and prompt by prompt how far the two are apart."""
    names = [one.name for one in found.standings]
    gains = [
        scores[1] - scores[0]
        for one in found.items
        if len(scores := one.scores) == 2 and scores[0] is not None and scores[1] is not None
    ]
    places = st.columns(2, gap="large") if gains else [st.container()]
    with places[0]:
        show_section(t("How the scores are spread"))
        show_figure(
            figures_judge.distribution(
                names, [one.scores for one in found.standings], found.scale, score=t("Score"), answers=t("Answers")
            ),
            alt=sentences_judged.said().standings(judgement, found),
            key="spread",
        )
    if gains:
        with places[1]:
            said = sentences_judged.said().differences(judgement, found)
            show_section(t("Prompt by prompt"))
            title = t("Difference of the two scores")
            figure = figures_results.errors(np.asarray(gains), title=title, rows=t("Prompts"))
            figure.update_layout(height=figures_judge.HEIGHT)
            show_figure(figure, alt=said, key="gains")
            show_note(said)


def _show_criteria(judgement: Judgement, found: Summary) -> None:
    criteria = [one.name for one in judgement.spec.rubric.criteria]
    series = [Series(one.name, tuple(one.criteria.get(name) for name in criteria)) for one in found.standings]
    show_section(t("By criterion"), t("Means with their 95% intervals, on the scale from 1 to 5."))
    show_figure(
        figures_judge.bars(criteria, series, found.scale, ".2f"),
        alt=_lines(criteria, series, judgement),
        key="criteria",
    )
    if found.criteria_differences:
        mode = judgement.spec.mode
        parts = [
            f"{name} {sentences_judged.said().signed_span(one, mode)}"
            for name, one in found.criteria_differences.items()
        ]
        show_note(t("Differences: {differences}", differences=" · ".join(parts)))


def _lines(names: list[str], series: list[Series], judgement: Judgement) -> str:
    """All figures of a chart, for readers who do not see it."""
    mode = judgement.spec.mode
    return "; ".join(
        f"{name}, {its.name}: {sentences_judged.said().span(value, mode)}"
        for place, name in enumerate(names)
        for its in series
        if (value := its.values[place]) is not None
    )


def _show_slices(judgement: Judgement, found: Summary) -> None:
    mode, last = judgement.spec.mode, judgement.material.contestants[-1].name
    heads = {"length": t("By the length of the request"), "group": t("By group")}
    title = t("Win rate of {name}", name=last) if found.duel else t("Mean score of {name}", name=last)
    show_section(t("For which requests"), title)
    kinds = [by for by in heads if any(one.by == by for one in found.slices)]
    for place, by in zip(st.columns(len(kinds), gap="large"), kinds, strict=True):
        its = [one for one in found.slices if one.by == by]
        names = [t("{name} ({n})", name=sentences_judged.said().slice_name(one), n=f"{one.items:,}") for one in its]
        series = [Series(last, tuple(one.figure for one in its))]
        with place:
            show_note(heads[by])
            show_figure(
                figures_judge.dots(
                    names, series, found.scale, WRITTEN[mode], sentences_judged.EVEN if found.duel else None
                ),
                alt=_lines(names, series, judgement),
                key=f"slices-{by}",
            )
            _show_differences(its, judgement)


def _show_differences(slices: list[Slice], judgement: Judgement) -> None:
    said, mode = sentences_judged.said(), judgement.spec.mode
    parts = [
        f"{said.slice_name(one)} {said.signed_span(one.difference, mode)}"
        for one in slices
        if one.difference is not None
    ]
    if parts:
        show_note(t("Differences: {differences}", differences=" · ".join(parts)))
