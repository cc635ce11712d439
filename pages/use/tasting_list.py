"""Tastings that are kept, each with the way to it. Not a page."""

from datetime import datetime

import streamlit as st

from pages.components import state
from pages.components.text import plain, show_section, t, tn
from pages.use.tasting_room import TASTING
from pipeline.actions.tasting import Tasting, door_of, is_over, list_tastings, tally
from pipeline.i18n import spoken_day


def show_list() -> None:
    """All tastings, the newest first; nothing where there is none."""
    tastings = list_tastings()
    if not tastings:
        return
    show_section(t("Tastings so far"))
    for tasting in tastings:
        if st.button(plain(_words(tasting)), icon=_icon(tasting.id), type="tertiary", key=f"tasting-{tasting.id}"):
            st.query_params[TASTING] = tasting.id
            st.rerun()


def _words(tasting: Tasting) -> str:
    day = spoken_day(datetime.fromisoformat(tasting.created).date(), state.language())
    # In the order of the alphabet: that of the tasting would say which one is A.
    first, second = sorted(tasting.models)
    names = t("{first} and {second}", first=first, second=second)
    votes = tn("{n} vote", "{n} votes", tally(tasting).together.total)
    return f"{names} · {day} · {votes}"


def _icon(tasting_id: str) -> str:
    if is_over(tasting_id):
        return ":material/check_circle:"
    return ":material/sensors:" if door_of(tasting_id) else ":material/pending:"
