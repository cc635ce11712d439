"""Which of two answers is better: asked below them, kept, and the way to a model that learns it. Not a page."""

import streamlit as st

from pages.components import state
from pages.components.navigation import go
from pages.components.text import show_error, show_note, t, tn
from pipeline.actions.preferences import Preference, bring_preferences, list_preferences, prefer, take_back
from pipeline.actions.talk import Answer, Exchange
from pipeline.errors import TuneDeskError

LEFT, RIGHT = "left", "right"
# Fewer can hardly be divided into training, validation and test.
FEWEST_TO_LEARN = 10


def can_be_compared(exchange: Exchange, place: int) -> bool:
    """Whether both were asked the same: later on, each model goes on from its own answers."""
    answers = exchange.answers
    return place == 0 and len(answers) == 2 and all(answer.worth_remembering for answer in answers)


def show_vote(exchange: Exchange) -> None:
    """The question, with what was said so far; a click says it, another takes it back."""
    left, right = exchange.answers
    if left.text.strip() == right.text.strip():
        show_note(t("Both answers are the same."))
        return
    kept = {one.pair: one for one in list_preferences()}
    said = kept.get(_preference(exchange, left, right).pair)
    with st.container(horizontal=True, vertical_alignment="center", key="vote"):
        show_note(t("Which answer is better?"))
        for key, name, icon, better, worse in (
            (LEFT, t("The left one"), ":material/arrow_back:", left, right),
            (RIGHT, t("The right one"), ":material/arrow_forward:", right, left),
        ):
            chosen = said is not None and said.chosen == better.text
            st.button(
                name,
                icon=":material/check:" if chosen else icon,
                type="secondary" if chosen else "tertiary",
                key=f"vote-{key}",
                help=t("Said so. Click again to take it back.") if chosen else None,
                on_click=_say,
                args=(_preference(exchange, better, worse), chosen),
            )
    if kept:
        show_kept(len(kept))


def _say(preference: Preference, said: bool) -> None:
    if said:
        take_back(preference.pair)
    else:
        prefer(preference)


def show_kept(count: int) -> None:
    """How many there are, and once there are enough, the way to learn from them."""
    words = tn("{n} preference is kept.", "{n} preferences are kept.", count)
    if count < FEWEST_TO_LEARN:
        show_note(words + " " + t("From {n} on, a model can learn from them.", n=FEWEST_TO_LEARN))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        show_note(words)
        if st.button(t("Teach a model these preferences"), icon=":material/school:", type="tertiary", key="learn"):
            try:
                source = bring_preferences()
            except TuneDeskError as error:
                show_error(error)
            else:
                state.choose_source(source.id)
                go("data/read.py")


def _preference(exchange: Exchange, better: Answer, worse: Answer) -> Preference:
    return Preference(exchange.asked, better.text, worse.text, better.partner.name, worse.partner.name)
