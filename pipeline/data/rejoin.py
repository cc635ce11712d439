"""Rows with a delimiter too many, or in a text that was never quoted: which cells belong together?

Judged by what the columns hold in whole rows: the cells before and behind the place must be of the same kind.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.data.cells import Cells

# Fewer whole rows than this say little about what a column holds.
WHOLE_ROWS = 8

# A column with so many rows a value holds values out of a closed set, if they are short.
ROWS_A_VALUE, LONGEST_VALUE = 3, 40

# One row in so many may be damaged without spoiling what is known of its columns.
ROWS_AN_ODD_ONE = 20

_NUMBER = re.compile(r"[-+]?[$€£¥]?\d[\d.,]*%?")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True)
class _Column:
    """What the cells of whole rows have in common. ``free``: nothing, so a text that was cut apart may stand here."""

    values: frozenset[str]  # of a closed set; empty: it is none
    shapes: frozenset[str]  # 9999-99 for 2024-03; empty: no few
    numeric: bool
    blank: bool  # whether cells may be blank
    empty: bool  # whether all are

    @property
    def free(self) -> bool:
        return not (self.values or self.shapes or self.numeric or self.empty)

    def takes(self, cell: str) -> bool:
        """Whether a cell is like the others of the column."""
        text = cell.strip()
        if not text:
            return self.blank
        if self.empty:
            return False
        if self.numeric:
            return _NUMBER.fullmatch(text) is not None
        if self.shapes:
            return _DIGITS.sub("9", text) in self.shapes
        return not self.values or text in self.values


class Rejoiner:
    """Knows the columns of a table by its first whole rows, and joins the cells of a row that has too many."""

    def __init__(self, rows: Sequence[Cells], width: int, delimiter: str) -> None:
        whole = [cells for cells in rows if len(cells) == width]
        self._delimiter = delimiter
        self._columns = [_describe([cells[place] for cells in whole]) for place in range(width)]
        self._able = len(whole) >= WHOLE_ROWS and not all(column.free for column in self._columns)

    def fits(self, cells: Cells) -> bool:
        """Whether the cells, one a column, are what the columns hold, as far as that is known."""
        return not self._able or all(map(_Column.takes, self._columns, cells))

    def rejoin(self, cells: Cells) -> Cells | None:
        """A row of too many cells with one a column; None if no way to make it so fits, or several do.

        Either one blank cell is left out, whose delimiter was one too many, or neighbours are joined.
        """
        if not self._able:
            return None
        width, more = len(self._columns), len(cells) - len(self._columns)
        # A place can be the right one only if everything before it and everything behind it fits.
        before = _count_fitting(self._columns, cells)
        behind = _count_fitting(self._columns[::-1], cells[::-1])
        if more == 1:
            spare = [at for at in range(max(0, width - behind), min(before, width) + 1) if not cells[at].strip()]
            if spare:
                alike = len(set(cells[spare[0] : spare[-1] + 1])) == 1
                return cells[: spare[0]] + cells[spare[0] + 1 :] if alike else None
        found = None
        for at in range(max(0, width - 1 - behind), min(before, width - 1) + 1):
            joined = self._delimiter.join(cells[at : at + more + 1])
            if self._columns[at].free and self._columns[at].takes(joined):
                if found is not None:
                    return None
                found = [*cells[:at], joined, *cells[at + more + 1 :]]
        return found


def _count_fitting(columns: Sequence[_Column], cells: Cells) -> int:
    """How many of the first cells are like their columns, up to the first that is not."""
    fits = map(_Column.takes, columns, cells)
    return next((at for at, one in enumerate(fits) if not one), min(len(columns), len(cells)))


def _describe(cells: Sequence[str]) -> _Column:
    filled = [cell.strip() for cell in cells if cell.strip()]
    odd = max(len(filled) // ROWS_AN_ODD_ONE, int(len(filled) > WHOLE_ROWS))  # rows that may be damaged themselves
    values = _frequent(filled, odd)
    shapes = _frequent([_DIGITS.sub("9", cell) for cell in filled], odd)
    numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in filled)
    return _Column(
        values=values,
        shapes=shapes if all("9" in shape for shape in shapes) else frozenset(),
        numeric=bool(filled) and numbers >= len(filled) - odd,
        blank=len(filled) < len(cells),
        empty=not filled,
    )


def _frequent(texts: Sequence[str], odd: int) -> frozenset[str]:
    """The texts that occur several times, if a few short ones are nearly all there is; else none."""
    several = {text: times for text, times in Counter(texts).items() if times > 1}
    closed = len(texts) >= WHOLE_ROWS and ROWS_A_VALUE * len(several) <= len(texts)
    short = all(len(text) <= LONGEST_VALUE for text in several)
    return frozenset(several) if closed and short and sum(several.values()) >= len(texts) - odd else frozenset()
