"""Preparing a tasting: two models, a few prompts, and the answers while they are written. Not a page."""

from collections.abc import Sequence

import streamlit as st

from pages.components.text import plain, show_error, show_note, show_problem, t, tn, told_apart
from pages.use.partners import pick_two
from pages.use.sampling_form import show_settings
from pages.use.tasting_room import TASTING
from pipeline.actions.prompts import list_prompts
from pipeline.actions.tasting import MOST_PROMPTS, Preparation, forget, preparations, prepare
from pipeline.actions.write import Partner
from pipeline.errors import TuneDeskError

PAGE = "tasting"
MINE = "tasting-preparation"  # session key: what this session has asked for
LOOK_SECONDS = 1.0
SHORT = 120  # characters of a prompt in a list


def show_form(writers: Sequence[Partner]) -> None:
    """The choice of models and prompts, and the button that has the answers written."""
    with st.container(horizontal=True, vertical_alignment="center", key="tasting-models"):
        partners = pick_two(writers, PAGE)
        with st.popover(t("Settings"), icon=":material/tune:"):
            asking = show_settings(partners[0].family, PAGE)
    kept = [prompt.text for prompt in list_prompts()]
    chosen = _pick_kept(kept) if kept else []
    typed = st.text_area(
        t("Prompts, one a line"),
        height=150,
        key="tasting-prompts",
        placeholder=t("Write a friendly reply to a customer whose parcel is late."),
        persist_state="session",
    )
    show_note(
        t("At most {limit} prompts: a room has patience for about five. Small models need a while.", limit=MOST_PROMPTS)
    )
    if st.button(t("Write the answers"), type="primary", icon=":material/edit_note:", key="prepare"):
        prompts = [*chosen, *typed.splitlines()]
        try:
            begun = prepare(partners, prompts, asking.sampling, system=asking.system, format=asking.format)
        except TuneDeskError as error:
            show_error(error)
        else:
            st.session_state[MINE] = begun.id
            st.rerun()


def show_preparations() -> bool:
    """Answers that are being written, or could not be; whether some are. Goes to the tasting that came of them."""
    writing = [one for one in preparations() if one.state == "writing"]
    for one in preparations():
        mine = one.id == st.session_state.get(MINE)
        if one.state == "done" and mine:
            forget(one.id)
            st.query_params[TASTING] = one.tasting
            st.rerun()
        if one.state == "failed" and mine:
            if one.error:
                show_error(one.error)
            else:
                show_problem(t("Something went wrong that should not have. It stands in the server's log."))
    for one in writing:
        _show_progress(one)
    return bool(writing)


@st.fragment(run_every=LOOK_SECONDS)
def _show_progress(preparation: Preparation) -> None:
    if preparation.state != "writing":
        st.rerun()
    words = tn(
        "{done} of {n} answer is written …", "{done} of {n} answers are written …", preparation.total,
        done=preparation.written,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(preparation.written / preparation.total, text=plain(words))
        st.button(t("Stop"), icon=":material/stop_circle:", key=f"stop-{preparation.id}", on_click=preparation.stop)


def _pick_kept(kept: list[str]) -> list[str]:
    names = told_apart({text: _short(text) for text in kept})  # two may begin alike
    return st.multiselect(
        t("Demo prompts"),
        kept,
        default=kept[:5],
        format_func=lambda text: names.get(text, text),
        key="tasting-kept",
        max_selections=MOST_PROMPTS,
        persist_state="session",
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"
