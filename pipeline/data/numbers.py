"""Numbers as people write them into cells, and whether a column holds numbers to predict. Knows cells only."""

import math
import re
import unicodedata
from collections.abc import Collection, Sequence

import pandas as pd

# Share of the filled cells that have to be numbers; the others are a finding of the data check.
NUMERIC_SHARE = 0.9

# So few different whole numbers are names of classes more often than amounts: 0 and 1, queue 1 to 7.
FEW_VALUES = 10

# Whole numbers that all have so many digits are codes: staff numbers, extensions, postcodes, years.
CODE_DIGITS = 4

_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d{1,2}")
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?")
_AROUND = "$€£¥%"  # say the unit, which is the same in the whole column


def read_number(cell: str) -> float:
    """The number that a cell says, in the unit of its column; nan where it is blank or says none.

    Reads 4.5, 1,200, 4,5, ４．５, $3 and 80 % (as 80); not 4 hours, 3-5 or nan.
    """
    plain = unicodedata.normalize("NFKC", cell).strip().strip(_AROUND).strip().casefold().replace("−", "-")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    elif not _PLAIN.fullmatch(plain):
        return math.nan
    number = float(plain)
    return number if math.isfinite(number) else math.nan


def read_numbers(cells: "pd.Series[str]") -> "pd.Series[float]":
    """The number of every cell, as ``read_number``; each different cell is read once."""
    known = {cell: read_number(cell) for cell in cells.unique()}
    return cells.map(known).astype("float64")


def holds_numbers(cells: Sequence[str]) -> bool:
    """Whether nearly all filled cells are numbers, of more than one value."""
    filled = [cell for cell in cells if cell.strip()]
    numbers = [number for cell in filled if not math.isnan(number := read_number(cell))]
    return bool(filled) and len(numbers) >= NUMERIC_SHARE * len(filled) and len(set(numbers)) > 1


def guess_amounts(cells: Sequence[str]) -> bool:
    """Whether a column holds amounts to predict rather than names of classes that happen to be digits.

    Amounts have fractions, or many values; whole numbers of a few values are taken for classes, though either may
    be meant: a person is asked. Digits that begin with 0, or that are equally many in every cell, are codes.
    """
    if not holds_numbers(cells):
        return False
    numbers = [number for cell in cells if not math.isnan(number := read_number(cell))]
    if any(not number.is_integer() for number in numbers):
        return True
    return len(set(numbers)) > FEW_VALUES and not are_codes(cells)


def are_codes(cells: Collection[str]) -> bool:
    """Whether digits are names, such as staff numbers: some begin with 0, or all are equally long, and not short."""
    filled = {cell.strip() for cell in cells} - {""}
    if not filled:
        return False
    lengths = {len(cell) for cell in filled}
    padded = any(cell.isdecimal() and len(cell) > 1 and cell.startswith("0") for cell in filled)
    return padded or (len(lengths) == 1 and min(lengths) >= CODE_DIGITS and all(map(str.isdecimal, filled)))
