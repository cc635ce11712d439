"""Parquet: from typed columns to rows of strings. Knows nothing of other formats."""

import contextlib
import json
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.data.report import Layout, ReadingReport, ReadOptions, renamed_columns, without_rows
from pipeline.data.rows import GROUP, RowWriter, unique_names
from pipeline.errors import N_, UnreadableFile
from pipeline.runs.progress import Progress


def read_parquet(
    path: Path, name: str, options: ReadOptions, folder: Path, progress: Progress, limit: int | None
) -> tuple[tuple[str, ...], ReadingReport, Layout]:
    """Read a Parquet file into ``folder``. ``options`` do not apply: the format says everything itself.

    Raises:
        UnreadableFile: damaged, or without columns.
    """
    try:
        with pq.ParquetFile(path) as file:
            table = (
                file.read()
                if limit is None
                else pa.Table.from_batches(islice(file.iter_batches(limit), 1), file.schema_arrow)
            )
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(N_("{name} is a damaged Parquet file. Export it again."), name=name) from error
    if not table.num_columns:
        raise UnreadableFile(N_("{name} has no columns. Export the table again and upload that file."), name=name)
    columns = unique_names(table.column_names)
    renamed = tuple(renamed_columns(columns, table.column_names))
    rows = RowWriter(folder, columns)
    texts = [text_column(column) for column in table.columns]
    for first in range(0, table.num_rows, GROUP):
        group = (text.slice(first, GROUP).to_pylist() for text in texts)
        for row, cells in enumerate(zip(*group, strict=True), start=first):
            rows.add(cells, row, row + 1, len(columns))
        progress.advance(N_("Reading the file"), min(first + GROUP, table.num_rows), table.num_rows)
    rows.finish()
    findings = (*without_rows(len(rows)), *renamed)
    report = ReadingReport("parquet", rows_read=len(rows), rows_repaired=0, rows_set_aside=0, findings=findings)
    return columns, report, Layout(cells=len(columns))


def text_column(column: Any) -> Any:
    """A column as strings, "" for null.

    Whole numbers that became floats because of blanks among them lose their ".0": 407080.0 is the id 407080.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return text_column(column.cast(kind.value_type))
    if pa.types.is_floating(kind) and pc.all(pc.equal(column, pc.floor(column)), min_count=0).as_py():
        # What an int64 cannot hold is infinity, or larger than any id.
        with contextlib.suppress(pa.ArrowInvalid):
            column = column.cast(pa.int64())
    try:
        return pc.fill_null(column.cast(pa.string()), "")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return pa.chunked_array([[_as_json(value) for value in column.to_pylist()]], pa.string())


def _as_json(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)
