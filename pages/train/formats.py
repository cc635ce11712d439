"""The prompt format of a model that learns to write: which one, and what the first rows look like in it. Not a page."""

import streamlit as st

from pages.components.text import show_error, show_marked, show_note, show_section, show_warning, t, tn
from pages.train.settings import chosen_settings, setting_key
from pipeline.actions.data import Dataset
from pipeline.actions.models import ModelCard
from pipeline.actions.preview import FormatPreview, preview_format
from pipeline.errors import N_, TuneDeskError
from pipeline.runs.spec import Recipe
from pipeline.templates.formats.registry import NAMES, OWN
from pipeline.training.settings import change

TITLES = {
    "chat": N_("The model's own chat template"),
    "alpaca": N_("Alpaca"),
    "phi3": N_("Phi-3"),
    "plain": N_("Plain text"),
    "bare": N_("The texts alone"),
    OWN: N_("One that you write"),
}
PURPOSES = {
    "chat": N_("What the model was taught to be asked in. Nearly always the best choice, where it has one."),
    "alpaca": N_("Sections with headings. For models without a chat template."),
    "phi3": N_("Short marks for user and assistant."),
    "plain": N_("The texts below each other, nothing around them."),
    "bare": N_("Not even a line break behind them. For models that read one text and write another, such as T5."),
    OWN: N_("Your own words around the texts, for example the ones that another program asks with."),
}
OWN_EXAMPLE = "{instruction}\n{input}\n{answer}"
SHOWN = 3  # rows
HEIGHT = 260  # pixels of one row


def show_format(dataset: Dataset, card: ModelCard, recipe: Recipe) -> None:
    """Choose the format, and see what the model of ``card`` reads and learns; ``recipe`` is the preset's."""
    with st.expander(t("What the model reads and learns"), icon=":material/visibility:", expanded=False):
        left, right = st.columns([2, 3], gap="large")
        with left:
            _choose(recipe)
        with right:
            try:
                chosen = change(recipe, chosen_settings(dataset.view, card.family))
                _show(preview_format(dataset, chosen, card.name, SHOWN), chosen)
            except TuneDeskError as error:
                show_error(error)


def _choose(recipe: Recipe) -> None:
    names = list(NAMES)
    name = st.selectbox(
        t("Prompt format"),
        names,
        index=names.index(recipe.prompt_format),
        format_func=lambda key: t(TITLES[key]),
        key=setting_key("prompt_format"),
        persist_state="session",
        help=t("How instruction and answer are written down for the model. Asked later, it is asked the same way."),
    )
    show_note(t(PURPOSES[name or recipe.prompt_format]))
    if name == OWN:
        st.text_area(
            t("Your format"),
            value=OWN_EXAMPLE,
            key=setting_key("own_format"),
            height=140,
            persist_state="session",
            help=t("The words in braces stand for the texts of a row. A line whose field is blank vanishes."),
        )


def _show(preview: FormatPreview, recipe: Recipe) -> None:
    show_section(
        t("The first rows, as the model reads them"),
        t("Marked: what it learns to write. {n} tokens a row on average.", n=f"{preview.tokens:.0f}"),
    )
    for stretches in preview.rows:
        with st.container(border=True):
            show_marked([(stretch.text, stretch.learned) for stretch in stretches], height=HEIGHT)
    if preview.cut:
        show_warning(
            tn(
                "{n} of the first {measured} rows is longer than {limit} tokens: its end is cut off. "
                "Raise Maximum length.",
                "{n} of the first {measured} rows are longer than {limit} tokens: their ends are cut off. "
                "Raise Maximum length.",
                preview.cut,
                measured=f"{preview.measured:,}",
                limit=f"{recipe.max_length:,}",
            )
        )
