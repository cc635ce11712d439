"""Base models as cards: what each is, and what can be done with it now."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.components.confirm import confirm
from pages.components.models import offer
from pages.components.text import plain, show_error, show_line, show_note, t
from pipeline.actions.jobs import job_info
from pipeline.actions.models import ModelCard, remove_model
from pipeline.errors import N_, JobError, TuneDeskError

FETCHING = "fetching_models"  # job of each model that this session has seen being fetched, by name
FAMILIES = {
    "encoder": N_("sorts texts (encoder)"),
    "decoder": N_("writes texts (decoder)"),
    "encoder-decoder": N_("rewrites texts, writes labels (encoder-decoder)"),
}
LANGUAGES = {"en": N_("English"), "zh": N_("Chinese"), "multi": N_("about 100 languages")}
MILLION = 1_000_000


def show_cards(cards: Sequence[ModelCard]) -> None:
    """The models side by side, on a phone one below the other."""
    with st.grid(2, min_column_width=320):
        for card in cards:
            with st.container(border=True, height="stretch"):
                _show_card(card)


def _show_card(card: ModelCard) -> None:
    st.markdown(f"**{plain(card.name)}**")
    show_line(t(card.purpose) if card.purpose else t("Brought to this machine by hand."))
    show_note(" · ".join(_facts(card)))
    st.space("stretch")
    if card.state != "ready":
        _show_failure(card)
        offer(card)
        return
    confirm(
        t("Remove"),
        t("Remove {model} from this machine? Runs that were trained on it keep their own copy.", model=card.name),
        partial(remove_model, card.name),
        key=f"model-{card.name}",
    )


def _facts(card: ModelCard) -> list[str]:
    languages = ", ".join(t(LANGUAGES.get(language, language)) for language in card.languages)
    return [
        fact
        for fact in (
            t(FAMILIES[card.family]),
            t("{n} million parameters", n=f"{card.parameters / MILLION:,.0f}"),
            languages,
            t("reads up to {n} tokens", n=f"{card.context:,}"),
            card.licence,
        )
        if fact
    ]


def _show_failure(card: ModelCard) -> None:
    """Why the last download of this session came to nothing: the model itself is only missing again by then."""
    seen: dict[str, str] = st.session_state.setdefault(FETCHING, {})
    if card.job:
        seen[card.name] = card.job
    elif card.name in seen:
        try:
            job = job_info(seen[card.name])
            if job.state == "failed":
                raise JobError(job.cause, **job.cause_values)
        except TuneDeskError as error:
            show_error(error)
