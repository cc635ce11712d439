"""From what a judge prefers to a model that learns it. Not a page."""

import streamlit as st

from pages.components import state
from pages.components.navigation import go
from pages.components.text import show_error, show_note, t, tn
from pipeline.actions.preferences import bring_judged, judged_preferences
from pipeline.errors import TuneDeskError
from pipeline.judge.judgement import Judgement
from pipeline.judge.summary import Summary

# Fewer can hardly be divided into training, validation and test.
FEWEST_TO_LEARN = 10


def offer_learning(judgement: Judgement, found: Summary) -> None:
    """Once there are enough preferences, the way to a model that learns them (DPO)."""
    count = len(judged_preferences(judgement, found))
    if count < FEWEST_TO_LEARN:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        show_note(
            tn("In {n} prompt the judge prefers one answer.", "In {n} prompts the judge prefers one answer.", count)
        )
        if st.button(
            t("Teach a model these preferences"), icon=":material/school:", type="tertiary", key="judge-learn"
        ):
            try:
                source = bring_judged(judgement, found)
            except TuneDeskError as error:
                show_error(error)
            else:
                state.choose_source(source.id)
                go("data/read.py")
