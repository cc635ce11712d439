"""Whether 5/1/2024 is in January or in May, in a column of a Source: what its cells say, else what the file suggests.

Says why, so that a person can say otherwise. Knows nothing of Views and Splits.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from pipeline.data.dates import Order, order_told, read_dates, usual_order
from pipeline.data.source import Source, cell_counts, load_source, spread_rows
from pipeline.errors import N_, UnfitData

# Rows in which other columns and the letters of the file are looked at.
LOOKED_AT = 2_000

ORDERS: tuple[Order, ...] = ("day", "month")

# So many different dates stand in order, upwards or downwards, by chance once in 60 times (2 of 5!).
FEWEST_IN_ORDER = 5

# Letters that English does not have, in at least this share of the rows: a language that puts the day first. Chinese,
# Japanese and Korean put the year first: there a program made for English has written the dates, and nothing follows.
FOREIGN_SHARE = 0.1
_YEAR_FIRST = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH", "HALFWIDTH")

# Between cells where the comma stands in numbers, which is where the day comes first.
_CONTINENTAL_DELIMITER = ";"

Reason = Literal["cells", "chosen", "most", "rows", "column", "file", "usual"]

# A sentence for each reason but "cells", of which nothing need be said.
SENTENCES: dict[Reason, str] = {
    "chosen": N_("{cell} is read as {date}, as you have chosen."),
    "most": N_("{cell} is read as {date}: most dates in {column} are written so, but not {other}."),
    "rows": N_("{cell} is read as {date}: so the rows are in order. No date in {column} tells by itself."),
    "column": N_("{cell} is read as {date}, as {other} has its dates. No date in {column} tells by itself."),
    "file": N_("{cell} is read as {date}, as is usual in files like this. No date in {column} tells by itself."),
    "usual": N_("{cell} is read as {date}, which may be wrong: no date in {column} tells the day from the month."),
}
_TOLD: dict[Order, str] = {
    "day": N_("In {column} the day comes before the month, as {cell} shows. Leave the order of its dates as it is."),
    "month": N_("In {column} the month comes before the day, as {cell} shows. Leave the order of its dates as it is."),
}


@dataclass(frozen=True)
class DateOrder:
    """How the dates of a column are read, and why."""

    column: str
    order: Order  # "" where no date is written so that it matters
    reason: Reason
    example: str = ""  # a cell that is another day in the other order; "": there is nothing to choose
    other: str = ""  # "most": a cell that contradicts; "cells": one that tells; "column": the column that tells

    @property
    def opposite(self) -> Order:
        """What a person might have meant instead."""
        return "month" if self.order == "day" else "day"

    def day(self, order: Order) -> date:
        """The day that ``example`` is in this order."""
        (seconds,) = read_dates([self.example], order)
        if seconds is None:
            raise ValueError(f"{self.example!r} is no date")
        return datetime.fromtimestamp(seconds, UTC).date()


def date_order(source_id: str, column: str, chosen: Order = "") -> DateOrder:
    """How the dates of a column are read.

    Args:
        source_id: the Source.
        column: one of its columns.
        chosen: what a person says; "" for nothing.

    Raises:
        UnfitData: all cells that tell say otherwise than the person.
        DataError: no such Source, or no such column.
    """
    found = _find(source_id, column)
    if chosen and found.reason == "cells" and found.order not in ("", chosen):
        raise UnfitData(_TOLD[found.order], cell=found.other, column=column)
    return DateOrder(column, chosen, "chosen", found.example) if chosen and found.example else found


def _find(source_id: str, column: str) -> DateOrder:
    cells = list(cell_counts(source_id, column))
    told = order_told(cells)
    if told.contradicting:
        return DateOrder(column, told.order, "most", told.open, told.contradicting)
    if told.order or not told.open:
        return DateOrder(column, told.order, "cells", other=told.telling)
    in_order = [order for order in ORDERS if _stand_in_order(read_dates(cells, order))]
    if len(in_order) == 1:
        return DateOrder(column, in_order[0], "rows", told.open)
    source = load_source(source_id)
    by_column = _other_columns(source, column)
    if len({*by_column.values()}) == 1:
        other, order = next(iter(by_column.items()))
        return DateOrder(column, order, "column", told.open, other)
    if source.report.delimiter == _CONTINENTAL_DELIMITER or _is_foreign(source):
        return DateOrder(column, "day", "file", told.open)
    return DateOrder(column, usual_order(told.open), "usual", told.open)


def _stand_in_order(dates: Sequence[float | None]) -> bool:
    known = [seconds for seconds in dates if seconds is not None]
    upwards = sorted(known)
    return len({*known}) >= FEWEST_IN_ORDER and known in (upwards, upwards[::-1])


def _other_columns(source: Source, column: str) -> dict[str, Order]:
    """The columns whose dates can only be read in one order, with that."""
    names = [name for name in source.columns if name != column]
    rows = spread_rows(source.id, names, LOOKED_AT)
    told = {name: order_told(rows[name]) for name in names}
    return {name: its.order for name, its in told.items() if its.order and not its.contradicting}


def _is_foreign(source: Source) -> bool:
    """Whether the file is in a language that is written with other letters than English and puts the day first."""
    rows = spread_rows(source.id, source.columns, LOOKED_AT)
    texts = rows.agg("".join, axis=1)
    letters = {letter for text in texts for letter in text if not letter.isascii() and letter.isalpha()}
    foreign = {letter for letter in letters if not unicodedata.name(letter, "").startswith(_YEAR_FIRST)}
    return sum(not foreign.isdisjoint(text) for text in texts) >= FOREIGN_SHARE * len(texts) > 0
