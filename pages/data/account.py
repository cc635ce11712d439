"""What became of the rows of a file when it was read: one line when all is well, everything else on demand."""

from pathlib import Path

import streamlit as st

from pages.components import sentences
from pages.components.files import safe_name
from pages.components.text import plain, show_line, show_note, t, tn
from pages.data import wording
from pipeline.data.source import Source, set_aside_file

# Findings that say that the reader was not sure of a setting.
GUESSES = {"encoding": "encoding_guessed", "delimiter": "dialect_guessed", "header_row": "no_header"}


def show_account(source: Source) -> None:
    """The line, and behind it how the file was read, what was repaired, and the rows that could not be read."""
    report = source.report
    with st.expander(
        plain(_line(source)), icon=_icon(source), expanded=bool(report.rows_set_aside), type="compact", key="account"
    ):
        for finding in report.findings:
            show_line(t(finding.message, **sentences.values(finding.values)))
        aside = set_aside_file(source.id)
        if aside is not None:
            _offer(source, aside)
        show_note(" · ".join(_settings(source)))


def _line(source: Source) -> str:
    report = source.report
    parts = []
    if not report.rows_read + report.rows_set_aside:
        parts.append(t("There is no row to read"))
    elif not report.rows_repaired and not report.rows_set_aside:
        parts.append(tn("The row was read as it stands", "All {n} rows were read as they stand", report.rows_read))
    else:
        parts.append(tn("{n} row read", "{n} rows read", report.rows_read))
    if report.rows_repaired:
        parts.append(tn("{n} of them repaired", "{n} of them repaired", report.rows_repaired))
    if report.rows_set_aside:
        parts.append(tn("{n} set aside", "{n} set aside", report.rows_set_aside))
    if _unsure(source):
        parts.append(t("with a guess to look at"))
    return " · ".join(parts)


def _icon(source: Source) -> str:
    if source.report.rows_set_aside:
        return ":material/warning:"
    if source.report.rows_repaired:
        return ":material/build:"
    return ":material/check_circle:"


def _offer(source: Source, aside: Path) -> None:
    show_line(
        tn(
            "One row could not be read. It stands word for word, with its line number, in this file:",
            "{n} rows could not be read. They stand word for word, with their line numbers, in this file:",
            source.report.rows_set_aside,
        )
    )
    st.download_button(
        t("Download what was set aside"),
        data=aside.read_bytes,
        file_name=safe_name(t("{name}, rows set aside", name=Path(source.name).stem), aside.suffix),
        mime="application/octet-stream",
        on_click="ignore",
        icon=":material/download:",
        key="set_aside",
    )


def _settings(source: Source) -> list[str]:
    """Format, encoding and the like; those that were chosen or may be wrong say so."""
    report = source.report
    settings = {}
    if report.encoding:
        settings["encoding"] = (t("Encoding"), wording.encoding(report.encoding))
    if report.sheet:
        settings["sheet"] = (t("Sheet"), report.sheet)
    if report.delimiter:
        settings["delimiter"] = (t("Cells are separated by"), wording.delimiter(report.delimiter))
    if report.format in ("csv", "excel"):
        named = str(report.header_row) if report.header_row else t("no names")
        settings["header_row"] = (t("Line with the column names"), named)
    told = [_told(source, field, what, value) for field, (what, value) in settings.items()]
    return [t(wording.FORMATS[report.format]), *told]


def _told(source: Source, field: str, what: str, value: str) -> str:
    if getattr(source.options, field) is not None:
        return t("{what}: {value} ({origin})", what=what, value=value, origin=t("your choice"))
    if field in _unsure(source):
        return t("{what}: {value} ({origin})", what=what, value=value, origin=t("a guess"))
    return t("{what}: {value}", what=what, value=value)


def _unsure(source: Source) -> list[str]:
    """The settings that the reader was not sure of."""
    kinds = {finding.kind for finding in source.report.findings}
    return [field for field, kind in GUESSES.items() if kind in kinds]
