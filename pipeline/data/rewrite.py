"""A copy of a Source's file with columns added or cells replaced, in its own format or as a new table."""

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.data.cells import Form
from pipeline.data.changes import Changes
from pipeline.data.formats import PROMISES
from pipeline.data.parquet import text_column
from pipeline.data.report import Layout, ReadingReport
from pipeline.data.rewrite_delimited import DelimitedRewriter
from pipeline.data.rewrite_records import rewrite_records
from pipeline.data.rewrite_workbook import rewrite_workbook, write_workbook
from pipeline.data.rows import read_spans, read_table
from pipeline.errors import N_, DataError, SettingError

# Under which a format is written where a file's own name does not say it.
ENDINGS = {"csv": ".csv", "excel": ".xlsx", "json": ".json", "jsonl": ".jsonl", "parquet": ".parquet"}


def written_format(destination: Path) -> str:
    """The format that the ending of a path asks for: "csv", "excel", "json", "jsonl" or "parquet".

    Raises:
        SettingError: an ending that cannot be written.
    """
    suffix = destination.suffix.lower()
    if suffix not in PROMISES:
        raise SettingError(
            N_("A file ending in {suffix} cannot be written. Use .csv, .tsv, .xlsx, .json, .jsonl or .parquet."),
            suffix=suffix or '""',
        )
    return "jsonl" if suffix in (".jsonl", ".ndjson") else PROMISES[suffix]


def own_ending(name: str, kind: str) -> str:
    """The ending under which a copy of the file ``name`` of format ``kind`` keeps it: its own, if that says so."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in PROMISES and written_format(Path(f"copy{suffix}")) == kind else ENDINGS[kind]


def rewrite(
    folder: Path,
    original: Path,
    name: str,
    columns: tuple[str, ...],
    report: ReadingReport,
    layout: Layout,
    changes: Changes,
    destination: Path,
) -> None:
    """Write the copy in the format of the file itself; see ``source.write_back``."""
    spans = read_spans(folder)

    def write(path: Path) -> None:
        if changes.nothing:
            shutil.copyfile(original, path)
        elif report.format == "csv":
            form = Form(report.delimiter, report.quote, report.escape)
            DelimitedRewriter(name, form, layout).write(original, path, spans, changes, _rejoined_rows(folder, spans))
        elif report.format == "excel":
            rewrite_workbook(original, path, name, report.sheet, layout, spans, changes)
        elif report.format == "parquet":
            _rewrite_parquet(original, path, changes)
        else:
            rewrite_records(original, path, columns, layout, spans, changes)

    _write_whole(destination, write)


def _rejoined_rows(folder: Path, spans: npt.NDArray[np.int64]) -> dict[int, list[str]]:
    """The cells of the rows that have more of them in the file."""
    rows = np.flatnonzero(spans[:, 2] < 0)
    if not len(rows):
        return {}
    cells = read_table(folder, None).iloc[rows].to_numpy(dtype=object).tolist()
    return dict(zip(rows.tolist(), cells, strict=True))


def write_table(table: pd.DataFrame, name: str, destination: Path) -> None:
    """Write a new table of strings in the format that the ending of ``destination`` asks for.

    Raises:
        SettingError: an ending that cannot be written.
        DataError: Excel cannot hold it.
    """
    kind = written_format(destination)
    columns = [str(column) for column in table.columns]
    rows: list[list[str]] = table.to_numpy(dtype=object).tolist()

    def write(path: Path) -> None:
        if kind == "excel":
            write_workbook(path, columns, rows, name)
        elif kind == "parquet":
            table.to_parquet(path, index=False)
        elif kind == "csv":
            # With a byte order mark, or Excel shows Chinese as gibberish.
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                tab = destination.suffix.lower() in (".tsv", ".tab")
                csv.writer(file, delimiter="\t" if tab else ",").writerows([columns, *rows])
        else:
            records = [dict(zip(columns, row, strict=True)) for row in rows]
            lines = [json.dumps(record, ensure_ascii=False) for record in records]
            text = "[\n" + ",\n".join(lines) + "\n]\n" if kind == "json" else "\n".join(lines) + "\n"
            path.write_text(text, encoding="utf-8")

    _write_whole(destination, write)


def refuse_to_lose_rows(name: str, set_aside: int, destination: Path) -> None:
    """Rows that were set aside have no cells, so only a copy in the file's own format can hold them.

    Raises:
        DataError: there are some.
    """
    if set_aside:
        raise DataError(
            N_("{name} has {rows} rows that could not be read; a {suffix} file would lose them. Keep its format."),
            name=name,
            rows=set_aside,
            suffix=destination.suffix,
        )


def _write_whole(destination: Path, write: Callable[[Path], None]) -> None:
    """A killed process leaves the file that was there before, or none."""
    partial = destination.with_name(f"{destination.stem}.{os.getpid()}.partial{destination.suffix}")
    try:
        write(partial)
        partial.replace(destination)
    finally:
        partial.unlink(missing_ok=True)


def _rewrite_parquet(original: Path, destination: Path, changes: Changes) -> None:
    with pq.ParquetFile(original) as file:
        table = file.read()
    for position in {position for cells in changes.replaced.values() for position in cells}:
        new = {row: cells[position] for row, cells in changes.replaced.items() if position in cells}
        column = _replace_values(table.column(position), new)
        table = table.set_column(position, table.column_names[position], column)
    for name, cells in zip(changes.names, changes.added, strict=True):
        table = table.append_column(name, pa.array(list(cells), pa.string()))
    pq.write_table(table, destination)


def _replace_values(column: pa.ChunkedArray, new: dict[int, str]) -> pa.ChunkedArray:
    """The column with its type; as text where a new cell does not fit the type."""
    rows = list(new)
    try:
        values = pa.array([new[row] or None for row in rows], pa.string()).cast(column.type).to_pylist()
        kept = column.to_pylist()
        kind = column.type
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        values, kept, kind = [new[row] for row in rows], text_column(column).to_pylist(), pa.string()
    for row, value in zip(rows, values, strict=True):
        kept[row] = value
    return pa.chunked_array([pa.array(kept, kind)])
