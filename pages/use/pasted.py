"""A column or a few columns pasted from a spreadsheet: text in, rows out, line for line. No Streamlit."""

import csv
import io

import pandas as pd

MOST_LINES = 5000  # pasted at once; a longer list belongs in a file


def read(pasted: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """The rows of ``pasted`` with one column for each of ``columns``, as strings; an empty line stays a row.

    What Excel and WPS put on the clipboard: tabs between columns, a cell with line breaks or quotes in
    double quotes. With one column the whole line is the text, tabs included. Missing cells are blank, and
    cells beyond the last column are left out. A first line that repeats the column names is a header.
    """
    lines = _cells(pasted, single=len(columns) == 1)
    if lines and tuple(cell.strip() for cell in lines[0][: len(columns)]) == columns:
        lines = lines[1:]
    padded = [(line + [""] * len(columns))[: len(columns)] for line in lines]
    return pd.DataFrame(padded, columns=list(columns), dtype=str)


def _cells(pasted: str, *, single: bool) -> list[list[str]]:
    text = pasted.replace("\r\n", "\n").replace("\r", "\n")
    text = text.removesuffix("\n")  # the end of the last line, not one more empty line
    if not text:
        return []
    if not _is_quoted(text):
        return [[line] if single else line.split("\t") for line in text.split("\n")]
    rows = list(csv.reader(io.StringIO(text), delimiter="\t"))
    return [["\t".join(row)] if single else row or [""] for row in rows]


def _is_quoted(text: str) -> bool:
    """Whether some cell begins with a quote that a later quote closes at the end of a cell."""
    opening = text.startswith('"') or '\t"' in text or '\n"' in text
    closing = text.endswith('"') or '"\t' in text or '"\n' in text
    return opening and closing and text.count('"') % 2 == 0


def for_clipboard(labels: list[str]) -> str:
    """``labels`` one a line, so that pasting beside the original column keeps the rows in step."""
    return "\n".join(" ".join(label.split()) for label in labels)
