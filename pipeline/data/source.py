"""A Source: the uploaded bytes as they came, and the rows read from them. Never changed once written.

Knows nothing of what the columns mean (View) or of which rows are for what (Split).
"""

import dataclasses
import errno
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from filelock import FileLock

from pipeline.data.aside import ASIDE
from pipeline.data.changes import find_changes
from pipeline.data.formats import recognise, tidy_name
from pipeline.data.readers import READERS
from pipeline.data.report import READER_VERSION, Finding, Layout, ReadingReport, ReadOptions
from pipeline.data.rewrite import refuse_to_lose_rows, rewrite, write_table, written_format
from pipeline.data.rows import (
    read_beginning,
    read_chosen,
    read_combinations,
    read_spread,
    read_table,
)
from pipeline.data.unpack import Table, open_table
from pipeline.data.workbook import sheet_titles
from pipeline.errors import N_, DataError, WorkspaceError
from pipeline.runs.progress import Progress, Silent
from pipeline.settings import workspace

__all__ = [
    "Finding",
    "ReadOptions",
    "ReadingReport",
    "Source",
    "cell_counts",
    "first_rows",
    "import_source",
    "list_sources",
    "load_source",
    "read_rows",
    "reread",
    "set_aside_file",
    "sheet_names",
    "spread_rows",
    "write_back",
]

AS_FOUND = ReadOptions()
UNWATCHED = Silent()

ORIGINAL = "original"
ABOUT = "source.json"


@dataclass(frozen=True)
class Source:
    """A file that was read. Rows are numbered from 0 in the order of the file."""

    id: str
    name: str  # the file's name as it was given first; for people only
    columns: tuple[str, ...]
    rows: int
    report: ReadingReport
    options: ReadOptions = AS_FOUND  # what a person has decided; the rest of the report's settings are guesses


def import_source(path: Path, name: str, options: ReadOptions = AS_FOUND, progress: Progress = UNWATCHED) -> Source:
    """Copy a file into the workspace and read it. The same bytes with the same options are read once.

    A zip is only a wrapper: the one table in it becomes the Source, under its own name.

    Args:
        path: where the bytes are now; not needed afterwards.
        name: what the person calls the file; never used as a path.
        options: what the person has decided about it.
        progress: hears how many bytes are over.

    Raises:
        UnreadableFile: it is not what its name says, is empty or damaged.
        SettingError: the options ask for what cannot be.
        WorkspaceError: the disk is full.
    """
    options.check()
    workspace().sources.mkdir(parents=True, exist_ok=True)
    workspace().locks.mkdir(parents=True, exist_ok=True)
    try:
        with open_table(path, name, workspace().sources) as table:
            source_id = _identify(table.path, options)
            folder = workspace().sources / source_id
            with FileLock(workspace().locks / f"source-{source_id}.lock"):
                if not (folder / ABOUT).is_file():
                    _write(table, options, folder, progress)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise WorkspaceError(
            N_("The disk is full: {name} could not be stored. Free some space and try again."), name=tidy_name(name)
        ) from error
    return load_source(source_id)


def reread(source_id: str, options: ReadOptions, progress: Progress = UNWATCHED) -> Source:
    """Import the stored bytes of a Source anew under other options. The old Source stays as it is.

    Raises:
        DataError: no such Source.
        UnreadableFile: under these options there is no table.
        WorkspaceError: the disk is full.
    """
    source = load_source(source_id)
    return import_source(workspace().sources / source_id / ORIGINAL, source.name, options, progress)


def set_aside_file(source_id: str) -> Path | None:
    """The rows that could not be read, word for word with their line numbers; None where there are none.

    Raises:
        DataError: no such Source.
    """
    load_source(source_id)
    path = workspace().sources / source_id / ASIDE
    return path if path.is_file() else None


def sheet_names(source_id: str) -> tuple[str, ...]:
    """The sheets of a workbook in their order; none for other formats.

    Raises:
        DataError: no such Source.
    """
    source = load_source(source_id)
    if source.report.format != "excel":
        return ()
    return sheet_titles(workspace().sources / source_id / ORIGINAL, source.name)


def load_source(source_id: str) -> Source:
    """A Source by its id.

    Raises:
        DataError: there is none in this workspace.
    """
    return _source_from(_about(source_id)["source"])


def list_sources() -> tuple[Source, ...]:
    """Every Source of the workspace, the newest first."""
    found = sorted(workspace().sources.glob(f"*/{ABOUT}"), key=lambda path: path.stat().st_mtime, reverse=True)
    return tuple(load_source(path.parent.name) for path in found)


def read_rows(source_id: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows as they stand in the file, every cell a string and "" where it is blank.

    Args:
        source_id: the Source.
        columns: which ones, in this order; None for all.

    Returns:
        A frame whose index is the row number, from 0.

    Raises:
        DataError: no such Source, or no such column.
    """
    return read_table(_folder_with(source_id, columns or ()), columns)


def spread_rows(source_id: str, columns: Sequence[str], most: int) -> pd.DataFrame:
    """At most ``most`` rows, evenly spread over the file, as ``read_rows`` gives them; in little memory.

    Raises:
        DataError: no such Source, or no such column.
    """
    return read_spread(_folder_with(source_id, columns), columns, most)


def chosen_rows(source_id: str, columns: Sequence[str], rows: Sequence[int] | npt.NDArray[np.int64]) -> pd.DataFrame:
    """The rows of these numbers, in this order, as ``read_rows`` gives them; in little memory where they are few.

    Raises:
        DataError: no such Source, or no such column.
        KeyError: no such row.
    """
    return read_chosen(_folder_with(source_id, columns), columns, rows)


def cell_counts(source_id: str, column: str) -> dict[str, int]:
    """How many rows each different cell of a column stands in, "" for blank ones, in the order of the file.

    Raises:
        DataError: no such Source, or no such column.
    """
    cells, rows = combinations(source_id, [column], without=())
    return dict(zip(cells[column], rows, strict=True))


def combinations(source_id: str, columns: Sequence[str], without: Sequence[int]) -> tuple[pd.DataFrame, list[int]]:
    """The different rows of some columns as ``read_rows`` gives them, and how many rows each of them stands for.

    Args:
        source_id: the Source.
        columns: which ones, in this order; none twice.
        without: numbers of rows that do not count, ascending.

    Raises:
        DataError: no such Source, or no such column.
    """
    return read_combinations(_folder_with(source_id, columns), columns, without)


def first_rows(source_id: str, count: int) -> pd.DataFrame:
    """The first rows, as ``read_rows`` gives them; quick however many there are.

    Raises:
        DataError: no such Source.
    """
    load_source(source_id)
    return read_beginning(workspace().sources / source_id, count)


def write_back(
    source_id: str,
    added: Mapping[str, Sequence[str]],
    replaced: Mapping[str, Sequence[str]] = MappingProxyType({}),
    *,
    destination: Path,
) -> None:
    """Write a copy of the file: its own rows, order and columns, then the added columns.

    In the file's own format everything else stays as it is: in CSV, JSON and JSON Lines every byte, in Excel what
    openpyxl keeps (charts and pictures are lost, formulas are computed anew by Excel). Another ending of
    ``destination`` gives a new table of the same cells. With no change the copy has the same bytes.

    Args:
        source_id: the Source.
        added: a cell for every row, by the name of the new column.
        replaced: a cell for every row, by the name of a column there is; equal cells stay untouched.
        destination: written when whole, in place of what is there.

    Raises:
        DataError: no such Source or column, a character that the file's encoding does not have, or a new table
            that could not hold every row.
        SettingError: an ending that cannot be written.
    """
    source = load_source(source_id)
    folder = workspace().sources / source_id
    changes = find_changes(source.rows, source.columns, read_rows(source_id, [*replaced]), added, replaced)
    if written_format(destination) == source.report.format:
        layout = Layout.from_json(_about(source_id)["layout"])
        rewrite(folder, folder / ORIGINAL, source.name, source.columns, source.report, layout, changes, destination)
        return
    refuse_to_lose_rows(source.name, source.report.rows_set_aside, destination)
    table = read_rows(source_id)
    for column, cells in replaced.items():
        table[column] = list(cells)
    for column, cells in zip(changes.names, changes.added, strict=True):
        table[column] = list(cells)
    write_table(table, source.name, destination)


def _folder_with(source_id: str, columns: Sequence[str]) -> Path:
    source = load_source(source_id)
    for column in columns:
        if column not in source.columns:
            raise DataError(
                N_("{name} has no column {column}. Its columns are: {columns}."),
                name=source.name,
                column=column,
                columns=", ".join(source.columns),
            )
    return workspace().sources / source_id


def _identify(path: Path, options: ReadOptions) -> str:
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    key = json.dumps([content, dataclasses.asdict(options), READER_VERSION], sort_keys=True)
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _write(table: Table, options: ReadOptions, folder: Path, progress: Progress) -> None:
    """Read into a folder beside, and rename it when whole: a killed process leaves no half Source."""
    path, name = table.path, table.name
    kind = recognise(path, name, options)
    with tempfile.TemporaryDirectory(prefix="partial-", dir=workspace().sources) as partial:
        whole = Path(partial) / "source"
        whole.mkdir()
        columns, report, layout = READERS[kind](path, name, options, whole, progress, None)
        shutil.copyfile(path, whole / ORIGINAL)
        report = dataclasses.replace(report, findings=report.findings + table.findings)
        source = Source(folder.name, name, columns, report.rows_read, report, options)
        about = {"source": dataclasses.asdict(source), "layout": dataclasses.asdict(layout)}
        (whole / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
        whole.rename(folder)


def _about(source_id: str) -> dict[str, Any]:
    path = workspace().sources / source_id / ABOUT
    if not source_id.isalnum() or not path.is_file():
        raise DataError(N_("There is no file {source} in this workspace. Upload it again."), source=source_id)
    about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return about


def _source_from(content: dict[str, Any]) -> Source:
    report = ReadingReport.from_json(content["report"])
    options = ReadOptions(**content.get("options", {}))
    return Source(**{**content, "columns": tuple(content["columns"]), "report": report, "options": options})
