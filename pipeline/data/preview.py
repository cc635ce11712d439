"""The first rows of a file as they would be read, before it is imported: to look at, and to correct the guesses."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.data.formats import recognise
from pipeline.data.readers import READERS
from pipeline.data.report import Finding, ReadOptions
from pipeline.data.rows import read_table
from pipeline.data.unpack import open_table
from pipeline.data.workbook import sheet_titles
from pipeline.runs.progress import Silent

ROWS = 20


@dataclass(frozen=True)
class Preview:
    """What the beginning of a file looks like under given options; findings speak of the beginning only."""

    format: str  # "csv", "excel", "json", "jsonl" or "parquet"
    columns: tuple[str, ...]
    rows: pd.DataFrame  # the first rows, every cell a string; index: row number from 0
    encoding: str  # "" where the format decides it
    delimiter: str  # csv only
    quote: str  # csv only; "" for none
    escape: str  # csv only: "double" or "backslash"
    header_row: int  # csv: line, excel: row, from 1; 0: no header
    sheet: str  # excel only
    sheets: tuple[str, ...]  # excel only: all of them, in the order of the workbook
    findings: tuple[Finding, ...]


def preview(path: Path, name: str, options: ReadOptions, rows: int = ROWS) -> Preview:
    """Read the beginning of a file, which stays where it is. Quick on any size.

    Args:
        path: where the bytes are.
        name: what the person calls the file; never used as a path.
        options: what the person has decided about it.
        rows: how many rows at most.

    Raises:
        UnreadableFile: it is not what its name says, is empty or damaged.
        SettingError: the options ask for what cannot be.
    """
    options.check()
    with tempfile.TemporaryDirectory() as folder, open_table(path, name, whole=False) as table:
        kind = recognise(table.path, table.name, options)
        columns, report, _ = READERS[kind](table.path, table.name, options, Path(folder), Silent(), rows)
        frame = read_table(Path(folder), None)
        sheets = sheet_titles(table.path, table.name) if kind == "excel" else ()
    return Preview(
        format=report.format,
        columns=columns,
        rows=frame,
        encoding=report.encoding,
        delimiter=report.delimiter,
        quote=report.quote,
        escape=report.escape,
        header_row=report.header_row,
        sheet=report.sheet,
        sheets=sheets,
        findings=report.findings + table.findings,
    )
