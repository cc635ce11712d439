"""Excel workbooks (.xlsx, .xlsm): from a sheet to rows of strings. Numbers that are ids stay as they look."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook

from pipeline.data.header import find_header
from pipeline.data.merged import merged_ranges, name_columns
from pipeline.data.report import Finding, Layout, ReadingReport, ReadOptions, renamed_columns, without_rows
from pipeline.data.rows import RowWriter, unique_names
from pipeline.errors import N_, UnreadableFile
from pipeline.runs.progress import Progress, Silent

# Titles and names above the rows, when only the first rows are wanted.
ROWS_ABOVE = 50

# Rows between two signs of life.
STRIDE = 2_000

# A single cell at the right end of every row would be thousands of blank ones a row to hold.
MANY_CELLS, FILLED_SHARE = 20_000_000, 0.01

# As many as a sheet of Excel has.
MOST_ROWS = 1_048_576

# What openpyxl raises when it meets something else than it expects.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError
)  # fmt: skip

# Beyond it a float no longer holds every whole number, so that digits would be made up.
EXACT_WHOLE = 2**53

_PADDED = re.compile(r"0{2,}")

SheetRow = tuple[int, list[str]]  # row of the sheet, from 0; its cells without the blank ones at the end


def read_workbook(
    path: Path, name: str, options: ReadOptions, folder: Path, progress: Progress, limit: int | None
) -> tuple[tuple[str, ...], ReadingReport, Layout]:
    """Read one sheet of a workbook into ``folder``: the one asked for, else the first visible one that holds rows.

    Raises:
        UnreadableFile: damaged, no such sheet, or an empty one.
    """
    with open_workbook(path, name, read_only=True, data_only=True) as book:
        sheet = _pick_sheet(book, name, options)
        sheet.reset_dimensions()  # some writers state them wrongly, and rows would be lost
        records = list(islice(_filled_rows(sheet, progress, name), None if limit is None else limit + ROWS_ABOVE))
        others = [other.title for other in book.worksheets if other.title != sheet.title]
        title = sheet.title
        # Not public, but where a sheet read row by row says which part of the zip it is.
        merged = merged_ranges(path, sheet._worksheet_path)
    if not records:
        raise UnreadableFile(N_("{name}: the sheet {sheet} is empty."), name=name, sheet=title)
    header, _, preamble = find_header(records, options.header_row)
    width = max((len(cells) for row, cells in records if header is None or row >= header), default=0)
    named: list[str] = []
    above = 0
    if header is not None:
        above, header, named = name_columns(records, header, width, merged)
    below = [record for record in records if header is None or record[0] > header]
    columns = unique_names(named + [""] * (width - len(named)))
    rows = RowWriter(folder, columns)
    for row, cells in below[:limit]:
        rows.add(cells + [""] * (width - len(cells)), row, row + 1, width)
    rows.finish()
    report = ReadingReport(
        format="excel",
        rows_read=len(rows),
        rows_repaired=0,
        rows_set_aside=0,
        header_row=0 if header is None else header + 1,
        sheet=title,
        findings=(
            *without_rows(len(rows)),
            *_findings(header, above if preamble else 0, others, title),
            *(() if header is None else renamed_columns(columns, named)),
        ),
    )
    return columns, report, Layout(None if header is None else (header, header + 1, width), width)


def sheet_titles(path: Path, name: str) -> tuple[str, ...]:
    """The names of the sheets that hold cells, in their order.

    Raises:
        UnreadableFile: damaged.
    """
    with open_workbook(path, name, read_only=True) as book:
        return tuple(sheet.title for sheet in book.worksheets)


@contextmanager
def open_workbook(path: Path, name: str, **how: bool) -> Iterator[Any]:
    """A workbook of openpyxl, closed at the end.

    Raises:
        UnreadableFile: openpyxl cannot make sense of it.
    """
    with path.open("rb") as file:
        try:
            with warnings.catch_warnings():
                # About parts that hold no cells, such as validation rules.
                warnings.simplefilter("ignore", UserWarning)
                book = load_workbook(file, **how)
        except DAMAGE as error:
            raise _damaged(name) from error
        try:
            yield book
        finally:
            book.close()


def cell_text(value: Any, number_format: str | None) -> str:
    """A cell as a person sees it: 407080 has no ".0", and 7 under the format 000 is 007."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number_text(value, number_format or "")
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time().isoformat() != "00:00:00" else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _number_text(value: int | float, number_format: str) -> str:
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= EXACT_WHOLE:
            return repr(value)
        value = int(value)
    return f"{value:0{len(number_format)}d}" if _PADDED.fullmatch(number_format) else str(value)


def _pick_sheet(book: Any, name: str, options: ReadOptions) -> Any:
    sheets = book.worksheets
    if options.sheet is not None:
        for sheet in sheets:
            if sheet.title == options.sheet:
                return sheet
        raise UnreadableFile(
            N_("{name} has no sheet {sheet}. Its sheets are: {sheets}."),
            name=name,
            sheet=options.sheet,
            sheets=", ".join(sheet.title for sheet in sheets),
        )
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
    if not visible:
        raise UnreadableFile(N_("{name} is an Excel workbook without a sheet of cells."), name=name)
    # A sheet of notes in front of the table is passed over; if there is no table, what is wrong with the first is said.
    with_cells = [sheet for sheet in visible if _beginning(sheet, name)] or visible
    return next((sheet for sheet in with_cells if _holds_rows(sheet, options, name)), with_cells[0])


def _beginning(sheet: Any, name: str) -> list[SheetRow]:
    sheet.reset_dimensions()
    return list(islice(_filled_rows(sheet, Silent(), name), ROWS_ABOVE))


def _holds_rows(sheet: Any, options: ReadOptions, name: str) -> bool:
    beginning = _beginning(sheet, name)
    if not beginning or (options.header_row or 0) > beginning[-1][0]:
        return False
    header, _, _ = find_header(beginning, options.header_row)
    return header is None or beginning[-1][0] > header


def _rows(sheet: Any, name: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a sheet, which openpyxl parses only now. Raises UnreadableFile where it cannot."""
    rows = sheet.iter_rows()
    for _ in range(MOST_ROWS):
        try:
            cells = next(rows, None)
        except DAMAGE as error:
            raise _damaged(name) from error
        if cells is None:
            return
        yield cells
    if next(rows, None) is not None:  # openpyxl fills the gap before a row of any number with blank ones
        raise _damaged(name)


def _damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        N_("{name} is a damaged Excel workbook. Open it in Excel and save it again, or save it as CSV."), name=name
    )


def _filled_rows(sheet: Any, progress: Progress, name: str) -> Iterator[SheetRow]:
    seen = filled = 0
    for row, cells in enumerate(_rows(sheet, name)):
        texts = [cell_text(cell.value, cell.number_format) for cell in cells]
        while texts and not texts[-1].strip():
            texts.pop()
        seen += len(texts)
        filled += sum(map(bool, texts))
        if seen > MANY_CELLS and filled < FILLED_SHARE * seen:
            raise UnreadableFile(
                N_("{name}: hardly any of the cells of the sheet {sheet} are filled. Delete cells far to the right."),
                name=name,
                sheet=sheet.title,
            )
        if texts:
            yield row, texts
        if row % STRIDE == 0:
            progress.advance(N_("Reading the file"), row, 0)


def _findings(header: int | None, above: int, others: list[str], title: str) -> Iterator[Finding]:
    if others:
        message = N_("The sheet {sheet} was read. Other sheets of the workbook: {sheets}.")
        yield Finding("other_sheets", 0, message, (("sheet", title), ("sheets", ", ".join(others))))
    if above:
        message = N_("Lines above the column names that were passed over: {lines}.")
        yield Finding("preamble", 0, message, (("lines", str(above)),))
    if header is None:
        yield Finding("no_header", 0, N_("The first line looks like a row, so the columns were numbered."))
