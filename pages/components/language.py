"""Which language this session reads: the browser's, until somebody switches. Knows no messages."""

import streamlit as st

from pipeline.i18n import LANGUAGES, closest_language

KEY = "language"
PARAMETER = "lang"  # in the URL, so that a refresh and a link that was sent keep the language


def language() -> str:
    """One of LANGUAGES: what was chosen, else what the URL says, else the browser's."""
    asked = st.session_state.get(KEY) or st.query_params.get(PARAMETER)
    return asked if asked in LANGUAGES else closest_language(st.context.locale)


def language_switch() -> None:
    """The switch; its words are the languages' own names, readable to whoever needs them."""
    current = language()
    st.session_state[KEY] = current  # before the widget, so that it shows what the URL or the browser decided
    st.selectbox(
        "Language / 语言",
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key=KEY,
        icon=":material/translate:",
        label_visibility="collapsed",
        width=150,
    )
    if current != closest_language(st.context.locale):
        st.query_params[PARAMETER] = current
    else:
        st.query_params.pop(PARAMETER, None)


def language_parameters() -> dict[str, str]:
    """What a link to another page must carry so that the language stays."""
    asked = st.query_params.get(PARAMETER)
    return {PARAMETER: asked} if asked else {}
