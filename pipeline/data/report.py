"""What reading a file is asked to do and what it says it did. Knows nothing of how files are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.errors import N_, SettingError

# Part of every Source's id: raise it when the same bytes would be read differently.
READER_VERSION = "2"

QUOTES = ('"', "'", "")
ESCAPES = ("double", "backslash")

# A message names so many lines; the reading report is a sentence, not a listing.
LINES_NAMED = 10


@dataclass(frozen=True)
class ReadOptions:
    """What a person has decided about a file; None leaves it to the reader."""

    encoding: str | None = None  # a Python codec name
    delimiter: str | None = None  # one character
    header_row: int | None = None  # line (Excel: row) of the column names, from 1; 0: the file has none
    sheet: str | None = None  # Excel only
    quote: str | None = None  # '"', "'" or "" for none
    escape: str | None = None  # a quote inside a cell is "double"d, or a "backslash" stands before it

    def check(self) -> None:
        """Whether this can be asked for at all.

        Raises:
            SettingError: it cannot.
        """
        delimiter, quote = self.delimiter, self.quote
        wrong = (
            (delimiter is not None and (len(delimiter) != 1 or delimiter in "\r\n\\" or delimiter == quote), delimiter),
            (quote is not None and quote not in QUOTES, quote),
            (self.escape is not None and self.escape not in ESCAPES, self.escape),
            (self.header_row is not None and self.header_row < 0, self.header_row),
        )
        for is_wrong, value in wrong:
            if is_wrong:
                raise SettingError(
                    N_(
                        "A file cannot be read with {value}: the delimiter is one character, the quotation mark \" or '"
                        " or none, the escape double or backslash, the header a line from 1, or 0 for none."
                    ),
                    value=repr(value),
                )


@dataclass(frozen=True)
class Finding:
    """Something about the data that a person should know. ``message`` is a gettext id, ``values`` fill it."""

    kind: str
    rows: int
    message: str
    values: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def from_json(content: dict[str, Any]) -> "Finding":
        """A Finding from ``dataclasses.asdict`` as JSON keeps it."""
        values = tuple((name, value) for name, value in content["values"])
        return Finding(content["kind"], content["rows"], content["message"], values)


@dataclass(frozen=True)
class ReadingReport:
    """How a file was read: ``rows_read + rows_set_aside`` is the number of rows in the file.

    Wholly empty lines are not rows. Repaired rows are among the rows read.
    """

    format: str  # "csv" (whatever the delimiter), "excel", "json", "jsonl" or "parquet"
    rows_read: int
    rows_repaired: int
    rows_set_aside: int
    encoding: str = ""  # "" where the format decides it
    delimiter: str = ""  # csv only
    header_row: int = 0  # csv: line, excel: row, from 1; 0: no header
    sheet: str = ""  # excel only
    quote: str = ""  # csv only; "" for none
    escape: str = ""  # csv only: "double" or "backslash"
    findings: tuple[Finding, ...] = ()

    @staticmethod
    def from_json(content: dict[str, Any]) -> "ReadingReport":
        """A report from ``dataclasses.asdict`` as JSON keeps it."""
        findings = tuple(Finding.from_json(finding) for finding in content["findings"])
        return ReadingReport(**{**content, "findings": findings})

    def as_options(self) -> ReadOptions:
        """What to ask for to have a copy of the file read in the same way."""
        if self.format == "excel":
            return ReadOptions(sheet=self.sheet)
        if self.format != "csv":
            return ReadOptions()
        return ReadOptions(self.encoding, self.delimiter, self.header_row, None, self.quote, self.escape)


@dataclass(frozen=True)
class Layout:
    """Where the cells of a file stand, which is what writing back needs beside the spans of the rows.

    Spans are byte offsets, except in Excel (sheet rows) and Parquet (row numbers).
    """

    header: tuple[int, int, int] | None = None  # start, end and number of cells; None: no header
    cells: int = 0  # of the widest row, header included
    codec: str = ""  # of the text, without a byte order mark
    spare: str = ""  # codec of lines that ``codec`` cannot read

    @staticmethod
    def from_json(content: dict[str, Any]) -> "Layout":
        """A layout from ``dataclasses.asdict`` as JSON keeps it."""
        header = content["header"]
        return Layout(**{**content, "header": None if header is None else tuple(header)})


def renamed_columns(columns: Sequence[str], cells: Sequence[Any]) -> Iterator[Finding]:
    """A finding if ``columns``, the names as people can use them, are not the ``cells`` that stand in the file."""
    named = [*cells, *[None] * (len(columns) - len(cells))]
    renamed = [column for column, cell in zip(columns, named, strict=False) if column != cell]
    if renamed:
        message = N_("Columns that were renamed, because their names were blank, padded or alike: {columns}.")
        yield Finding("renamed_columns", 0, message, (("columns", ", ".join(renamed)),))


def without_rows(rows: int) -> Iterator[Finding]:
    """A finding if a table has column names and none of ``rows`` below them."""
    if not rows:
        yield Finding("no_rows", 0, N_("The file has column names and no rows below them."))


def name_lines(lines: Sequence[int]) -> str:
    """The first lines as text: ``4, 9, 17 …``."""
    return ", ".join(map(str, lines[:LINES_NAMED])) + (" …" if len(lines) > LINES_NAMED else "")
