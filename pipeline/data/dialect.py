"""How a CSV-like text is laid out: its delimiter, where its header stands, how many columns it has.

Judges from the first lines only; knows nothing of bytes, and repairs nothing.
"""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.data.report import ReadOptions

DELIMITERS = (",", "\t", ";", "|")

# Lines and characters that the judgement rests on.
SAMPLE_LINES = 1000
SAMPLE_CHARACTERS = 1 << 20

# A delimiter that gives the same number of cells in fewer rows than this is not one.
CONSISTENT_SHARE = 0.5

# So many rows have to agree on more cells than the header names before a column is added for them; if fewer do,
# the extra cells are more likely delimiters inside a text, which would shift every cell behind them.
UNNAMED_SHARE = 0.9

# One cell may be as long as the file: only the size of the upload limits it. The module's own limit is 128 KiB.
csv.field_size_limit(2**31 - 1)

_FILLED = re.compile(r'[^\s,;|"]')
_NUMBER = re.compile(r"[-+]?[\d\s.,]*\d%?")
_YEAR_OR_POSITION = re.compile(r"(19|20)\d\d|\d{1,2}")

Record = tuple[int, list[str]]  # first line of the record, from 0; its cells


@dataclass(frozen=True)
class Dialect:
    """What was decided. ``header_line`` counts from 0; None: the file has no header."""

    delimiter: str
    header_line: int | None
    width: int  # columns
    preamble: int  # records above the header that are no rows of the table


def holds_cells(lines: Sequence[str]) -> bool:
    """Whether there is anything but spaces, delimiters and quotes."""
    return any(_FILLED.search(line) for line in lines)


def find_dialect(lines: Sequence[str], options: ReadOptions) -> Dialect:
    """Judge by the first lines, which hold cells, within what a person has decided."""
    delimiter = options.delimiter or _find_delimiter(lines)
    records = [record for record in _records(lines, delimiter) if any(cell.strip() for cell in record[1])]
    if not records:
        return Dialect(delimiter, None, 1, 0)  # of the delimiter that a person chose, all are cut away
    header, width, preamble = find_header(records, options.header_row)
    return Dialect(delimiter, header, width, preamble)


def find_header(records: Sequence[Record], header_row: int | None) -> tuple[int | None, int, int]:
    """Which line holds the column names (from 0; None: none does), the number of columns, and records above it.

    Args:
        records: the first records that hold anything, at least one.
        header_row: what a person has decided: a line from 1, 0 for no header, or None.
    """
    if header_row == 0:
        return None, _usual_width(records), 0
    if header_row is not None:
        below = [record for record in records if record[0] >= header_row - 1]
        return header_row - 1, _table_width(below), len(records) - len(below)
    preamble = _preamble(records)
    below = list(records[preamble:])
    if not preamble and _is_data(below):
        return None, _usual_width(below), 0
    return below[0][0], _table_width(below), preamble


def _records(lines: Sequence[str], delimiter: str) -> list[Record]:
    found: list[Record] = []
    reader = csv.reader(lines, delimiter=delimiter)
    first = 0
    for cells in reader:
        found.append((first, cells))
        first = reader.line_num
    return found


def _find_delimiter(lines: Sequence[str]) -> str:
    """The candidate that cuts the most rows into the same number of cells, or at least each row into several."""
    best, best_score = "", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(cells) for _, cells in _records(lines, delimiter) if any(cell.strip() for cell in cells))
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]))
        share = rows / widths.total()
        fits = width > 1 and (share > CONSISTENT_SHARE or 1 not in widths)
        if fits and (share, width) > best_score:
            best, best_score = delimiter, (share, width)
    return best or _quietest(lines)


def _quietest(lines: Sequence[str]) -> str:
    """For a single column: the delimiter that its text uses least; a comma would cut sentences into cells."""
    return min(DELIMITERS, key=lambda delimiter: sum(len(cells) > 1 for _, cells in _records(lines, delimiter)))


def _usual_width(records: Sequence[Record]) -> int:
    widths = Counter(len(cells) for _, cells in records)
    return max(widths.items(), key=lambda item: (item[1], item[0]))[0]


def _table_width(records: Sequence[Record]) -> int:
    """Columns of a table whose first record is the header: rows may agree on more than the header names."""
    named = len(records[0][1]) if records else 0
    if len(records) < 2:
        return named
    usual = _usual_width(records[1:])
    agree = sum(len(cells) == usual for _, cells in records[1:])
    return max(named, usual) if agree >= UNNAMED_SHARE * (len(records) - 1) else named


def _preamble(records: Sequence[Record]) -> int:
    """Records above the header: titles and comments, narrower than the table or with one filled cell at most."""
    usual = _usual_width(records)
    for position, (_, cells) in enumerate(records):
        filled = sum(bool(cell.strip()) for cell in cells)
        comment = cells[0].lstrip().startswith("#") and len(cells) != usual
        title = filled <= 1 and (len(cells) == 1 < usual or usual > 2)
        if not (comment or title):
            return position
    return 0


def _is_data(records: Sequence[Record]) -> bool:
    """Whether the first record is a row: one of its cells is a value of its column, or a number among numbers."""
    first = records[0][1]
    below = [cells for _, cells in records[1:] if cells != first]  # a header may have been pasted along once more
    for position, cell in enumerate(map(str.strip, first)):
        column = [cells[position].strip() for cells in below if len(cells) > position]
        values = [value for value in column if value]
        if cell and cell in values:
            return True
        numeric = len(values) > 2 and all(_NUMBER.fullmatch(value) for value in values)
        if numeric and _NUMBER.fullmatch(cell) and not _YEAR_OR_POSITION.fullmatch(cell):
            return True
    return False
