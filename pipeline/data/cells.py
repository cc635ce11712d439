"""From lines to records of cells: the csv module reads them, strictly; what it refuses is read line by line."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.data.feed import Endless, Feed

DOUBLE, BACKSLASH = "double", "backslash"

# One cell may be as long as the file: only the size of the upload limits it. The module's own limit is 128 KiB.
csv.field_size_limit(2**31 - 1)

Cells = list[str]


@dataclass(frozen=True)
class Form:
    """How the cells of a text are told apart."""

    delimiter: str
    quote: str = '"'  # "" for none
    escape: str = DOUBLE  # or BACKSLASH: how a quote stands inside a quoted cell

    def reader(self, lines: Iterable[str], *, strict: bool) -> Iterator[Cells]:
        """The csv module's reader for this form. It takes one line after the other from ``lines``."""
        how: dict[str, Any] = {"delimiter": self.delimiter, "strict": strict}
        how |= {"quotechar": self.quote} if self.quote else {"quoting": csv.QUOTE_NONE}
        if self.escape == BACKSLASH:
            how["escapechar"] = "\\"
            lines = map(self._keep_backslashes, lines)
        return csv.reader(lines, **how)

    def _keep_backslashes(self, line: str) -> str:
        r"""The csv module drops every backslash; many exports mean one only before what it protects (C:\new)."""
        if "\\" not in line:
            return line
        protected = re.escape(self.delimiter)
        return re.sub(rf"(\\[\\\"'\r\n{protected}])|\\", lambda found: found[1] or "\\\\", line)


class Records:
    """The records of a feed: ``for first, cells in records``, where ``first`` is a line from 0.

    After each one ``repaired`` says whether its quotes did not close where they should, and ``feed.recent`` holds
    its lines until the next is asked for.
    """

    def __init__(self, feed: Feed, form: Form) -> None:
        self.width = 0  # cells that a record should have; 0 while that is not known
        self.repaired = False
        self._feed = feed
        self._form = form
        self._reader = form.reader(feed, strict=True)

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        feed, forget = self._feed, self._feed.recent.clear
        while True:
            forget()
            first = feed.position
            try:
                cells = next(self._reader)
                self.repaired = False
            except StopIteration:
                return
            except (csv.Error, Endless):
                cells = self._read_line()
                self._reader = self._form.reader(feed, strict=True)
                self.repaired = True
            yield first, cells

    def _read_line(self) -> Cells:
        """A record whose quotes do not close where they should ends with its first line: the next are given back.

        The line is read leniently, or with quotes as plain characters, whichever gives the right number of cells.
        """
        self._feed.take_back(len(self._feed.recent) - 1)
        line = self._feed.recent[0].rstrip("\r\n")
        literal = next(Form(self._form.delimiter, "", self._form.escape).reader([line], strict=False), [])
        try:
            lenient = next(self._form.reader([line], strict=False), [])
        except csv.Error:
            return literal
        return literal if len(literal) == self.width != len(lenient) else lenient


def is_empty(cells: Cells, width: int) -> bool:
    """Whether a record is an empty line, which is no row. In a table of one column, spaces are a cell."""
    return not cells or (len(cells) == 1 < width and cells[0].isspace())
