"""JSON (a list of records) and JSON Lines: from objects to rows of strings. Numbers stay as they were written."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from json.decoder import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import Any

from pipeline.data.aside import Aside
from pipeline.data.encoding import Coding, find_coding
from pipeline.data.feed import LineFeed
from pipeline.data.report import Finding, Layout, ReadingReport, ReadOptions, name_lines
from pipeline.data.rows import GROUP, RowWriter
from pipeline.errors import N_, UnreadableFile
from pipeline.runs.progress import Progress

# Numbers as text: 1.10 and 12345678901234567890 keep their digits.
_DECODER = JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_SPACE = re.compile(r"\s*")

# Bytes of a list that are looked at first when only its first records are wanted.
HEAD = 1 << 20

Record = tuple[dict[str, str], int, int]  # cells by key; start and end in bytes


def read_json(
    path: Path, name: str, options: ReadOptions, folder: Path, progress: Progress, limit: int | None
) -> tuple[tuple[str, ...], ReadingReport, Layout]:
    """Read a JSON file that holds a list of records into ``folder``.

    Raises:
        UnreadableFile: damaged, or something else than a list of records, or an empty one.
    """
    coding = find_coding(path, options.encoding, name, whole=limit is None)
    try:
        records = list(
            _first_items(path, coding, name, limit) if limit else _list_items(_text(path, coding), coding, name)
        )
    except JSONDecodeError as error:
        raise UnreadableFile(
            N_("{name}: the JSON is damaged or breaks off at line {line}. Export it again."),
            name=name,
            line=error.lineno,
        ) from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise UnreadableFile(N_("{name}: the JSON is damaged. Export it again as UTF-8."), name=name) from error
    return _write("json", records, [], coding, name, folder, progress)


def read_json_lines(
    path: Path, name: str, options: ReadOptions, folder: Path, progress: Progress, limit: int | None
) -> tuple[tuple[str, ...], ReadingReport, Layout]:
    """Read a JSON Lines file, one object a line, into ``folder``; lines that are none are set aside.

    Raises:
        UnreadableFile: no line is an object.
    """
    coding = find_coding(path, options.encoding, name, whole=limit is None)
    feed = LineFeed(path, coding)
    records: list[Record] = []
    aside = Aside(folder)
    try:
        for line in feed:
            feed.forget()
            if len(records) == limit:
                break
            text = line.strip()
            if text:
                cells = _object(text)
                if cells is None:
                    aside.add(feed.position, line)
                else:
                    records.append((cells, feed.ends[feed.position - 1], feed.ends[feed.position]))
    finally:
        feed.close()
        aside.close()
    return _write("jsonl", records, aside.lines, coding, name, folder, progress)


def _write(
    kind: str, records: list[Record], broken: list[int], coding: Coding, name: str, folder: Path, progress: Progress
) -> tuple[tuple[str, ...], ReadingReport, Layout]:
    columns = tuple(dict.fromkeys(key for cells, _, _ in records for key in cells))
    if not columns:
        raise UnreadableFile(N_("{name} holds no records, so there are no rows to read."), name=name)
    rows = RowWriter(folder, columns)
    for cells, start, end in records:
        rows.add([cells.get(column, "") for column in columns], start, end, len(cells))
        if len(rows) % GROUP == 0:
            progress.advance(N_("Reading the file"), len(rows), len(records))
    rows.finish()
    message = N_("Lines that are no JSON object: {rows} (lines {lines}). They were set aside.")
    values = (("rows", str(len(broken))), ("lines", name_lines(broken)))
    report = ReadingReport(
        format=kind,
        rows_read=len(rows),
        rows_repaired=0,
        rows_set_aside=len(broken),
        encoding=coding.name,
        findings=(Finding("broken_lines", len(broken), message, values),) if broken else (),
    )
    return columns, report, Layout(cells=len(columns), codec=coding.codec, spare=coding.spare)


def _list_items(text: str, coding: Coding, name: str) -> Iterator[Record]:
    position = _skip(text, 0)
    if not text.startswith("[", position):
        raise _no_records(name)
    position = _skip(text, position + 1)
    counted, offset = 0, coding.start
    while not text.startswith("]", position):
        value, end = _DECODER.raw_decode(text, position)
        if not isinstance(value, dict):
            raise _no_records(name)
        offset += len(text[counted:position].encode(coding.codec))
        start = offset
        offset += len(text[position:end].encode(coding.codec))
        counted = end
        yield _cells(value, text[position:end]), start, offset
        position = _skip(text, end)
        if text.startswith(",", position):
            position = _skip(text, position + 1)
        elif not text.startswith("]", position):
            raise JSONDecodeError("Expecting ',' delimiter", text, position)


def _text(path: Path, coding: Coding) -> str:
    return path.read_bytes()[coding.start :].decode(coding.codec)


def _first_items(path: Path, coding: Coding, name: str, limit: int) -> Iterator[Record]:
    """At most ``limit`` items, from as much of the beginning as they need."""
    size, most = path.stat().st_size, HEAD
    while True:
        with path.open("rb") as file:
            file.seek(coding.start)
            text = file.read(most).decode(coding.codec, "strict" if most >= size else "ignore")
        items = _list_items(text, coding, name)
        found: list[Record] = []
        try:
            found.extend(islice(items, limit))
        except JSONDecodeError:
            if most >= size:
                raise
        if len(found) == limit or most >= size:
            yield from found
            return
        most *= 8


def _no_records(name: str) -> UnreadableFile:
    return UnreadableFile(
        N_("{name} is JSON, but not a list of records: objects with the same keys, in square brackets."), name=name
    )


def _object(text: str) -> dict[str, str] | None:
    try:
        value, end = _DECODER.raw_decode(text)
    except (JSONDecodeError, RecursionError):
        return None
    return _cells(value, text) if isinstance(value, dict) and end == len(text) else None


def _cells(value: dict[str, Any], text: str) -> dict[str, str]:
    if any(isinstance(cell, list | dict) for cell in value.values()):
        raw = {key: text[start:end] for key, start, end in members(text)}
        return {_clean(key): raw[key] if isinstance(cell, list | dict) else _cell(cell) for key, cell in value.items()}
    return {_clean(key): _cell(cell) for key, cell in value.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return _clean(value) if isinstance(value, str) else json.dumps(value)


def _clean(text: str) -> str:
    """Half a character, which JSON can spell and UTF-8 cannot, becomes a replacement character."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def members(text: str) -> Iterator[tuple[str, int, int]]:
    """The members of a JSON object: key, and where in ``text`` its value starts and ends."""
    position = _skip(text, text.index("{") + 1)
    while not text.startswith("}", position):
        key, position = _DECODER.raw_decode(text, position)
        start = _skip(text, _skip(text, position) + 1)
        _, end = _DECODER.raw_decode(text, start)
        yield key, start, end
        position = _skip(text, end)
        if text.startswith(",", position):
            position = _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position
