"""How it is judged: a score, a rubric, or which of two answers is better; and the rubric to edit. Not a page."""

import pandas as pd
import streamlit as st

from pages.components import sentences_judged, state
from pages.components.text import show_error, show_note, t
from pages.results.judge_material import Picked
from pipeline.errors import TuneDeskError
from pipeline.i18n import LANGUAGES
from pipeline.judge.rubric import HIGH, LOW, SHIPPED, Criterion, Rubric
from pipeline.judge.spec import MODES, Mode

_UNDONE = "judge-rubric-undone"  # session key: how often the shipped rubric was brought back; part of the table's key


def pick_way(picked: Picked | None) -> Mode:
    """One of three; of pairs it is said what is missing where there is only one answer."""
    mode: Mode = st.radio(
        t("How"),
        MODES,
        format_func=lambda one: t(sentences_judged.MODES[one]),
        captions=[t(sentences_judged.MODE_HELP[one]) for one in MODES],
        label_visibility="collapsed",
        key="judge-mode",
        persist_state="session",
    )
    if mode == "pairwise" and picked and len(picked.material.contestants) < 2:
        show_note(t("Choose above what to compare with."))
    return mode


def pick_rubric(mode: Mode) -> Rubric | None:
    """The rubric as it was edited, and in other ways only its language; None where it cannot be used, which is said."""
    own = state.language()
    language = st.selectbox(
        t("Language in which the judge is asked"),
        list(SHIPPED),
        list(SHIPPED).index(own) if own in SHIPPED else 0,
        format_func=lambda one: LANGUAGES[one],
        key="judge-language",
        width=340,
        help=t("Best the language of the answers."),
        persist_state="session",
    )
    shipped = SHIPPED[language]
    if mode != "rubric":
        return shipped
    show_note(
        t(
            "Each line is a criterion, scored from {low} to {high}. Say in it what the best and the worst score mean.",
            low=LOW,
            high=HIGH,
        )
    )
    edited = st.data_editor(
        pd.DataFrame([{"name": one.name, "question": one.question} for one in shipped.criteria]),
        num_rows="dynamic",
        hide_index=True,
        column_config={
            "name": st.column_config.TextColumn(t("Criterion"), width="small", required=True),
            "question": st.column_config.TextColumn(t("What the judge is asked"), width="large", required=True),
        },
        key=f"judge-rubric-{language}-{st.session_state.get(_UNDONE, 0)}",
        alt=t("The criteria of the rubric, which can be changed"),
    )
    try:
        rubric = rubric_of(edited, language)
    except TuneDeskError as error:
        show_error(error)
        rubric = None
    if rubric != shipped:
        st.button(
            t("Back to the shipped rubric"), icon=":material/undo:", type="tertiary", key="judge-undo", on_click=_undo
        )
    return rubric


def rubric_of(edited: pd.DataFrame, language: str) -> Rubric:
    """The lines of the table that hold something. Raises SettingError where they make no rubric."""
    lines = [[str(cell).strip() for cell in line] for line in edited.fillna("")[["name", "question"]].to_numpy()]
    return Rubric(language, tuple(Criterion(*line) for line in lines if any(line)))


def _undo() -> None:
    st.session_state[_UNDONE] = st.session_state.get(_UNDONE, 0) + 1
