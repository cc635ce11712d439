"""Whatever Python's csv module writes comes back: equal if its form is given; equal or called a guess if it is not."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.data.source import ReadOptions, Source, import_source, read_rows, write_back
from pipeline.errors import UnreadableFile
from pipeline.settings import Workspace

ENCODINGS = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030", "big5", "shift_jis", "cp1250", "cp1251",
    "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "latin-1", "iso8859-7", "mac-roman",
]  # fmt: skip
DELIMITERS = [",", ";", "\t", "|", " "]
QUOTING = [('"', "double"), ("'", "double"), ('"', "backslash"), ("'", "backslash"), ("", "backslash")]
# What a report says where a file may mean something else: a guess, other names, a quotation mark that does not close.
DOUBTS = {"encoding_guessed", "dialect_guessed", "no_header", "preamble", "renamed_columns", "stray_quotes"}


@dataclass(frozen=True)
class Written:
    """A file as the csv module wrote it."""

    table: list[list[str]]
    encoding: str
    delimiter: str
    quote: str
    escape: str
    content: bytes

    @property
    def options(self) -> ReadOptions:
        return ReadOptions(self.encoding, self.delimiter, 0, quote=self.quote, escape=self.escape)


# Letters of every script, and all that means something to a reader of CSV.
CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co")) | st.sampled_from("\n\r\t\\\"',;| #аяωñ打印機あ123"),
    max_size=8,
)


@st.composite
def written(draw: st.DrawFn, least_columns: int = 1) -> Written:
    encoding = draw(st.sampled_from(ENCODINGS))
    width = draw(st.integers(least_columns, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6))
    delimiter, line_end = draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quote, escape = draw(st.sampled_from(QUOTING))
    quoting = draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])) if quote else csv.QUOTE_NONE
    # The module puts only those line ends into quotes that end its own lines, and could not read the others back.
    gone = "" if quoting == csv.QUOTE_ALL else "".join({"\n", "\r"} - {*line_end})
    table = [[clean(cell, encoding, gone) for cell in row] for row in rows]
    backslash = {"escapechar": "\\", "doublequote": draw(st.booleans())} if escape == "backslash" else {}
    text = io.StringIO(newline="")
    writer = csv.writer(
        text, delimiter=delimiter, lineterminator=line_end, quotechar=quote or None, quoting=quoting, **backslash
    )
    try:
        writer.writerows(table)
    except csv.Error:
        assume(False)  # a blank cell alone on its line needs quotes
    return Written(table, encoding, delimiter, quote, escape, text.getvalue().encode(encoding))


def clean(cell: str, encoding: str, gone: str) -> str:
    return "".join(letter for letter in cell.encode(encoding, "ignore").decode(encoding) if letter not in gone)


def says_something(file: Written) -> bool:
    """A table of nothing but spaces of any kind, delimiters and quotes is refused as empty."""
    return any("".join(cell.split()).strip(",;|\"'\\") for row in file.table for cell in row)


def read_back(written: Written, folder: Path, options: ReadOptions) -> Source:
    path = folder / "any"
    path.write_bytes(written.content)
    return import_source(path, "any.csv", options)


@given(written())
def test_a_table_comes_back_equal_when_its_form_is_given(home: Workspace, tmp_path: Path, file: Written) -> None:
    assume(says_something(file))
    source = read_back(file, tmp_path, file.options)
    assert read_rows(source.id).to_numpy().tolist() == file.table
    assert (source.report.rows_repaired, source.report.rows_set_aside) == (0, 0)


@given(written(), st.text("x;,|\t \"'\\\n", min_size=1, max_size=4).map("x".__add__))
def test_a_column_is_added_in_any_form(home: Workspace, tmp_path: Path, file: Written, new: str) -> None:
    assume(says_something(file))
    source = read_back(file, tmp_path, file.options)
    replaced = [new if row % 2 else cells[0] for row, cells in enumerate(file.table)]
    out = tmp_path / "out.csv"
    write_back(source.id, {"p": [new] * source.rows}, {source.columns[0]: replaced}, destination=out)
    again = import_source(out, "out.csv", file.options)
    expected = [[first, *cells[1:], new] for first, cells in zip(replaced, file.table, strict=True)]
    assert read_rows(again.id).to_numpy().tolist() == expected


@given(written(least_columns=2))
def test_a_table_comes_back_equal_or_is_called_a_guess(home: Workspace, tmp_path: Path, file: Written) -> None:
    try:
        source = read_back(file, tmp_path, ReadOptions())
    except UnreadableFile:
        return  # said in so many words, which is the other right answer
    rows = read_rows(source.id).to_numpy().tolist()
    if source.report.header_row:
        rows.insert(0, list(source.columns))
    kinds = {finding.kind for finding in source.report.findings}
    assert rows == file.table or kinds & DOUBTS


def test_a_lone_quotation_mark_at_the_end_of_a_file_is_said(home: Workspace, tmp_path: Path) -> None:
    table = [["0", "1", "00"], ["", "", '"']]
    file = Written(table, "utf-8", ",", "'", "double", b'0,1,00\n,,"\n')
    report = read_back(file, tmp_path, ReadOptions()).report
    assert (report.rows_read, report.rows_repaired, report.rows_set_aside) == (1, 1, 0)
    assert [(one.kind, dict(one.values)["lines"]) for one in report.findings] == [("stray_quotes", "2")]
