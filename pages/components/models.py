"""Getting a base model onto this machine, from whatever page needs it."""

import streamlit as st

from pages.components import jobs, sentences
from pages.components.text import plain, show_error, show_note, show_section, t
from pipeline.actions.models import ModelCard, list_models, start_fetch
from pipeline.errors import TuneDeskError


def offer_starters() -> None:
    """Offer the starter models that are not here; draws nothing when all are."""
    missing = [card for card in list_models() if card.entry and card.entry.starter and card.state != "ready"]
    if not missing:
        return
    with st.container(border=True):
        show_section(t("Starter models to download"))
        show_note(t("TuneDesk trains on top of a model that already knows language. Download one to begin."))
        for card in missing:
            offer(card)


def offer(card: ModelCard, *, primary: bool = False) -> None:
    """One line about a model that is not here, and a button that fetches it, or how far that has come."""
    entry = card.entry
    if card.state == "fetching":
        show_note(t("{model} is being downloaded.", model=card.name))
        _watch(card.job)
        return
    if entry is None:
        return
    accepted = True
    if entry.must_accept:
        show_note(t("{model} comes under the licence {licence}.", model=card.name, licence=entry.licence))
        st.link_button(t("Read the licence"), entry.licence_url, icon=":material/open_in_new:")
        accepted = st.checkbox(t("I accept the licence"), key=f"accept-{card.name}")
    label = t("Download {model} ({size})", model=card.name, size=sentences.size(entry.download_bytes))
    if st.button(
        plain(label),
        key=f"fetch-{card.name}",
        icon=":material/download:",
        type="primary" if primary else "secondary",
        disabled=not accepted,
        help=plain(f"{t(entry.purpose)} {entry.licence}"),
    ):
        try:
            start_fetch(card.name, accepted_licence=accepted)
        except TuneDeskError as error:
            show_error(error)
        else:
            st.rerun()


def _watch(job_id: str) -> None:
    try:
        jobs.watch(job_id)
    except TuneDeskError as error:
        show_error(error)
