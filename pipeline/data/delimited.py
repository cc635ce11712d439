"""CSV and its relatives: from the bytes of a file to rows with their places, and what had to be repaired.

Which encoding, which form and where the header stands is judged elsewhere, from the first lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

from pipeline.data.aside import Aside
from pipeline.data.cells import Cells, Form, Records, is_empty
from pipeline.data.dialect import find_form, holds_cells, read_sample
from pipeline.data.encoding import find_coding
from pipeline.data.feed import LineFeed, first_lines
from pipeline.data.header import find_header
from pipeline.data.rejoin import Rejoiner
from pipeline.data.report import Finding, Layout, ReadingReport, ReadOptions, name_lines, renamed_columns, without_rows
from pipeline.data.rows import GROUP, RowWriter, refuse_too_many, unique_names
from pipeline.errors import N_, UnreadableFile
from pipeline.runs.progress import Progress

# Lines that every judgement on the file rests on.
SAMPLE_LINES = 1000


@dataclass(frozen=True)
class _Table:
    """What was decided before the first row is read. ``header_line`` counts from 0; None: there is no header."""

    form: Form
    header_line: int | None
    width: int  # columns
    preamble: int  # records above the header that are no rows of the table
    rejoiner: Rejoiner
    sure: bool

    @cached_property
    def inside(self) -> re.Pattern[str]:
        """A quote with something other than a delimiter on both sides."""
        quote, other = re.escape(self.form.quote), re.escape(self.form.delimiter + self.form.quote)
        return re.compile(rf"[^\r\n{other}]{quote}[^\r\n{other}]")


@dataclass(frozen=True)
class _Header:
    start: int = 0  # bytes
    end: int = 0
    cells: tuple[str, ...] = ()


@dataclass
class _Damage:
    """What the rows went through; line numbers count from 1."""

    short: list[int] = field(default_factory=list)
    rejoined: list[int] = field(default_factory=list)
    quotes: list[int] = field(default_factory=list)
    odd: list[int] = field(default_factory=list)
    repaired: int = 0


def read_delimited(
    path: Path, name: str, options: ReadOptions, folder: Path, progress: Progress, limit: int | None
) -> tuple[tuple[str, ...], ReadingReport, Layout]:
    """Read a delimited text into ``folder``.

    Raises:
        UnreadableFile: no encoding fits, or there is no cell in it.
    """
    coding = find_coding(path, options.encoding, name, whole=limit is None)
    feed = LineFeed(path, coding)
    aside = Aside(folder)
    try:
        table = _judge(first_lines(path, coding, SAMPLE_LINES), name, options)
        header = _read_header(feed, table, name)
        columns = unique_names([*header.cells, *[""] * (table.width - len(header.cells))])
        rows = RowWriter(folder, columns)
        damage = _read_rows(feed, table, rows, aside, path.stat().st_size, progress, limit)
    finally:
        feed.close()
        aside.close()
    rows.finish()
    guesses = () if coding.sure else (_encoding_guessed(coding.name),)
    report = ReadingReport(
        format="csv",
        rows_read=len(rows),
        rows_repaired=damage.repaired,
        rows_set_aside=len(aside.lines),
        encoding=coding.name,
        delimiter=table.form.delimiter,
        quote=table.form.quote,
        escape=table.form.escape,
        header_row=0 if table.header_line is None else table.header_line + 1,
        findings=(
            *without_rows(len(rows) + len(aside.lines)),
            *_damage_findings(damage, aside, feed),
            *guesses,
            *_layout_findings(table, header, columns),
        ),
    )
    place = None if table.header_line is None else (header.start, header.end, len(header.cells))
    return columns, report, Layout(place, table.width, coding.codec, coding.spare)


def _judge(lines: list[str], name: str, options: ReadOptions) -> _Table:
    if not holds_cells(lines):
        raise UnreadableFile(N_("{name} is empty. Export the table again and upload that file."), name=name)
    judgement = find_form(lines, options)
    records = read_sample(lines, judgement.form)
    header, width, preamble = find_header(records, options.header_row) if records else (None, 1, 0)
    refuse_too_many(width)
    below = [cells for first, cells in records if header is None or first > header]
    rejoiner = Rejoiner(below, width, judgement.form.delimiter)
    return _Table(judgement.form, header, width, preamble, rejoiner, judgement.sure)


def _read_header(feed: LineFeed, table: _Table, name: str) -> _Header:
    """Pass over what stands above the header, and read it."""
    if table.header_line is None:
        return _Header()
    for _ in islice(feed, table.header_line):
        feed.forget()
    first, cells = next(iter(Records(feed, table.form)), (0, None))
    if cells is None:
        raise UnreadableFile(
            N_("{name} has no line {line}, so the column names cannot stand there."),
            name=name,
            line=table.header_line + 1,
        )
    return _Header(feed.ends[first], feed.ends[feed.position], tuple(cells))


def _read_rows(
    feed: LineFeed, table: _Table, rows: RowWriter, aside: Aside, size: int, progress: Progress, limit: int | None
) -> _Damage:
    damage, width, ends = _Damage(), table.width, feed.ends
    records = Records(feed, table.form)
    records.width = width
    count, seen_damage, quote = 0, len(feed.damaged), table.form.quote
    for first, cells in records:
        found = len(cells)
        repaired = records.repaired
        if repaired:
            damage.quotes.append(first + 1)
        if found != width:
            if is_empty(cells, width):
                continue
            fitted = _fit(cells, table, first + 1, damage)
            if fitted is None:
                aside.add(first + 1, "".join(feed.recent))
                continue
            repaired = repaired or found < width or fitted[1] < 0
            cells, found = fitted
        elif quote and quote in "".join(cells) and _is_odd(cells, feed.recent, table):
            damage.odd.append(first + 1)
        if len(feed.damaged) > seen_damage:
            seen_damage = len(feed.damaged)
            repaired = True
        damage.repaired += repaired
        rows.add(cells, ends[first], ends[feed.position], found)
        count += 1
        if count % GROUP == 0:
            progress.advance(N_("Reading the file"), ends[feed.position], size)
        if count == limit:
            break
    return damage


def _is_odd(cells: Cells, lines: list[str], table: _Table) -> bool:
    """Whether a quote stands in the middle of a cell and the row is unlike the others: a delimiter may be missing."""
    return table.inside.search("".join(lines)) is not None and not table.rejoiner.fits(cells)


def _fit(cells: Cells, table: _Table, line: int, damage: _Damage) -> tuple[Cells, int] | None:
    """A row as wide as the table, and how many cells it has in the file: less than 0 if some of them were joined."""
    found, width = len(cells), table.width
    if found < width:
        damage.short.append(line)
        return cells + [""] * (width - found), found
    if not any(cell.strip() for cell in cells[width:]) and table.rejoiner.fits(cells[:width]):
        return cells[:width], found  # delimiters at the end of the line
    joined = table.rejoiner.rejoin(cells)
    if joined is None:
        return None
    damage.rejoined.append(line)
    return joined, -found


def _damage_findings(damage: _Damage, aside: Aside, feed: LineFeed) -> Iterator[Finding]:
    kinds = (
        (
            "long_rows",
            aside.lines,
            N_("Rows with more cells than there are columns: {rows} (lines {lines}). They were set aside."),
        ),
        (
            "rejoined_rows",
            damage.rejoined,
            N_(
                "Rows whose text held delimiters outside quotes: {rows} (lines {lines}). The cells that belong "
                "together were joined, as the other columns show."
            ),
        ),
        (
            "stray_quotes",
            damage.quotes,
            N_("Rows whose quotation marks do not close: {rows} (lines {lines}). Each line was read by itself."),
        ),
        (
            "odd_rows",
            damage.odd,
            N_(
                "Rows with a quotation mark inside a cell and cells unlike those of other rows: {rows} (lines "
                "{lines}). A delimiter may be missing there."
            ),
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
    if feed.cut:
        message = N_("The file ends in the middle of a character: it was cut off, and its last row with it.")
        yield Finding("cut_off", 1, message)


def _encoding_guessed(name: str) -> Finding:
    message = N_("The encoding is a guess: {encoding}. If letters look wrong, choose another one.")
    return Finding("encoding_guessed", 0, message, (("encoding", name),))


def _layout_findings(table: _Table, header: _Header, columns: tuple[str, ...]) -> Iterator[Finding]:
    if not table.sure:
        message = N_("How the cells are separated is a guess: {delimiter}. If the columns look wrong, choose it.")
        yield Finding("dialect_guessed", 0, message, (("delimiter", repr(table.form.delimiter)),))
    if table.preamble:
        message = N_("Lines above the column names that were passed over: {lines}.")
        yield Finding("preamble", 0, message, (("lines", str(table.header_line)),))
    if table.header_line is None:
        yield Finding("no_header", 0, N_("The first line looks like a row, so the columns were numbered."))
        return
    yield from renamed_columns(columns, header.cells)
