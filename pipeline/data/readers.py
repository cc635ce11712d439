"""Which function reads which format. All of them take and give the same."""

from collections.abc import Callable
from pathlib import Path

from pipeline.data.delimited import read_delimited
from pipeline.data.parquet import read_parquet
from pipeline.data.records import read_json, read_json_lines
from pipeline.data.report import Layout, ReadingReport, ReadOptions
from pipeline.data.workbook import read_workbook
from pipeline.runs.progress import Progress

# Path, name for people, options, folder for the rows, progress, and how many rows at most (None: all).
Reader = Callable[[Path, str, ReadOptions, Path, Progress, int | None], tuple[tuple[str, ...], ReadingReport, Layout]]

READERS: dict[str, Reader] = {
    "csv": read_delimited,
    "excel": read_workbook,
    "json": read_json,
    "jsonl": read_json_lines,
    "parquet": read_parquet,
}
