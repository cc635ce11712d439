"""Playground: what does a model write? Talk to one, or to two side by side with the same settings."""

import contextlib
from datetime import UTC, datetime, timedelta

import streamlit as st

from pages.components import state
from pages.components.files import safe_name
from pages.components.navigation import link
from pages.components.text import show_error, show_heading, show_note, t
from pages.use import demo_prompts
from pages.use.partners import pick_partners, show_missing, show_nobody
from pages.use.sampling_form import show_settings
from pages.use.talking import show_talk
from pages.use.transcript import as_html
from pipeline.actions.talk import Talk, find_talk, new_talk
from pipeline.actions.write import LABELS, what_can_label, what_can_write
from pipeline.errors import TuneDeskError

TALK = "talk"  # session key and parameter in the URL: a refresh finds the conversation again
LARGE = "playground-large"


def current_talk() -> Talk | None:
    """The conversation that the URL or this session names; None before the first message."""
    asked = st.query_params.get(TALK) or st.session_state.get(TALK) or ""
    talk = find_talk(asked) if asked else None
    if talk:
        st.session_state[TALK] = st.query_params[TALK] = talk.id
    elif asked:
        forget()
        show_note(t("The earlier conversation is gone: it is kept only as long as the server runs."))
    return talk


def forget() -> None:
    """From now on this session has no conversation."""
    st.session_state.pop(TALK, None)
    st.query_params.pop(TALK, None)


def local_time() -> datetime:
    """Now, on the reader's clock."""
    return datetime.now(UTC) - timedelta(minutes=st.context.timezone_offset or 0)


writers, labellers = what_can_write(), what_can_label()
large = st.session_state.get(LARGE, False)
if not large:
    show_heading(
        t("What does the model write?"),
        t("A conversation stays on this server, in memory; a refresh keeps it, a restart of the server does not."),
    )
if not writers:
    show_nobody()
if not writers and not labellers:
    st.stop()

talk = current_talk()
chosen = ""
top = st.container(horizontal=True, vertical_alignment="center", key="playground-models")
# For a room everything is out of the way, behind one button each.
with top, st.popover(t("Models"), icon=":material/smart_toy:") if large else contextlib.nullcontext():
    partners = pick_partners((*writers, *labellers))
with top if large else st.container(horizontal=True, vertical_alignment="center", key="playground-controls"):
    with st.popover(t("Settings"), icon=":material/tune:"):
        asking = show_settings(next((one.family for one in partners if one.family != LABELS), "decoder"))
    with st.popover(t("Demo prompts"), icon=":material/bookmarks:"):
        chosen = demo_prompts.show_list(talk.exchanges[-1].asked if talk else "")
    if writers and not large:
        with st.popover(t("More models"), icon=":material/download:"):
            show_missing(primary=False)
    if len(partners) > 1 and not large:
        link("use/tasting.py")
    st.space("stretch")
    st.toggle(t("Presentation"), key=LARGE, help=t("Large type, for a room."), persist_state="session")

if talk:
    show_talk(talk, large=large)
    if not talk.writing:
        with st.container(horizontal=True, key="playground-after"):
            if st.button(
                t("Ask again"), icon=":material/refresh:", help=t("The same message, with the settings of now.")
            ):
                chosen = talk.take_back()
            if st.button(t("New conversation"), icon=":material/add_comment:"):
                forget()
                st.rerun()
            st.download_button(
                t("Download as a page"),
                data=as_html(talk, state.language(), local_time()),
                file_name=safe_name(t("Conversation"), ".html"),
                mime="text/html",
                icon=":material/download:",
                on_click="ignore",
                help=t("One HTML file with the whole conversation, to send or to print."),
            )
else:
    chosen = demo_prompts.show_suggestions() or chosen

typed = st.chat_input(t("Your message"), key="message", disabled=bool(talk and talk.writing))
message = (typed or chosen).strip()
if message:
    talk = talk or new_talk()
    st.session_state[TALK] = st.query_params[TALK] = talk.id
    try:
        talk.ask(message, partners, asking.sampling, system=asking.system, format=asking.format)
    except TuneDeskError as error:
        show_error(error)
    else:
        st.rerun()
