"""The fields of a Recipe as a form: blank means the value that the preset chooses. Not a page."""

import dataclasses

import streamlit as st

from pages.components.text import plain, t
from pipeline.data.view import View
from pipeline.errors import N_
from pipeline.runs.spec import Recipe
from pipeline.templates.formats.registry import OWN

SORTING = {
    "trained_layers": N_("Trained layers"),
    "epochs": N_("Epochs"),
    "learning_rate": N_("Learning rate"),
    "head_factor": N_("Head factor"),
    "batch_size": N_("Batch size"),
    "max_length": N_("Maximum length"),
    "label_smoothing": N_("Label smoothing"),
    "weight_decay": N_("Weight decay"),
    "warmup_ratio": N_("Warm-up"),
    "schedule": N_("Schedule"),
    "gradient_clip": N_("Gradient clip"),
    "precision": N_("Number format"),
    "averaging": N_("Averaging"),
    "class_weights": N_("Weight of rare classes"),
    "patience": N_("Patience"),
    "search": N_("Search"),
    "budget_minutes": N_("Minutes for the search"),
    "adapter": N_("Adapters"),
    "lora_rank": N_("Adapter rank"),
    "lora_alpha": N_("Adapter strength"),
    "lora_dropout": N_("Adapter dropout"),
    "lm_weight": N_("Language-model weight"),
}
# Of a model that learns to write; what no such training has a use for is not asked.
_NOT_FOR_WRITING = (
    *("head_factor", "label_smoothing", "averaging", "class_weights", "search", "budget_minutes", "lm_weight"),
)
WRITING = {
    **{name: title for name, title in SORTING.items() if name not in _NOT_FOR_WRITING},
    "loss_on": N_("What is learned"),
    "packing": N_("Rows one behind the other"),
    "dpo_beta": N_("Faithfulness (beta)"),
    "prompt_format": N_("Prompt format"),
    "own_format": N_("Own format"),
}
# Of a model that learns from texts alone.
_NOT_FOR_READING = ("loss_on", "dpo_beta", "prompt_format", "own_format")
READING = {name: title for name, title in WRITING.items() if name not in _NOT_FOR_READING}
# Of a model that continues texts; another one refuses the one and has no use for the other.
_FOR_DECODERS = ("lm_weight", "packing")
ELSEWHERE = ("prompt_format", "own_format")  # have a place of their own on the page
NAMES = {**SORTING, **WRITING}


def names_for(view: View, family: str) -> dict[str, str]:
    """The settings that a training of such a model on this View knows, by the name of the field."""
    names = READING if view.raw else WRITING if view.written else SORTING
    return {name: title for name, title in names.items() if family == "decoder" or name not in _FOR_DECODERS}


def setting_key(name: str) -> str:
    """Where the form keeps a field of the Recipe in the session."""
    return f"setting-{name}"


def chosen_settings(view: View, family: str) -> dict[str, str]:
    """What was chosen so far for a training of such a model on this View, by the name of the field."""
    typed = {name: str(st.session_state.get(setting_key(name)) or "").strip() for name in names_for(view, family)}
    if typed.get("prompt_format") != OWN:
        typed.pop("own_format", None)
    return {name: value for name, value in typed.items() if value}


def show_settings(recipe: Recipe, view: View, family: str) -> None:
    """One field for each setting, with what it is for; ``recipe`` names the defaults."""
    names = names_for(view, family)
    with st.grid(3, min_column_width=220):
        for field in dataclasses.fields(Recipe):
            if field.name in names and field.name not in ELSEWHERE:
                default, purpose = getattr(recipe, field.name), field.metadata["help"]
                st.text_input(
                    t(NAMES[field.name]),
                    key=setting_key(field.name),
                    placeholder=f"{default:g}" if isinstance(default, float) else str(default),
                    help=plain(t(purpose)),
                    persist_state="session",
                )
