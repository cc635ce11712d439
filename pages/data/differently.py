"""Reading a file differently: its encoding, delimiter, header and sheet, each with the guess, and a preview at once."""

import dataclasses
from collections.abc import Callable, Sequence

import streamlit as st

from pages.components import sentences
from pages.components.text import plain, show_error, show_note, t
from pages.data import reading, wording
from pages.data.upload import settle
from pipeline.actions.bring_file import read_again
from pipeline.data.report import ReadOptions
from pipeline.data.source import Source
from pipeline.errors import N_, TuneDeskError

FIELDS = {
    "csv": ("encoding", "delimiter", "header_row", "quote", "escape"),
    "excel": ("sheet", "header_row"),
    "json": ("encoding",),
    "jsonl": ("encoding",),
    "parquet": (),
}

# Of each field: its label (gettext id), the values offered, and how a value reads.
SELECTS: dict[str, tuple[str, Sequence[str], Callable[[str], str]]] = {
    "encoding": (N_("Encoding"), tuple(wording.ENCODINGS), wording.encoding),
    "sheet": (N_("Sheet"), (), str),
    "delimiter": (N_("Cells are separated by"), tuple(wording.DELIMITERS), wording.delimiter),
    "quote": (N_("Quotes around cells"), tuple(wording.QUOTES), wording.quote),
    "escape": (N_("A quote inside a cell"), tuple(wording.ESCAPES), wording.escape),
}
PREVIEW_HEIGHT = 260

# Pixels: as wide as the longest guess, so that none is cut off; they wrap on a narrow screen.
WIDTH = 200
WIDTHS = {"encoding": 330}


def show_differently(source: Source) -> Source | None:
    """Draw the choices, folded away. Returns the new Source when the file was read again at once."""
    fields = FIELDS[source.report.format]
    if not fields:
        return None
    with st.expander(plain(t("Read it differently")), icon=":material/tune:"):
        show_note(t("If letters look wrong or columns run together, choose here. A preview shows it first."))
        options = _choose(source, fields)
        if options == source.options:
            return None
        try:
            seen = reading.preview(source.id, options)
        except TuneDeskError as error:
            show_error(error)
            return None
        st.dataframe(seen.rows, height=PREVIEW_HEIGHT, alt=t("The first rows as they would be read"))
        for finding in seen.findings:
            show_note(t(finding.message, **sentences.values(finding.values)))
        if not st.button(t("Read again"), icon=":material/refresh:", key="read_again"):
            return None
        try:
            return settle(read_again(source.id, options))
        except TuneDeskError as error:
            show_error(error)
            return None


def _choose(source: Source, fields: tuple[str, ...]) -> ReadOptions:
    with st.container(horizontal=True):
        chosen = {field: _header_row(source) if field == "header_row" else _select(source, field) for field in fields}
    return dataclasses.replace(source.options, **chosen)


def _select(source: Source, field: str) -> str | None:
    """One choice. The first one, None, leaves it to the reader and says what that found."""
    label, known, words = SELECTS[field]
    decided = getattr(source.options, field)
    values = reading.sheets(source.id) if field == "sheet" else known
    choices = [None, *values, *([decided] if decided is not None and decided not in values else [])]
    found = words(getattr(source.report, field))
    guess = t("Guess: {guess}", guess=found) if decided is None else t("Guess")
    value: str | None = st.selectbox(
        t(label),
        choices,
        index=choices.index(decided),
        format_func=lambda one: guess if one is None else words(one),
        key=f"{field}-{source.id}",
        width=WIDTHS.get(field, WIDTH),
    )
    return value


def _header_row(source: Source) -> int | None:
    decided, found = source.options.header_row, source.report.header_row
    guess = t("Guess: {guess}", guess=found if found else t("no names")) if decided is None else t("Guess")
    value = st.number_input(
        t("Line with the column names"),
        min_value=0,
        value=decided,
        placeholder=guess,
        key=f"header-{source.id}",
        help=t("Counted from 1. With 0 the file has no column names, and the columns are numbered."),
        width=WIDTH,
    )
    return None if value is None else int(value)
