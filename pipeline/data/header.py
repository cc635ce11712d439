"""Where the column names of a table stand, above which rows, and how many columns there are. Knows no format."""

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

Record = tuple[int, list[str]]  # line or sheet row, from 0; its cells

# So many rows have to agree on more cells than the header names before a column is added for them; if fewer do,
# the extra cells are more likely delimiters inside a text, which would shift every cell behind them.
UNNAMED_SHARE = 0.9

# Rows of several cells, before they are taken for the table among single cells.
ROWS_OF_ALL = 0.3

# A line above the table fills so few of the cells that a row usually fills.
TITLE_SHARE = 1 / 3

# A column with so many rows a value, and at least this many rows, holds values out of a closed set.
ROWS_A_VALUE, CLOSED_ROWS = 3, 6

_NUMBER = re.compile(r"\(?[-+]?\s*[$€£¥₽]?\s*[-+]?(\d[\d\s.,']*|\.\d+)(e[-+]?\d+)?\s*[%$€£¥₽]?\)?", re.IGNORECASE)
_YEAR = re.compile(r"(19|20)\d\d")
_POSITION = re.compile(r"\d{1,2}")
_DATE = re.compile(
    r"(?=\d)(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})?[ T]*(\d{1,2}:\d{2}[\d:.Z+]*)?"
)
_SEPARATOR = re.compile(r"sep=.?")  # how Excel is told the delimiter
_DIGITS = re.compile(r"\d")


def find_header(records: Sequence[Record], header_row: int | None) -> tuple[int | None, int, int]:
    """Which line holds the column names (from 0; None: none does), the number of columns, and records above it.

    Args:
        records: the first records that are no empty lines, at least one.
        header_row: what a person has decided: a line from 1, 0 for no header, or None.
    """
    if header_row == 0:
        return None, usual_width(records), 0
    if header_row is not None:
        below = [record for record in records if record[0] >= header_row - 1]
        return header_row - 1, _table_width(below), len(records) - len(below)
    preamble = _preamble(records)
    below = list(records[preamble:])
    if not preamble and _is_data(below):
        return None, usual_width(below), 0
    return below[0][0], _table_width(below), preamble


def usual_width(records: Sequence[Record]) -> int:
    """The number of cells that most records have; titles and notes, which have one, may be more than the rows."""
    widths = Counter(len(cells) for _, cells in records)
    wide = {width: rows for width, rows in widths.items() if width > 1 and rows >= ROWS_OF_ALL * len(records)}
    return max((wide or widths).items(), key=lambda item: (item[1], item[0]))[0]


def _table_width(records: Sequence[Record]) -> int:
    """Columns of a table whose first record is the header: rows may agree on more than the header names."""
    named = len(records[0][1]) if records else 0
    if len(records) < 2:
        return named
    usual = usual_width(records[1:])
    agree = sum(len(cells) == usual for _, cells in records[1:])
    return max(named, usual) if agree >= UNNAMED_SHARE * (len(records) - 1) else named


def _preamble(records: Sequence[Record]) -> int:
    """Records above the header: blank ones, titles and comments, which fill far fewer cells than a row does."""
    usual = usual_width(records)
    typical = median(_filled(cells) for _, cells in records)
    for position, (_, cells) in enumerate(records):
        filled = _filled(cells)
        comment = cells[0].lstrip().startswith("#") and len(cells) != usual
        comment = comment or _SEPARATOR.fullmatch(",".join(cells).strip()) is not None
        alone = filled <= 1 and (len(cells) == 1 < usual or typical > 2)
        narrow = len(cells) < usual and 2 * filled <= typical
        if filled and not (comment or alone or narrow or filled <= TITLE_SHARE * typical):
            return position
    return next((position for position, (_, cells) in enumerate(records) if _filled(cells)), 0)


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _is_data(records: Sequence[Record]) -> bool:
    """Whether the first record is a row: more of its cells are like the cells below them than unlike."""
    first = [cell.strip() for cell in records[0][1]]
    if first in (_count_from(0, first), _count_from(1, first)):
        return False  # columns that were numbered by whoever wrote the file
    below = [cells for _, cells in records[1:] if [cell.strip() for cell in cells] != first]
    votes = 0
    for position, cell in enumerate(first):
        values = [cells[position].strip() for cells in below if len(cells) > position and cells[position].strip()]
        if cell and values:
            votes += _vote(cell, values)
    return votes > 0


def _count_from(start: int, cells: Sequence[str]) -> list[str]:
    return [str(number) for number in range(start, start + len(cells))]


def _vote(cell: str, values: Sequence[str]) -> int:
    """1 if the cell is like the values of its column, -1 if it is not, 0 if that cannot be told."""
    for pattern in (_DATE, _YEAR, _NUMBER):
        if all(pattern.fullmatch(value) for value in values):
            if not pattern.fullmatch(cell):
                return -1
            # Over measurements, a year or a position names the column.
            named = pattern is _NUMBER and (_YEAR.fullmatch(cell) or _POSITION.fullmatch(cell))
            return int(not named or _belongs(cell, values) > 0)
    return _belongs(cell, values)


def _belongs(cell: str, values: Sequence[str]) -> int:
    """By what the column holds: a closed set of values, or values of one shape, such as T-1001."""
    distinct = set(values)
    if len(values) >= CLOSED_ROWS and ROWS_A_VALUE * len(distinct) <= len(values):
        return 1 if cell in distinct else -1
    shapes = {_DIGITS.sub("9", value) for value in values}
    if len(values) > 1 and len(shapes) == 1 and "9" in next(iter(shapes)):
        return 1 if _DIGITS.sub("9", cell) in shapes else -1
    return int(cell in distinct and len(values) > 1)
