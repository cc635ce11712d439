"""Blind tasting: which of two models do people prefer, when they do not know which is which?"""

import streamlit as st

from pages.components.text import show_error, show_heading, show_line, show_section, t
from pages.use.partners import show_missing, show_nobody
from pages.use.tasting_form import show_form, show_preparations
from pages.use.tasting_list import show_list
from pages.use.tasting_room import TASTING, show_tasting
from pipeline.actions.tasting import get_tasting
from pipeline.actions.write import what_can_write
from pipeline.errors import TuneDeskError

asked = st.query_params.get(TASTING, "")
if asked:
    try:
        tasting = get_tasting(asked)
    except TuneDeskError as error:
        show_error(error)
    else:
        show_tasting(tasting)
        st.stop()

show_heading(
    t("Which answers do people like better?"),
    t(
        "Two models answer the same prompts. People see both answers on their phones, without the names, and tap the "
        "better one. You see the votes come in."
    ),
)
writers = what_can_write()
if show_preparations():
    st.stop()
if len(writers) > 1:
    show_form(writers)
elif writers:
    with st.container(border=True):
        show_section(t("A tasting compares two models"))
        show_line(t("There is only one here that writes. Download another one, or train one."))
        show_missing(primary=True)
else:
    show_nobody()
show_list()
