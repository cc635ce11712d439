"""A CSV with columns added and cells replaced: every other byte stays as it is. Knows nothing of other formats."""

import mmap
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.data.changes import Changes
from pipeline.data.report import Layout
from pipeline.errors import N_, DataError

LINE_ENDS = ("\r\n", "\n", "\r")


class DelimitedRewriter:
    """Appends cells to records and replaces cells in them, in the file's own encoding and with its delimiter."""

    def __init__(self, name: str, delimiter: str, layout: Layout) -> None:
        self._name = name
        self._delimiter = delimiter
        self._layout = layout
        self._ends = [end.encode(layout.codec) for end in LINE_ENDS]
        self._special = re.compile(rf'[\r\n"{re.escape(delimiter)}]')
        other = f"[^{re.escape(delimiter)}]*"
        # As the csv module reads: a quote counts at the start of a cell only, and may stay open.
        self._cell = re.compile(rf'"[^"]*(?:""[^"]*)*(?:"|\Z){other}|{other}')

    def write(self, original: Path, destination: Path, spans: npt.NDArray[np.int64], changes: Changes) -> None:
        """Write the copy.

        Args:
            original: the file as it came.
            destination: where the copy goes.
            spans: [rows, 3] start, end and number of cells of each row.
            changes: what is to be different.

        Raises:
            DataError: the file's encoding has no code for a character that is to be written.
        """
        header = self._layout.header
        widest = max(int(spans[:, 2].max()), header[2] if header else 0)
        rows: Iterator[tuple[str, ...]] = changes.rows() if changes.names else iter([()] * len(spans))
        with (
            original.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
            destination.open("wb") as out,
        ):
            written = 0
            if header:
                start, written, cells = header
                out.write(content[:start])
                out.write(self._append(content[start:written], widest - cells, changes.names))
            for row, ((start, end, cells), more) in enumerate(zip(spans.tolist(), rows, strict=True)):
                if start > written:
                    out.write(content[written:start])  # empty lines, and rows that were set aside
                record = content[start:end]
                if row in changes.replaced:
                    record, cells = self._replace(record, cells, changes.replaced[row])
                out.write(self._append(record, widest - cells, more))
                written = end
            out.write(content[written:])

    def _append(self, record: bytes, missing: int, cells: Sequence[str]) -> bytes:
        if not cells:
            return record
        text = self._delimiter * (missing + 1) + self._delimiter.join(map(self._quote, cells))
        body, end = self._cut(record)
        return body + self._encode(text, body) + end

    def _cut(self, record: bytes) -> tuple[bytes, bytes]:
        for end in self._ends:
            if record.endswith(end):
                return record[: -len(end)], end
        return record, b""

    def _quote(self, cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"' if self._special.search(cell) else cell

    def _encode(self, text: str, record: bytes) -> bytes:
        """In the encoding of that record: a file pasted together from two has two."""
        codec = self._layout.codec
        if self._layout.spare and not text.isascii() and not _reads(record, codec):
            codec = self._layout.spare
        try:
            return text.encode(codec)
        except UnicodeEncodeError as error:
            raise DataError(
                N_("{name} is written in {encoding}, which has no {character}. Save it as UTF-8 and import it again."),
                name=self._name,
                encoding=codec,
                character=text[error.start],
            ) from error

    def _replace(self, record: bytes, cells: int, new: dict[int, str]) -> tuple[bytes, int]:
        """The record with some cells replaced, and how many cells it has then."""
        body, end = self._cut(record)
        view = self._view()
        text = body.decode(view, "surrogateescape")
        places = self._places(text, cells)
        for column in sorted(new, reverse=True):
            cell = self._encode(self._quote(new[column]), body).decode(view, "surrogateescape")
            if column < cells:
                start, stop = places[column]
                text = text[:start] + cell + text[stop:]
        for column in range(cells, max(new) + 1):
            cell = self._encode(self._quote(new.get(column, "")), body).decode(view, "surrogateescape")
            text += self._delimiter + cell
        return text.encode(view, "surrogateescape") + end, max(cells, max(new) + 1)

    def _view(self) -> str:
        """A codec in which every byte of a record can be told apart and put back; latin-1 where it is safe.

        In multi-byte encodings a delimiter from "@" on, such as "|", may be half of a character.
        """
        codec = self._layout.codec
        plain = self._delimiter < "@" and not self._delimiter.isdigit()
        return "latin-1" if not codec.startswith("utf-16") and plain else codec

    def _places(self, text: str, cells: int) -> list[tuple[int, int]]:
        """Where each cell starts and ends, quotes included; quotes are plain characters where only that fits."""
        places, position = [], 0
        while True:
            found = self._cell.match(text, position)
            stop = found.end() if found else position
            places.append((position, stop))
            if stop >= len(text):
                break
            position = stop + 1
        if len(places) == cells:
            return places
        places, position = [], 0
        for part in text.split(self._delimiter):
            places.append((position, position + len(part)))
            position += len(part) + 1
        return places


def _reads(record: bytes, codec: str) -> bool:
    try:
        record.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
