"""Who is asked on the playground: one model, or two side by side; and how to get one where there is none."""

from collections.abc import Sequence

import streamlit as st

from pages.components.models import offer
from pages.components.navigation import link
from pages.components.text import show_line, show_note, show_section, t
from pipeline.actions.write import LABELS, Partner, what_could_write
from pipeline.errors import N_

FIRST, SECOND, BESIDE = "playground-first", "playground-second", "playground-beside"
KINDS = {
    "decoder": N_("base model"),
    "encoder-decoder": N_("base model, rewrites texts"),
    LABELS: N_("trained run, gives a label"),
}


def pick_partners(found: Sequence[Partner]) -> tuple[Partner, ...]:
    """The choice of one model or two; ``found`` is not empty.

    A run that the URL or another page has named comes first.
    """
    keys = {_key(partner): partner for partner in found}
    beside = st.session_state.get(BESIDE, False) and len(found) > 1
    first = keys[_choose(FIRST, t("Model"), keys, 0)]
    second = keys[_choose(SECOND, t("Second model"), keys, 1)] if beside else None
    if len(found) > 1:
        st.toggle(
            t("Two side by side"),
            key=BESIDE,
            help=t("Both get the same messages, settings and seed."),
            persist_state="session",
        )
    return (first, second) if second else (first,)


def pick_two(found: Sequence[Partner], page: str) -> tuple[Partner, Partner]:
    """The choice of two models on another page, the playground's to begin with; ``found`` has at least two."""
    keys = {_key(partner): partner for partner in found}
    for ours, theirs in ((f"{page}-first", FIRST), (f"{page}-second", SECOND)):
        if ours not in st.session_state and theirs in st.session_state:
            st.session_state[ours] = st.session_state[theirs]
    first = _choose(f"{page}-first", t("Model"), keys, 0)
    return keys[first], keys[_choose(f"{page}-second", t("Beside it"), keys, 1)]


def show_missing(*, primary: bool) -> None:
    """The models that write and are not here, each with the way to get it."""
    for card in what_could_write():
        offer(card, primary=primary and bool(card.entry and card.entry.starter))
    show_note(t("Each model is described on the page Models, where you can also bring one as a folder or zip."))
    link("models.py")


def show_nobody() -> None:
    """No model that writes is here: what to do about it."""
    with st.container(border=True):
        show_section(t("There is no model here that writes"))
        show_line(t("Download one, or train one on instructions and answers of your own."))
        show_missing(primary=True)
        link("train/start.py", t("Train a model"))


def describe(partner: Partner) -> str:
    """What kind of model it is, in a few words."""
    if partner.kind == "run" and partner.family != LABELS:
        return t("trained run")
    return t(KINDS[partner.family])


def _choose(key: str, label: str, keys: dict[str, Partner], usual: int) -> str:
    if st.session_state.get(key) not in keys:
        st.session_state[key] = list(keys)[min(usual, len(keys) - 1)]
    chosen: str = st.selectbox(
        label,
        list(keys),
        format_func=lambda one: f"{keys[one].name} · {describe(keys[one])}",
        key=key,
        label_visibility="collapsed",
        icon=":material/smart_toy:",
        width=360,
        persist_state="session",
    )
    return chosen


def _key(partner: Partner) -> str:
    return f"{partner.kind}:{partner.id}"
