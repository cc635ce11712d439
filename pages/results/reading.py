"""The section of a report about texts alone: a few texts, and what this model and its base say to them. Not a page."""

import streamlit as st

from pages.components import sentences_reading
from pages.components.text import plain, show_note, show_section, show_text, t
from pipeline.evaluation.pretraining_report import PretrainingReport
from pipeline.runs.surprise import ShownText, load_shown
from pipeline.runs.texts import BASE
from pipeline.settings import workspace


def show_reading(report: PretrainingReport) -> None:
    """A few validation texts: how both models go on with them, or what they guess in them."""
    texts = load_shown(workspace().runs / report.run)
    if not texts:
        return
    if report.foretells:
        show_section(
            t("How it goes on with texts"),
            t("The first words of validation rows, and what the models write after them. There is no right answer."),
        )
    else:
        show_section(
            t("What it guesses"),
            t("Validation rows with words hidden, and what the models hold likeliest there, in the same order."),
        )
    for number, text in enumerate(texts):
        _show(number, text, report.foretells)


def _show(number: int, text: ShownText, foretells: bool) -> None:
    with st.container(border=True, key=f"shown-{number}"):
        show_note(t("Row {row}", row=f"{text.row + 1:,}"))
        show_text(text.asked + (" …" if foretells else ""))
        first = t("How it goes on in the file") if foretells else t("Hidden words")
        for place, name, words in zip(
            st.columns(3, gap="medium"),
            (first, t(sentences_reading.BASELINES[BASE]), t("This model")),
            (text.truth, text.base, text.said),
            strict=True,
        ):
            with place:
                st.markdown(f"**{plain(name)}**")
                show_text(words or "–")
