"""Judge: how good are the answers in the eyes of another model, and how far is that to be trusted?"""

import streamlit as st

from pages.components.text import show_error, show_heading, t
from pages.results.judge_form import show_form
from pages.results.judge_list import JUDGEMENT, show_list
from pages.results.judge_report import show_judgement
from pipeline.actions.judge import get_judgement
from pipeline.errors import JudgementNotFound, TuneDeskError

asked = st.query_params.get(JUDGEMENT, "")
if asked:
    try:
        judgement = get_judgement(asked)
    except TuneDeskError as error:
        show_error(error)
    else:
        try:
            show_judgement(judgement)
        except JudgementNotFound as error:  # somebody else has deleted it while it was drawn
            show_error(error)
        st.stop()

show_heading(
    t("Have another model judge the answers"),
    t("It reads each answer beside the request and says how good it is. How far to trust it, people's ratings show."),
)
show_form()
show_list()
