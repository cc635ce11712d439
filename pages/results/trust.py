"""How far to trust a judge: its verdicts beside people's, and what sways it. Not a page."""

import streamlit as st

from pages.components import sentences_trust as sentences
from pages.components.figures_results import ScoreBar, against_baselines, percent
from pages.components.navigation import link
from pages.components.text import (
    plain,
    show_figure,
    show_line,
    show_note,
    show_section,
    show_success,
    show_text,
    show_warning,
    t,
    tn,
)
from pipeline.judge.bias import BiasReport
from pipeline.judge.judgement import Judgement
from pipeline.judge.trust import COIN, Disagreement, TrustReport

JUDGEMENT = "judgement"  # parameter in the URL of the page of ratings
AT_ONCE = 5  # disagreements of one page
LONG, BOX = 600, 320  # characters from which on a text scrolls in a box of so many pixels
SHOWN = {"chance": show_warning, "weak": show_warning, "good": show_success, "like_people": show_success}


def show_trust(judgement: Judgement, report: TrustReport) -> None:
    """Whether the judge says what people say: the sentence, the figures, and where they differ most."""
    show_section(t("How far to trust this judge"), sentences.grounds(report))
    if report.raters:
        SHOWN.get(report.verdict, show_line)(sentences.headline(report))
        if words := sentences.ceiling(report):
            show_line(words)
    link("results/rating.py", t("Rate answers"), **{JUDGEMENT: judgement.id})
    if report.compared:
        _show_figures(report)
        _show_disagreements(judgement, report)


def show_bias(judgement: Judgement, report: BiasReport) -> None:
    """What sways the judge that should not, one sentence each."""
    show_section(
        t("What sways this judge"),
        help=t("Good judges look at what is said: not at its place, its length, whose it is, or what it demands."),
    )
    for words in sentences.biases(judgement, report):
        show_line(words)


def _show_figures(report: TrustReport) -> None:
    bars = _bars(report)
    if bars:
        written = percent if report.pairs else (lambda value: f"{value:.2f}")
        show_figure(against_baselines(bars, written), alt=sentences.ceiling(report) or sentences.headline(report))
    st.dataframe(
        {
            t("Figure"): [name for name, _, _ in sentences.figures(report)],
            t("Value (95% interval)"): [
                sentences.figure(value, share=value in (report.agreed.accuracy, report.agreed.preferred))
                for _, value, _ in sentences.figures(report)
            ],
            t("What it means"): [note for _, _, note in sentences.figures(report)],
        },
        hide_index=True,
        alt=t("Agreement of the judge and people"),
    )
    if report.people and (words := sentences.alpha(report.people)):
        show_note(words)


def _bars(report: TrustReport) -> list[ScoreBar]:
    """The judge beside people and beside a coin."""
    main = report.agreed.accuracy if report.pairs else report.agreed.spearman
    bars = []
    if report.people is not None:
        judge, people = report.people.judge, report.people.between
        bars.append(ScoreBar(t("Judge with one person"), judge.value, judge.low, judge.high, ours=True))
        bars.append(ScoreBar(t("One person with another"), people.value, people.low, people.high, ours=False))
    elif main is not None:
        bars.append(ScoreBar(t("Judge with people"), main.value, main.low, main.high, ours=True))
    found = report.agreed.preferred
    if found is not None:
        bars.append(ScoreBar(t("Preferred answer found"), found.value, found.low, found.high, ours=True))
        bars.append(ScoreBar(t("Coin"), COIN, COIN, COIN, ours=False))
    return bars


def _show_disagreements(judgement: Judgement, report: TrustReport) -> None:
    if not report.disagreements:
        return
    show_section(t("Where judge and people disagree most"))
    pages = -(-len(report.disagreements) // AT_ONCE)
    page = st.pagination(pages, key="disagreements") if pages > 1 else 1
    for one in report.disagreements[(page - 1) * AT_ONCE : page * AT_ONCE]:
        _show_disagreement(judgement, one, pairs=report.pairs)


def _show_disagreement(judgement: Judgement, one: Disagreement, *, pairs: bool) -> None:
    item, contestants = judgement.material.items[one.item], judgement.material.contestants
    with st.container(border=True):
        show_section(t("Row {row}", row=f"{item.row + 1:,}"), _difference(judgement, one, pairs=pairs))
        show_answer(t("Asked"), item.asked)
        shown = range(len(contestants)) if pairs else [one.contestant]
        told = [(contestants[who].name, item.answers[who]) for who in shown]
        told += [(t("Right answer"), item.reference)] if item.reference else []
        for place, (name, text) in zip(st.columns(len(told), gap="medium"), told, strict=True):
            with place:
                show_answer(name, text)
        if one.reason:
            show_answer(t("The judge's reason"), one.reason)


def _difference(judgement: Judgement, one: Disagreement, *, pairs: bool) -> str:
    if pairs:
        people, judge = (sentences.said_of_pair(judgement, winner) for winner in (one.people, one.judge))
        return t("Better for people: {people}. For the judge: {judge}.", people=people, judge=judge)
    return tn(
        "People: {people}. Judge: {judge}. {n} point apart.",
        "People: {people}. Judge: {judge}. {n} points apart.",
        round(one.apart),
        people=f"{one.people:.4g}",
        judge=f"{one.judge:.4g}",
    )


def show_answer(name: str, text: str) -> None:
    """A text under its name; a long one scrolls in a box of its own. ``name`` may come from outside."""
    st.markdown(f"**{plain(name)}**")
    if not text.strip():
        show_note(t("(nothing)"))
        return
    with st.container(height=BOX if len(text) > LONG else "content", border=False):
        show_text(text)
