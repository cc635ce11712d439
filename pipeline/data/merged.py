"""Column names of a sheet that stand in several rows, with cells merged: Person over name and age."""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl.utils import range_boundaries

# Rows in which column names may stand; merged cells further down hold data.
HEADER_ROWS = 50
MOST_AREA = 2 * HEADER_ROWS * 16_384  # cells of these rows, and of what hangs over from them

CHUNK = 1 << 20
LONGEST_TAG = 64

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_MEASURE = re.compile(r"[-+]?[$€£¥]?[\d\s.,:/%-]+%?")

SheetRow = tuple[int, list[str]]  # row of the sheet, from 0; its cells without the blank ones at the end


@dataclass(frozen=True)
class Merged:
    """A merged range: its first and last row and column, from 0."""

    top: int
    bottom: int
    left: int
    right: int


def merged_ranges(path: Path, part: str) -> tuple[Merged, ...]:
    """The merged ranges among the first rows of a sheet, from the workbook's part that holds it.

    openpyxl tells them only if it holds the whole workbook in memory. Ranges of a sheet do not overlap; where they
    do, somebody wants to keep us busy, and the rest is not looked at. One taller than names are is no name.
    """
    found: list[Merged] = []
    area = 0
    with zipfile.ZipFile(path) as book, book.open(part) as sheet:
        rest = b""
        while chunk := sheet.read(CHUNK):
            text = rest + chunk
            for match in _MERGED.finditer(text):
                left, top, right, bottom = range_boundaries(match[1].decode())
                if top > HEADER_ROWS or bottom - top >= HEADER_ROWS:
                    continue
                area += (right + 1 - left) * (bottom + 1 - top)
                if area > MOST_AREA:
                    return tuple(dict.fromkeys(found))
                found.append(Merged(top - 1, bottom - 1, left - 1, right - 1))
            rest = text[-LONGEST_TAG:]
    return tuple(dict.fromkeys(found))


def name_columns(
    records: Sequence[SheetRow], header: int, width: int, merged: Sequence[Merged]
) -> tuple[int, int, list[str]]:
    """The first and the last row of the header, and a name a column: of several rows, all from the top down.

    Args:
        records: the first rows that hold anything.
        header: the row in which the names were found.
        width: the number of columns.
        merged: ranges of the sheet; one that has its row to itself is a title.
    """
    cells = {row: texts + [""] * (width - len(texts)) for row, texts in records if row <= header + HEADER_ROWS}
    ranges = [one for one in merged if not _is_title(one, cells)]
    top = bottom = header
    while top - 1 in cells and any(one.top == top - 1 and (_is_wide(one) or one.bottom >= top) for one in ranges):
        top -= 1
    bottom = max((one.bottom for one in ranges if one.top <= header <= one.bottom), default=header)
    wide = [one for one in ranges if one.top == header and _is_wide(one)]
    if bottom == header and wide and _are_names(cells.get(header + 1), wide):
        bottom += 1
    rows = [_spread(row, cells.get(row, [""] * width), cells, ranges) for row in range(top, bottom + 1)]
    names = [
        " ".join(dict.fromkeys(text.strip() for text in texts if text.strip())) for texts in zip(*rows, strict=True)
    ]
    return top, bottom, names


def _is_title(one: Merged, cells: dict[int, list[str]]) -> bool:
    return _is_wide(one) and sum(bool(text.strip()) for text in cells.get(one.top, ())) <= 1


def _is_wide(one: Merged) -> bool:
    return one.right > one.left


def _are_names(cells: Sequence[str] | None, wide: Sequence[Merged]) -> bool:
    """Whether words stand under every column of the wide names: a second row of names, not the first of data."""
    if cells is None:
        return False
    under = [cells[column] for one in wide for column in range(one.left, one.right + 1) if column < len(cells)]
    return all(text.strip() and not _MEASURE.fullmatch(text.strip()) for text in under) and len(set(under)) > 1


def _spread(row: int, own: Sequence[str], cells: dict[int, list[str]], ranges: Sequence[Merged]) -> list[str]:
    """The cells of a row with merged ones filled in everywhere that they reach."""
    texts = list(own)
    for one in ranges:
        if one.top <= row <= one.bottom and one.top in cells:
            for column in range(one.left, min(one.right + 1, len(texts))):
                texts[column] = cells[one.top][one.left]
    return texts
