"""A CSV with columns added and cells replaced: every other byte stays as it is. Knows nothing of other formats."""

import mmap
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.data.cells import BACKSLASH, Form
from pipeline.data.changes import Changes
from pipeline.data.lines import reads
from pipeline.data.report import Layout
from pipeline.errors import N_, DataError

LINE_ENDS = ("\r\n", "\n", "\r")

# Characters of several bytes whose later ones may look like a delimiter or a backslash.
_PAIR = rb"[\x81-\xfe][\x40-\xfe]"
_LONG_CHARACTERS = {
    "gb18030": re.compile(rb"[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|" + _PAIR),
    "cp932": re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\xfc]"),
    **dict.fromkeys(("gbk", "gb2312", "big5", "big5hkscs", "cp949", "cp950", "johab"), re.compile(_PAIR)),
}
_LONG_CHARACTERS["shift_jis"] = _LONG_CHARACTERS["cp932"]


class DelimitedRewriter:
    """Appends cells to records and replaces cells in them, in the file's own encoding and form."""

    def __init__(self, name: str, form: Form, layout: Layout) -> None:
        self._name = name
        self._form = form
        self._layout = layout
        self._unit = 2 if layout.codec.startswith("utf-16") else 1  # bytes a character of a view
        self._ends = [end.encode(layout.codec) for end in LINE_ENDS]
        escaped = "\\\\" if form.escape == BACKSLASH else ""
        self._special = re.compile(rf"[\r\n{re.escape(form.quote)}{re.escape(form.delimiter)}{escaped}]")
        self._cell = _cell_pattern(form)

    def write(
        self,
        original: Path,
        destination: Path,
        spans: npt.NDArray[np.int64],
        changes: Changes,
        rejoined: Mapping[int, Sequence[str]],
    ) -> None:
        """Write the copy.

        Args:
            original: the file as it came.
            destination: where the copy goes.
            spans: [rows, 3] start, end and number of cells of each row.
            changes: what is to be different.
            rejoined: the cells of rows that have more in the file; where such a row changes it is written anew,
                with quotes, so that what is added stands under its name.

        Raises:
            DataError: the file's encoding has no code for a character that is to be written, or its form no way
                to write a cell.
        """
        header = self._layout.header
        widest = max(int(spans[:, 2].max(initial=0)), self._layout.cells if rejoined else 0, header[2] if header else 0)
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
                new = changes.replaced.get(row, {})
                if row in rejoined and (more or new):
                    record, cells = self._write_anew(record, rejoined[row], new)
                elif new:
                    record, cells = self._replace(record, cells, new)
                out.write(self._append(record, widest - cells, more))
                written = end
            out.write(content[written:])

    def _append(self, record: bytes, missing: int, cells: Sequence[str]) -> bytes:
        if not cells:
            return record
        text = self._form.delimiter * (missing + 1) + self._form.delimiter.join(map(self._quote, cells))
        body, end = self._cut(record)
        return body + self._encode(text, body) + end

    def _cut(self, record: bytes) -> tuple[bytes, bytes]:
        for end in self._ends:
            if record.endswith(end):
                return record[: -len(end)], end
        return record, b""

    def _quote(self, cell: str) -> str:
        quote, escape = self._form.quote, self._form.escape
        if not cell and self._layout.cells == 1:
            return quote * 2  # a line with nothing on it would be no row
        if not self._special.search(cell):
            return cell
        if escape == BACKSLASH:
            protected = re.sub(rf"([\\\r\n{re.escape(self._form.delimiter)}])", r"\\\1", cell)
            inside = cell.replace("\\", "\\\\").replace(quote, "\\" + quote) if quote else protected
            return f"{quote}{inside}{quote}"
        if quote:
            return quote + cell.replace(quote, 2 * quote) + quote
        raise DataError(
            N_("{name} is read without quotation marks, so that no cell can hold {text}. Choose a quotation mark."),
            name=self._name,
            text=repr(cell),
        )

    def _codec(self, record: bytes) -> str:
        """The encoding of that record: a file pasted together from two has two."""
        codec = self._layout.codec
        return self._layout.spare if self._layout.spare and not reads(record, codec) else codec

    def _encode(self, text: str, record: bytes) -> bytes:
        codec = self._layout.codec if text.isascii() else self._codec(record)
        try:
            return text.encode(codec)
        except UnicodeEncodeError as error:
            raise DataError(
                N_("{name} is written in {encoding}, which has no {character}. Save it as UTF-8 and import it again."),
                name=self._name,
                encoding=codec,
                character=text[error.start],
            ) from error

    def _write_anew(self, record: bytes, cells: Sequence[str], new: Mapping[int, str]) -> tuple[bytes, int]:
        body, end = self._cut(record)
        texts = [self._quote(new.get(column, cell)) for column, cell in enumerate(cells)]
        return self._encode(self._form.delimiter.join(texts), body) + end, len(cells)

    def _replace(self, record: bytes, cells: int, new: Mapping[int, str]) -> tuple[bytes, int]:
        """The record with some cells replaced, and how many cells it has then."""
        body, end = self._cut(record)
        places = self._places(self._view(body), cells)
        changed = body
        for column in sorted(new, reverse=True):
            if column < cells:
                start, stop = (self._unit * place for place in places[column])
                changed = changed[:start] + self._encode(self._quote(new[column]), body) + changed[stop:]
        for column in range(cells, max(new) + 1):
            changed += self._encode(self._form.delimiter + self._quote(new.get(column, "")), body)
        return changed + end, max(cells, max(new) + 1)

    def _view(self, record: bytes) -> str:
        """The record as text in which each byte (in UTF-16: each two) is one character, for finding places.

        Bytes that only look like a delimiter or a backslash, because they are half of a character, are blotted out.
        """
        if self._unit == 2:
            text = record.decode(self._layout.codec, "replace")
            return "".join(letter if letter < "\U00010000" else "\x80\x80" for letter in text)
        pattern = _LONG_CHARACTERS.get(self._codec(record))
        if pattern:
            record = pattern.sub(lambda found: b"\x80" * len(found[0]), record)
        return record.decode("latin-1")

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
        for part in text.split(self._form.delimiter):
            places.append((position, position + len(part)))
            position += len(part) + 1
        return places


def _cell_pattern(form: Form) -> re.Pattern[str]:
    """One cell, as the csv module reads: a quote counts at the start of a cell only, and may stay open."""
    delimiter, quote = re.escape(form.delimiter), re.escape(form.quote)
    if form.escape == BACKSLASH:
        other = rf"(?:[^\\{delimiter}]|\\(?:.|\Z))*"
        quoted = rf"{quote}(?:[^\\{quote}]|\\(?:.|\Z)|{quote}{quote})*(?:{quote}|\Z){other}"
    else:
        other = f"[^{delimiter}]*"
        quoted = rf"{quote}[^{quote}]*(?:{quote}{quote}[^{quote}]*)*(?:{quote}|\Z){other}"
    return re.compile(f"{quoted}|{other}" if quote else other, re.DOTALL)
