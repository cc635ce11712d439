"""Models: which base models are on this machine, and which can be fetched or brought?"""

import streamlit as st

from pages.components import sentences
from pages.components.bringing import show_bring
from pages.components.model_cards import show_cards
from pages.components.text import show_heading, show_note, show_section, t, tn
from pipeline.actions.models import ModelCard, list_models
from pipeline.actions.runs import list_runs
from pipeline.inference import client


def show_held(cards: tuple[ModelCard, ...]) -> None:
    """The models that people are talking to, with the memory that they take, and the way to free it."""
    held = client.held()
    if not held:
        return
    names = {run.id: run.name for run in list_runs()} | {card.name: card.name for card in cards}
    words = ", ".join(f"{names.get(one.name, one.name)} ({sentences.size(one.bytes)})" for one in held)
    show_section(t("In memory"), t("Models that were asked lately: loaded once, they answer at once."))
    with st.container(horizontal=True, vertical_alignment="center"):
        show_note(words)
        st.button(
            t("Free the memory"),
            icon=":material/eject:",
            type="tertiary",
            key="free",
            on_click=client.stop,
            help=t("Whoever asks next waits until the model is loaded again."),
        )


cards = list_models()
ready = [card for card in cards if card.state == "ready"]
missing = [card for card in cards if card.state != "ready"]
show_heading(
    t("No base model is on this machine yet")
    if not ready
    else tn("{n} base model is ready on this machine", "{n} base models are ready on this machine", len(ready)),
    t("A base model already knows language; training teaches it your labels. Each works offline once it is here."),
)
if ready:
    show_cards(ready)
show_held(cards)
if missing:
    show_section(
        t("To download"),
        t("Starter models come from the package index; the others from Hugging Face, a mirror or ModelScope."),
    )
    show_cards(sorted(missing, key=lambda card: not (card.entry and card.entry.starter)))
show_section(
    t("Bring a model"),
    t("A Hugging Face folder, or a zip of one. It is checked before it is used: nothing in it may run code."),
)
show_bring()
