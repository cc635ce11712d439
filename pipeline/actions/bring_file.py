"""Bringing a file: from an upload, or a path on this machine, to a Source.

Small files are read at once, in the process that asks, the others by a job of their own. Measured on two cores: a
job costs 1.7 s before it reads its first byte (starting Python, pandas and the database), and reading 2 MiB of
text takes 0.2 s, of JSON 0.3 s, of a workbook's XML 1 s. So a file that unpacks to 2 MiB at most is on the page
before a job would have begun, and the server is kept busy for a second at worst; a larger one would hold it up.
"""

import contextlib
import dataclasses
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline import jobs
from pipeline.data.formats import tidy_name
from pipeline.data.preview import Preview, preview
from pipeline.data.report import ReadOptions
from pipeline.data.source import AS_FOUND, ORIGINAL, Source, import_source, load_source, reread
from pipeline.errors import N_, DataError, JobError, WorkspaceError
from pipeline.jobs import uploads
from pipeline.runs import store
from pipeline.settings import workspace

LANE = "import"

# See above.
SMALL_BYTES = 2 * 1024 * 1024

# What may come. The ending of the file's own name never reaches the disk, unless it is one of these.
SUFFIXES = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "json", "jsonl", "ndjson", "parquet", "zip")


@dataclass(frozen=True)
class Arrival:
    """A file that came: read already, or being read by a job. One of the two is set."""

    source: Source | None = None
    job: str = ""


def take_upload(content: BinaryIO, name: str, options: ReadOptions = AS_FOUND) -> Arrival:
    """Take what a browser sent: written to the workspace piece by piece, then read.

    Args:
        content: the bytes, read from where it stands.
        name: what the person calls the file; never used as a path.
        options: what the person has decided about it.

    Raises:
        UnreadableFile: a small file that is not what its name says, is empty or damaged.
        WorkspaceError: the disk is full.
    """
    job_id = store.new_id()
    suffix = Path(name).suffix.lower()
    try:
        path = uploads.keep(content, job_id, suffix if suffix[1:] in SUFFIXES else "")
    except OSError as error:
        raise WorkspaceError(
            N_("The disk is full: {name} could not be stored. Free some space and try again."), name=tidy_name(name)
        ) from error
    if not _is_small(path):
        return Arrival(job=_submit(name, options, path=path, job_id=job_id))
    try:
        return Arrival(source=import_source(path, name, options))
    finally:
        uploads.drop(job_id)


def start_import(path: Path, name: str, options: ReadOptions = AS_FOUND) -> str:
    """Read a file of this machine in the background; returns the job's id. See ``imported``."""
    return _submit(name, options, path=path)


def read_again(source_id: str, options: ReadOptions) -> Arrival:
    """Read the bytes of a Source anew under other options. The Source stays as it is.

    Raises:
        DataError: no such Source.
        UnreadableFile: a small file in which there is no table under these options.
        WorkspaceError: the disk is full.
    """
    source = load_source(source_id)
    if _is_small(_original(source_id)):
        return Arrival(source=reread(source_id, options))
    return Arrival(job=_submit(source.name, options, source=source_id))


def preview_again(source_id: str, options: ReadOptions, rows: int) -> Preview:
    """The first rows of a Source as they would be read under other options.

    Raises:
        DataError: no such Source.
        UnreadableFile: under these options there is no table.
    """
    return preview(_original(source_id), load_source(source_id).name, options, rows)


def import_name(job_id: str) -> str:
    """What the file is called that a job reads.

    Raises:
        JobError: no such job, or it is none that reads a file.
    """
    row = store.get_job(job_id)
    if row.kind != "import":
        raise JobError(N_("There is no job {job}. It may have been deleted."), job=job_id)
    return str(row.request["name"])


def resolve_allowed(text: str) -> Path:
    """The file that ``text`` names, inside one of the folders that an administrator has allowed.

    Links are followed first, and where they end decides. Whether a file outside exists is not told.

    Args:
        text: a whole path, or one that starts in an allowed folder.

    Raises:
        DataError: no folder is allowed, or none of them holds such a file.
    """
    folders = workspace().import_folders
    for folder in folders:
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # too long, a NUL in it, links in a circle
            path = (folder / text).resolve()
            if any(path.is_relative_to(one) for one in folders) and path.is_file() and os.access(path, os.R_OK):
                return path
    raise DataError(
        N_("There is no file {path} in the folders that may be read: {folders}."),
        path=text,
        folders=", ".join(map(str, folders)),
    )


def _submit(name: str, options: ReadOptions, *, path: Path | None = None, source: str = "", job_id: str = "") -> str:
    request = {
        "path": str(path) if path else "",
        "source": source,
        "name": tidy_name(name),
        "options": dataclasses.asdict(options),
    }
    return jobs.submit("import", request, lane=LANE, job_id=job_id)


def is_small(source_id: str) -> bool:
    """Whether the file is so small that whoever asks may work through all of its rows at once, as when it was read."""
    return _is_small(_original(source_id))


def _original(source_id: str) -> Path:
    load_source(source_id)
    return workspace().sources / source_id / ORIGINAL


def _is_small(path: Path) -> bool:
    """Whether the file is quick to read, told from its unpacked size; Parquet hides that."""
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PAR1":
        return False
    if head != b"PK\x03\x04":
        return path.stat().st_size <= SMALL_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(member.file_size for member in archive.infolist()) <= SMALL_BYTES
    except zipfile.BadZipFile:
        return path.stat().st_size <= SMALL_BYTES  # refused with the reason by whoever reads it
