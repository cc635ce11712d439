"""Models: which base models are on this machine, and which can be fetched or brought?"""

from pages.components.bringing import show_bring
from pages.components.model_cards import show_cards
from pages.components.text import show_heading, show_section, t, tn
from pipeline.actions.models import list_models

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
