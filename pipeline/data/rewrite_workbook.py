"""An Excel workbook with columns added and cells replaced; sheets, styles and formulas are kept by openpyxl."""

from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.data.changes import Changes
from pipeline.data.report import Layout
from pipeline.data.workbook import cell_text, open_workbook
from pipeline.errors import N_, DataError

# Excel's own limit on one cell; openpyxl would cut the rest off without a word.
LONGEST_CELL = 32_767


def rewrite_workbook(
    original: Path,
    destination: Path,
    name: str,
    sheet_title: str,
    layout: Layout,
    spans: npt.NDArray[np.int64],
    changes: Changes,
) -> None:
    """Write a copy. Added cells are text; a replaced cell takes the type of an equal one in its column."""
    with open_workbook(original, name, keep_vba=destination.suffix.lower() == ".xlsm") as book:
        sheet: Worksheet = book[sheet_title]
        numbers = (spans[:, 0] + 1).tolist()
        for position, (title, cells) in enumerate(zip(changes.names, changes.added, strict=True)):
            column = layout.cells + position + 1
            if layout.header:
                place = sheet.cell(layout.header[0] + 1, column)
                set_text(place, excel_text(title, name))
                place.font = copy(sheet.cell(layout.header[0] + 1, layout.cells).font)
            for number, cell in zip(numbers, cells, strict=True):
                if cell:
                    set_text(sheet.cell(number, column), excel_text(cell, name))
        known = _typed_cells(sheet, numbers, changes)
        for row, cells_of_row in changes.replaced.items():
            for position, text in cells_of_row.items():
                place = sheet.cell(numbers[row], position + 1)
                like = known.get((position, text))
                if like is None:
                    set_text(place, excel_text(text, name))
                else:
                    place.value, place.number_format = like.value, like.number_format
        book.save(destination)


def write_workbook(destination: Path, columns: list[str], rows: list[list[str]], name: str) -> None:
    """Write a new workbook of text cells.

    Raises:
        DataError: a cell is longer than Excel allows.
    """
    # All at first: openpyxl cannot give up a workbook that it has begun to write.
    texts = [[excel_text(cell, name) for cell in cells] for cells in (columns, *rows)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for cells in texts:
        places = [WriteOnlyCell(sheet) for _ in cells]
        for place, text in zip(places, cells, strict=True):
            set_text(place, text)
        sheet.append(places)
    book.save(destination)


def set_text(place: Any, text: str) -> None:
    """Put text into a cell so that it is text, whatever it looks like: no formula starts to run."""
    place.value = text
    place.data_type = "s"


def excel_text(text: str, name: str) -> str:
    """The text as a workbook can hold it, control characters replaced.

    Raises:
        DataError: it is longer than Excel allows.
    """
    if len(text) > LONGEST_CELL:
        raise DataError(
            N_("{name} has a cell of {characters} characters, and Excel holds {limit}. Write a CSV instead."),
            name=name,
            characters=len(text),
            limit=LONGEST_CELL,
        )
    return str(ILLEGAL_CHARACTERS_RE.sub("\ufffd", text))


def _typed_cells(sheet: Worksheet, numbers: list[int], changes: Changes) -> dict[tuple[int, str], Any]:
    """For each replaced column, a cell that shows a text but is no text: 407080 as a number, so that filters agree."""
    positions = {position for cells in changes.replaced.values() for position in cells}
    known: dict[tuple[int, str], Any] = {}
    for position in positions:
        for number in numbers:
            place = sheet.cell(number, position + 1)
            if place.data_type in "nbd" and place.value is not None:
                known.setdefault((position, cell_text(place.value, place.number_format)), place)
    return known
