"""The rows of a Source on disk: a Parquet of strings and, row by row, where each stands in the file."""

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import N_, UnreadableFile

ROWS = "rows.parquet"
SPANS = "spans.npy"

# Rows held in memory before they are written; large enough that Parquet's cost for each group does not show.
# Of a wide table fewer, so that short rows, which are filled up with blank cells, do not fill the memory.
GROUP = 20_000
CELLS_AT_ONCE = 4_000_000

# What is kept of equal rows: how many, and the number of the first. The latter orders them, since Arrow's groups come
# in an order that differs between processors.
_COUNTED = ("rows", "first")

# As many as a sheet of Excel has. More are a text cut apart by mistake, or somebody's attempt to keep us busy,
# and so are more cells than any table in use: a few kilobytes of short rows below a wide header would be billions.
MOST_COLUMNS = 16_384
MOST_CELLS = 1_000_000_000


class RowWriter:
    """Takes rows one by one and writes them in groups, so that memory does not grow with the file.

    Raises:
        UnreadableFile: more columns, or later more cells, than any table has.
    """

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        refuse_too_many(len(columns))
        self._folder = folder
        self._group = max(1, min(GROUP, CELLS_AT_ONCE // max(1, len(columns))))
        self._most = MOST_CELLS // max(1, len(columns))
        self._schema = pa.schema([(name, pa.string()) for name in columns])
        self._writer = pq.ParquetWriter(folder / ROWS, self._schema)
        self._waiting: list[Sequence[str]] = []
        self._spans = array("q")
        self._note = self._spans.extend

    def add(self, cells: Sequence[str], start: int, end: int, width: int) -> None:
        """Add one row: a cell a column, its place in the file, and how many cells stand there.

        Less than 0 cells: so many, but some of them were one cell whose delimiters were not quoted.
        """
        self._waiting.append(cells)
        self._note((start, end, width))
        if len(self._waiting) >= self._group:
            self._flush()
            if len(self) > self._most:
                raise UnreadableFile(
                    N_("The table has more than {cells} cells. Remove columns that are not used."),
                    cells=MOST_CELLS,
                )

    def __len__(self) -> int:
        return len(self._spans) // 3

    def finish(self) -> None:
        """Write what is waiting and close the files."""
        self._flush()
        self._writer.close()
        np.save(self._folder / SPANS, np.array(self._spans, dtype=np.int64).reshape(-1, 3))

    def _flush(self) -> None:
        if self._waiting:
            columns = [pa.array(column, pa.string()) for column in zip(*self._waiting, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
            self._waiting.clear()


def refuse_too_many(columns: int) -> None:
    """Raises UnreadableFile where there are more columns than any table has."""
    if columns > MOST_COLUMNS:
        raise UnreadableFile(
            N_("The table has {columns} columns; {most} is the most. Is the delimiter the right one?"),
            columns=columns,
            most=MOST_COLUMNS,
        )


def read_table(folder: Path, columns: Sequence[str] | None) -> pd.DataFrame:
    """The rows as strings, "" for blank; index: row number from 0."""
    table = pq.read_table(folder / ROWS, columns=None if columns is None else list(dict.fromkeys(columns)))
    frame: pd.DataFrame = table.to_pandas()
    return frame if columns is None else frame[list(columns)]


def read_beginning(folder: Path, count: int) -> pd.DataFrame:
    """The first ``count`` rows, as ``read_table`` gives them; quick however many there are."""
    with pq.ParquetFile(folder / ROWS) as file:
        batch = next(file.iter_batches(count), None)
        table = pa.Table.from_batches([batch] if batch else [], file.schema_arrow)
    frame: pd.DataFrame = table.to_pandas()
    return frame


def read_spread(folder: Path, columns: Sequence[str], most: int) -> pd.DataFrame:
    """At most ``most`` rows, evenly spread; index: row number. Never holds more than a group of the rows."""
    names = list(dict.fromkeys(columns))
    with pq.ParquetFile(folder / ROWS) as file:
        step = max(1, -(-file.metadata.num_rows // most))
        taken, first = [], 0
        for batch in file.iter_batches(GROUP, columns=names):
            taken.append(batch.take(pa.array(range(-first % step, batch.num_rows, step), pa.int64())))
            first += batch.num_rows
        schema = pa.schema([(name, pa.string()) for name in names])
        table = pa.Table.from_batches([batch.select(names) for batch in taken], schema)
    frame: pd.DataFrame = table.to_pandas()
    frame.index = pd.RangeIndex(0, first, step)
    return frame[list(columns)]


def read_chosen(folder: Path, columns: Sequence[str], rows: Sequence[int] | npt.NDArray[np.int64]) -> pd.DataFrame:
    """The rows of these numbers, in this order; index: row number. Never holds more than these and a group of all.

    Raises:
        KeyError: there is no such row.
    """
    names, chosen = list(dict.fromkeys(columns)), np.asarray(rows, np.int64)
    wanted = np.unique(chosen)
    with pq.ParquetFile(folder / ROWS) as file:
        taken, first = [], 0
        for batch in file.iter_batches(GROUP, columns=names):
            begin, end = np.searchsorted(wanted, (first, first + batch.num_rows))
            taken.append(batch.select(names).take(pa.array(wanted[begin:end] - first)))
            first += batch.num_rows
    schema = pa.schema([(name, pa.string()) for name in names])
    frame: pd.DataFrame = pa.Table.from_batches(taken, schema).to_pandas()
    frame.index = pd.Index(wanted[(wanted >= 0) & (wanted < first)])
    return frame.loc[chosen, list(columns)]


def read_combinations(folder: Path, columns: Sequence[str], without: Sequence[int]) -> tuple[pd.DataFrame, list[int]]:
    """The different rows of some columns, in the order of the file, and how many rows each stands for.

    Never holds more than these and a group of all.

    Args:
        folder: of the Source.
        columns: which ones, in this order; none twice.
        without: numbers of rows that do not count, ascending.
    """
    places = [str(place) for place in range(len(columns))]  # no name of a column can be the name of a count
    schema = pa.schema([*((place, pa.string()) for place in places), *((name, pa.int64()) for name in _COUNTED)])
    counted, first, skipped = [], 0, np.asarray(without, np.int64)
    with pq.ParquetFile(folder / ROWS) as file:
        for batch in file.iter_batches(GROUP, columns=list(columns)):
            begin, end = np.searchsorted(skipped, (first, first + batch.num_rows))
            kept = np.delete(np.arange(batch.num_rows), skipped[begin:end] - first)
            cells = batch.select(list(columns)).take(pa.array(kept)).columns
            counts = [pa.array(np.ones(len(kept), np.int64)), pa.array(first + kept)]
            counted.append(_added_up(pa.Table.from_arrays([*cells, *counts], schema=schema), places))
            first += batch.num_rows
    total = _added_up(pa.concat_tables([schema.empty_table(), *counted]), places).sort_by("first")
    frame: pd.DataFrame = total.select(places).to_pandas()
    return frame.set_axis(list(columns), axis=1), total.column("rows").to_pylist()


def _added_up(table: pa.Table, places: list[str]) -> pa.Table:
    """Each different row of the columns ``places`` once, in any order: ``rows`` added up, and the ``first`` of them."""
    summed = table.group_by(places).aggregate([("rows", "sum"), ("first", "min")])
    return summed.select([*places, "rows_sum", "first_min"]).rename_columns([*places, *_COUNTED])


def read_spans(folder: Path) -> npt.NDArray[np.int64]:
    """[rows, 3]: where each row starts and ends in the file, and how many cells it has there."""
    spans: npt.NDArray[np.int64] = np.load(folder / SPANS)
    return spans


def unique_names(cells: Sequence[Any]) -> tuple[str, ...]:
    """Column names as people can use them: one line, not blank, no two alike.

    Any number of cells is quick. ``["id", " id ", ""]`` becomes ``("id", "id (2)", "column 3")``.
    """
    names: dict[str, None] = {}
    copies: dict[str, int] = {}
    for position, cell in enumerate(cells, start=1):
        plain = " ".join(str(cell).replace("\0", "").replace("\ufeff", "").split()) or f"column {position}"
        name = plain
        while name in names:
            copies[plain] = copies.get(plain, 1) + 1
            name = f"{plain} ({copies[plain]})"
        names[name] = None
    return tuple(names)
