"""How several text columns become one text: the template to edit, and what the first rows look like through it."""

import streamlit as st

from pages.components.text import show_error, show_note, show_section, show_text, t
from pages.data import reading
from pipeline.data.source import Source
from pipeline.errors import SettingError
from pipeline.templates.columns import default_template

EXAMPLES = 3  # rows
LONGEST = 400  # characters of an example; a template is judged by its beginning
HEIGHT = 150  # pixels


def choose_template(source: Source, text: tuple[str, ...], current: str) -> str | None:
    """Draw the field and the example. Returns the template, None while it cannot be used.

    Args:
        source: the file.
        text: the text columns, two at least.
        current: the dataset's template; "" for the default one.
    """
    show_section(
        t("What the model reads"),
        t("The text columns joined into one text. The names of the fields help the model to tell them apart."),
    )
    left, right = st.columns(2, gap="medium")
    template: str = left.text_area(
        t("Template"),
        value=current or default_template(text),
        height=HEIGHT,
        key=f"template-{source.id}-{'-'.join(text)}",
        help=t("A column's name in braces stands for its cell. A blank cell vanishes with the words before it."),
    )
    try:
        examples = reading.examples(source.id, text, template, EXAMPLES)
    except SettingError as error:
        with right:
            show_error(error)
        return None
    with right:
        show_note(t("The first rows through it"))
        with st.container(border=True, height=HEIGHT, gap="small"):
            for example in examples:
                show_text(example if len(example) <= LONGEST else example[:LONGEST] + "…")
            if not examples:
                show_note(t("The first rows have no text."))
    return template or default_template(text)
