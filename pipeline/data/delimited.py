"""CSV and its relatives: from the bytes of a file to rows with their places, and what had to be repaired.

The csv module reads the cells, strictly; what it refuses is read line by line. Knows nothing of other formats.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pipeline.data.dialect import SAMPLE_CHARACTERS, SAMPLE_LINES, Dialect, find_dialect, holds_cells
from pipeline.data.lines import Coding, LineFeed, find_coding
from pipeline.data.report import Finding, Layout, ReadingReport, ReadOptions, name_lines
from pipeline.data.rows import GROUP, RowWriter, unique_names
from pipeline.errors import N_, UnreadableFile
from pipeline.runs.progress import Progress


@dataclass
class _Damage:
    """What the rows went through; line numbers count from 1."""

    short: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    repaired: int = 0


def read_delimited(
    path: Path, name: str, options: ReadOptions, folder: Path, progress: Progress, limit: int | None
) -> tuple[tuple[str, ...], ReadingReport, Layout]:
    """Read a delimited text into ``folder``.

    Raises:
        UnreadableFile: no encoding fits, or there is no row below the header.
    """
    coding = find_coding(path, options.encoding, name)
    feed = LineFeed(path, coding)
    try:
        sample = _sample(path, coding)
        if not holds_cells(sample):
            raise UnreadableFile(N_("{name} is empty. Export the table again and upload that file."), name=name)
        dialect = find_dialect(sample, options)
        header = _read_header(feed, dialect, name)
        named = header[3] if header else []
        columns = unique_names(named + [""] * (dialect.width - len(named)))
        rows = RowWriter(folder, columns)
        damage = _read_rows(feed, dialect, rows, path.stat().st_size, progress, limit)
    finally:
        feed.close()
    rows.finish()
    if not len(rows):
        raise UnreadableFile(N_("{name} has column names but no rows below them."), name=name)
    findings = (*_damage_findings(damage, feed), *_guess_findings(coding, dialect, named, columns))
    report = ReadingReport(
        format="csv",
        rows_read=len(rows),
        rows_repaired=damage.repaired,
        rows_set_aside=len(damage.long),
        encoding=coding.name,
        delimiter=dialect.delimiter,
        quote='"',
        escape="double",
        header_row=0 if dialect.header_line is None else dialect.header_line + 1,
        findings=findings,
    )
    layout = Layout(header[:3] if header else None, dialect.width, coding.codec, coding.spare)
    return columns, report, layout


def _sample(path: Path, coding: Coding) -> list[str]:
    feed = LineFeed(path, coding)
    try:
        return list(_until_full(feed))
    finally:
        feed.close()


def _until_full(lines: Iterator[str]) -> Iterator[str]:
    filled = characters = 0
    for line in lines:
        yield line
        filled += not line.isspace()
        characters += len(line)
        if filled == SAMPLE_LINES or characters > SAMPLE_CHARACTERS:
            return


def _read_header(feed: LineFeed, dialect: Dialect, name: str) -> tuple[int, int, int, list[str]] | None:
    """Pass over what stands above the header. Returns its start, end, number of cells, and the cells."""
    if dialect.header_line is None:
        return None
    for _ in islice(feed, dialect.header_line):
        feed.forget()
    first = feed.position
    cells = next(csv.reader(feed, delimiter=dialect.delimiter), None)
    if cells is None:
        raise UnreadableFile(
            N_("{name} has no line {line}, so the column names cannot stand there."),
            name=name,
            line=dialect.header_line + 1,
        )
    feed.forget()
    return feed.ends[first], feed.ends[feed.position], len(cells), cells


def _read_rows(
    feed: LineFeed, dialect: Dialect, rows: RowWriter, size: int, progress: Progress, limit: int | None
) -> _Damage:
    damage, width = _Damage(), dialect.width
    reader = csv.reader(feed, delimiter=dialect.delimiter, strict=True)
    seen_damage = len(feed.damaged)
    while limit is None or len(rows) < limit:
        first = feed.position
        repaired = False
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            cells = _read_line(feed, dialect)
            reader = csv.reader(feed, delimiter=dialect.delimiter, strict=True)
            damage.quotes.append(first + 1)
            repaired = True
        feed.forget()
        found = len(cells)
        if found != width:
            if found < 2 and not "".join(cells).strip():
                continue  # an empty line
            if found > width and any(cell.strip() for cell in cells[width:]):
                damage.long.append(first + 1)
                continue
            if found < width:
                damage.short.append(first + 1)
                repaired = True
            cells = (cells + [""] * (width - found))[:width]
        if len(feed.damaged) > seen_damage:
            seen_damage = len(feed.damaged)
            repaired = True
        damage.repaired += repaired
        rows.add(cells, feed.ends[first], feed.ends[feed.position], found)
        if len(rows) % GROUP == 0:
            progress.advance(N_("Reading the file"), feed.ends[feed.position], size)
    return damage


def _read_line(feed: LineFeed, dialect: Dialect) -> list[str]:
    """A record whose quotes do not close where they should ends with its first line: the next ones are given back.

    The line is read leniently, or with quotes as plain characters, whichever gives the right number of cells.
    """
    feed.take_back(len(feed.recent) - 1)
    line = feed.recent[0].rstrip("\r\n")
    lenient = next(csv.reader([line], delimiter=dialect.delimiter), [])
    literal = next(csv.reader([line], delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE), [])
    return literal if len(literal) == dialect.width != len(lenient) else lenient


def _damage_findings(damage: _Damage, feed: LineFeed) -> Iterator[Finding]:
    kinds = (
        (
            "long_rows",
            damage.long,
            N_("Rows with more cells than there are columns: {rows} (lines {lines}). They were set aside."),
        ),
        (
            "stray_quotes",
            damage.quotes,
            N_("Rows whose quotation marks do not close: {rows} (lines {lines}). Each line was read by itself."),
        ),
        (
            "damaged_text",
            feed.damaged,
            N_("Lines that are not in the encoding of the file: {rows} (lines {lines}). Look at their characters."),
        ),
        (
            "short_rows",
            damage.short,
            N_("Rows with fewer cells than there are columns: {rows} (lines {lines}). The missing cells are blank."),
        ),
    )
    for kind, lines, message in kinds:
        if lines:
            yield Finding(kind, len(lines), message, (("rows", str(len(lines))), ("lines", name_lines(lines))))


def _guess_findings(coding: Coding, dialect: Dialect, named: list[str], columns: tuple[str, ...]) -> Iterator[Finding]:
    if not coding.sure:
        message = N_("The encoding is a guess: {encoding}. If letters look wrong, choose another one.")
        yield Finding("encoding_guessed", 0, message, (("encoding", coding.name),))
    if dialect.preamble:
        message = N_("Lines above the column names that were passed over: {lines}.")
        yield Finding("preamble", 0, message, (("lines", str(dialect.header_line)),))
    if dialect.header_line is None:
        yield Finding("no_header", 0, N_("The first line looks like a row, so the columns were numbered."))
    renamed = [column for column, cell in zip(columns, named, strict=False) if column != cell]
    if len(columns) > len(named) and dialect.header_line is not None:
        renamed += columns[len(named) :]
    if renamed:
        message = N_("Columns that were renamed, because their names were blank, padded or alike: {columns}.")
        yield Finding("renamed_columns", 0, message, (("columns", ", ".join(renamed)),))
