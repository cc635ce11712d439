"""A button that deletes something only after it has said what, and was asked again."""

from collections.abc import Callable

import streamlit as st

from pages.components.text import plain, show_error, show_line
from pipeline.errors import TuneDeskError


def confirm(label: str, warning: str, action: Callable[[], object], key: str, *, disabled: bool = False) -> None:
    """A button that opens a question, and in it the one that acts; then the page is drawn anew.

    Args:
        label: on both buttons, translated.
        warning: what is lost, translated; may hold names from outside.
        action: what to do; its TuneDeskError is shown.
        key: tells this button from the others of the page.
        disabled: nothing to delete.
    """
    with st.popover(plain(label), icon=":material/delete:", disabled=disabled, key=f"ask-{key}"):
        show_line(warning)
        if not st.button(plain(label), type="primary", key=f"do-{key}"):
            return
        try:
            action()
        except TuneDeskError as error:
            show_error(error)
            return
    st.rerun()
