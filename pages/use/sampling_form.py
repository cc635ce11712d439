"""The settings of generation as widgets, in plain words with the term beside them."""

import dataclasses
from dataclasses import dataclass

import streamlit as st

from pages.components.text import plain, t
from pipeline.errors import N_
from pipeline.inference.sampling import Sampling, usual
from pipeline.templates.formats.registry import NAMES, OWN

LONGEST, MOST_BEAMS, MOST_SEED = 4_096, 16, 2**31 - 1
FORMATS = {
    "": N_("The model's own"),
    "chat": N_("Chat template"),
    "alpaca": "Alpaca",
    "phi3": "Phi-3",
    "plain": N_("Plain text"),
    "bare": N_("The texts alone"),
}


@dataclass(frozen=True)
class Asking:
    """How models are asked."""

    sampling: Sampling
    system: str  # what they are told for the whole conversation
    format: str  # the prompt format; "": each model's own


def show_settings(family: str, page: str = "playground") -> Asking:
    """The widgets; returns what they say. Each kind of model begins with what is usual for it.

    Args:
        family: of the model that is asked, "decoder" or "encoder-decoder".
        page: whose settings these are; two pages cannot share a widget.
    """
    begin, kind = usual(family), (page, family)
    beams = int(st.session_state.get(_key(kind, "num_beams"), begin.num_beams))
    temperature = _slide(kind, "temperature", t("Freedom (temperature)"), 0.0, 2.0, 0.1, off=beams > 1)
    drawn = temperature > 0 and beams == 1
    longest = _number(kind, "max_new_tokens", t("Longest answer, in tokens"), 1, LONGEST, 32)
    penalty = _slide(kind, "repetition_penalty", t("Against repetition"), 1.0, 2.0, 0.05)
    system = st.text_area(
        t("Told beforehand (system prompt)"),
        key=f"{page}-system",
        height=68,
        help=t("Goes before the whole conversation: a role, a tone, facts. Small models often heed it little."),
        persist_state="session",
    )
    with st.expander(t("More"), type="compact"):
        top_p = _slide(kind, "top_p", t("Probable words only (top-p)"), 0.05, 1.0, 0.05, off=not drawn)
        top_k = _number(kind, "top_k", t("At most so many words (top-k)"), 0, 1_000, 10, off=not drawn)
        seed = _number(kind, "seed", t("Seed"), 0, MOST_SEED, 1, off=not drawn)
        num_beams = _number(kind, "num_beams", t("Answers followed at once (beams)"), 1, MOST_BEAMS, 1)
        prompt_format = st.selectbox(
            t("Prompt format"),
            ["", *(name for name in NAMES if name != OWN)],
            format_func=lambda name: t(FORMATS.get(name, name)),
            key=f"{page}-format",
            help=t("How the conversation is written down. Change it only for a base model that answers badly."),
            persist_state="session",
        )
    sampling = Sampling(temperature, top_k, top_p, penalty, num_beams, longest, seed)
    return Asking(sampling, system, prompt_format)


def _slide(
    kind: tuple[str, str], name: str, label: str, low: float, high: float, step: float, *, off: bool = False
) -> float:
    usually = float(getattr(usual(kind[1]), name))
    return float(
        st.slider(
            *(label, low, high, usually, step),
            key=_key(kind, name),
            help=_purpose(name),
            disabled=off,
            persist_state="session",
        )
    )


def _number(kind: tuple[str, str], name: str, label: str, low: int, high: int, step: int, *, off: bool = False) -> int:
    usually = int(getattr(usual(kind[1]), name))
    return int(
        st.number_input(
            *(label, low, high, usually, step),
            key=_key(kind, name),
            help=_purpose(name),
            disabled=off,
            persist_state="session",
        )
    )


def _purpose(name: str) -> str:
    return plain(t(next(field.metadata["help"] for field in dataclasses.fields(Sampling) if field.name == name)))


def _key(kind: tuple[str, str], name: str) -> str:
    page, family = kind
    return f"{page}-{family}-{name}"
