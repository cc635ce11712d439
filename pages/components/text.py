"""Words on a page: translation, and the only ways in which text from outside is shown.

Streamlit reads Markdown in headings, labels, messages and metrics, and a picture in it makes the browser call
out. So whatever a person, a file or a model wrote goes through ``plain`` (in a label), ``show_text`` (in the
page) or one of the other functions here, which all show letter by letter what they are given. Knows nothing of
what the words are about.
"""

import html
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import streamlit as st

from pages.components.language import language
from pipeline.errors import TuneDeskError
from pipeline.i18n import explain, translate, translate_count

_MEANT_BY_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
# GitHub's Markdown makes a link of a bare address, escaped or not; an invisible character in it prevents that.
_BARE_ADDRESS = re.compile(r"(?i)(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=www)(?=\.)|(?<=[\w.+-])(?=@)")
_WORD_JOINER = "\u2060"
# The accent of both themes, light enough for black and for white letters on it.
_MARKED = (
    ".td-marked{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem;line-height:1.6}"
    ".td-marked mark{color:inherit;background:rgb(63 127 203/.18);border-bottom:2px solid rgb(63 127 203/.7);"
    "padding:1px 0}"
)


def t(message: str, **values: object) -> str:
    """``message`` (a gettext id) in the reader's language, its ``{placeholders}`` filled."""
    return translate(message, language(), **values)


def tn(singular: str, plural: str, count: int, **values: object) -> str:
    """The form for ``count``; ``{count}`` is filled in with thousands separated."""
    return translate_count(singular, plural, count, language(), **{"n": f"{count:,}", **values})


def plain(text: object) -> str:
    """``text`` on one line with every character that Markdown would interpret escaped: for labels and messages."""
    words = _BARE_ADDRESS.sub(_WORD_JOINER, " ".join(str(text).split()))
    return _MEANT_BY_MARKDOWN.sub(r"\\\1", words)


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Names to choose from by key, newest first; where several are the same, all but the oldest get a number.

    A select box of Streamlit is told by the browser what was read there, and takes the first option that reads so.
    """
    apart: dict[str, str] = {}
    taken: set[str] = set()
    for key, name in reversed(names.items()):
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free)
        apart[key] = free
    return {key: apart[key] for key in names}


def show_heading(text: str, note: str = "", *, width: Literal["stretch", "content"] = "stretch") -> None:
    """The answer of the page, on its first line; ``note`` stands below it in lighter type.

    With the ``width`` of its content something may stand beside it.
    """
    st.header(plain(text), anchor=False, width=width)
    if note:
        show_note(note)


def show_section(text: str, note: str = "", help: str | None = None) -> None:
    """The head of one part of a page; ``help``, already translated, opens on demand."""
    st.subheader(plain(text), anchor=False, help=help)
    if note:
        show_note(note)


def show_line(text: str) -> None:
    """A sentence in the page's own type."""
    st.markdown(plain(text))


def show_note(text: str, *, width: Literal["stretch", "content"] = "stretch") -> None:
    """A sentence that explains, in small and lighter type."""
    st.caption(plain(text), width=width)


def show_text(text: str) -> None:
    """Text from a file, a person or a model, letter by letter, with its line breaks."""
    st.text(text)


def show_marked(parts: Iterable[tuple[str, bool]], *, height: int | None = None) -> None:
    """Text letter by letter, with some parts of it marked, by colour and by a line below them.

    Args:
        parts: stretches of text in their order, and whether each is marked.
        height: pixels from which on it scrolls in itself.
    """
    inside = "".join(f"<mark>{html.escape(text)}</mark>" if marked else html.escape(text) for text, marked in parts)
    limit = f"max-height:{height}px;overflow-y:auto;" if height else ""
    show_markup(f'<style>{_MARKED}</style><div class="td-marked" style="{limit}" tabindex="0">{inside}</div>')


def show_verbatim(text: str) -> None:
    """Text as a machine reads it, letter by letter and in fixed type, with a button that copies it."""
    st.code(text, language=None, wrap_lines=True)


def show_markup(markup: str) -> None:
    """HTML and CSS of our own making, in which every word from outside went through ``html.escape``."""
    st.html(markup)


def show_error(error: TuneDeskError) -> None:
    """What went wrong, where and what to do, in the reader's language."""
    st.error(plain(explain(error, language())), icon=":material/error:")


def show_problem(text: str) -> None:
    """A failure that is told in the page's own, already translated words."""
    st.error(plain(text), icon=":material/error:")


def show_warning(text: str) -> None:
    """Something to look at, which stops nothing."""
    st.warning(plain(text), icon=":material/warning:")


def show_success(text: str) -> None:
    """Something ended well."""
    st.success(plain(text), icon=":material/check_circle:")


def show_figure(figure: Any, alt: str, key: str | None = None) -> None:
    """Draw a Vega-Lite specification (a dict) or a Plotly figure; ``alt`` says in words what it shows."""
    if isinstance(figure, dict):
        st.vega_lite_chart(figure, alt=alt, key=key)
    else:
        st.plotly_chart(figure, alt=alt, key=key, config={"displayModeBar": False})
