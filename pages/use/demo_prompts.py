"""Demo prompts on the playground: use one, keep another, delete one that is not needed."""

import streamlit as st

from pages.components.text import plain, show_error, show_note, t
from pipeline.actions.prompts import add_prompt, delete_prompt, list_prompts
from pipeline.errors import TuneDeskError

SHORT = 90  # characters of a message on a button


def show_list(last: str) -> str:
    """The list, in a popover; returns the message that somebody has chosen, "" for none.

    Args:
        last: what was asked last: it can be kept.
    """
    prompts, chosen = list_prompts(), ""
    if not prompts:
        show_note(t("Messages that you keep here can be sent again with one click, by everybody who uses this server."))
    for prompt in prompts:
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(_short(prompt.text), key=f"use-{prompt.id}", type="tertiary", icon=":material/send:"):
                chosen = prompt.text
            st.space("stretch")
            if st.button(t("Delete"), key=f"drop-{prompt.id}", type="tertiary", icon=":material/delete:"):
                delete_prompt(prompt.id)
                st.rerun()
    with st.form("keep", border=False, clear_on_submit=True):
        text = st.text_area(t("A message to keep"), value=last, height=90)
        if st.form_submit_button(t("Keep"), icon=":material/bookmark_add:"):
            try:
                add_prompt(text)
            except TuneDeskError as error:
                show_error(error)
            else:
                st.rerun()
    return chosen


def show_suggestions() -> str:
    """Before anything was said: the demo prompts, else a few of ours; returns the one that was chosen, "" for none."""
    ours = (
        t("Write a friendly reply to a customer whose parcel is late."),
        t("Explain what a password manager is, in two sentences."),
        t("Turn this into a polite request: send me the invoice now."),
    )
    kept = [prompt.text for prompt in list_prompts()][:6]
    st.space("large")
    with st.container(horizontal_alignment="center"):
        show_note(t("Choose a message to begin with, or write one below."), width="content")
    with st.container(horizontal=True, horizontal_alignment="center", key="suggestions"):
        for place, text in enumerate(kept or ours):
            if st.button(_short(text), key=f"suggestion-{place}"):
                return text
    return ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return plain(line if len(line) <= SHORT else f"{line[: SHORT - 1]}…")
