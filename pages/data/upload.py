"""From an upload in the browser to a Source. Not a page: the Data page draws the uploader through this."""

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from pages.components.text import plain, show_error, t
from pipeline.data.source import Source, import_source
from pipeline.errors import TuneDeskError

SUFFIXES = ("csv", "tsv", "txt", "xlsx", "xls", "json", "jsonl", "ndjson", "parquet")
_TIMES = "uploads"  # how often this session has uploaded; part of the widget's key


class Bar:
    """Progress drawn as a bar that goes away when the reading is over."""

    def __init__(self) -> None:
        self._place = st.empty()

    def advance(self, phase: str, done: int, total: int) -> None:
        """Show how far the reading is."""
        self._place.progress(min(1.0, done / total) if total else 0.0, text=plain(t(phase)))

    def stop_requested(self) -> bool:
        """Never: leaving the page ends the reading, and nothing half-read stays."""
        return False

    def clear(self) -> None:
        """Take the bar away."""
        self._place.empty()


def upload(label: str) -> Source | None:
    """Draw the uploader; the Source once a file has arrived and was read, else None, with the reason shown."""
    times = st.session_state.get(_TIMES, 0)
    file = st.file_uploader(label, type=SUFFIXES, key=f"upload-{times}")
    if file is None:
        return None
    try:
        source = _convert(file)
    except TuneDeskError as error:
        show_error(error)
        return None
    # Another key empties the uploader, which otherwise keeps the bytes in the server's memory.
    st.session_state[_TIMES] = times + 1
    return source


def _convert(file: Any) -> Source:
    # The client's name is words for people; only a known ending of it reaches the disk.
    suffix = Path(file.name).suffix.lower()
    bar = Bar()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("upload" + (suffix if suffix[1:] in SUFFIXES else ""))
        path.write_bytes(file.getbuffer())
        source = import_source(path, file.name, progress=bar)
    bar.clear()
    return source
