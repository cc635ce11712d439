"""Files uploaded for a job: in a folder under the job's id, gone once the job is over, however it ended."""

import shutil
import time
from pathlib import Path
from typing import BinaryIO

from sqlmodel import select

from pipeline.runs import store
from pipeline.runs.store import JobRow
from pipeline.settings import workspace

# Between the first byte and the job's row in the database; a server that was killed there leaves a folder behind.
ABANDONED_SECONDS = 3600.0

_CHUNK = 1024 * 1024


def keep(content: BinaryIO, job_id: str, suffix: str = "") -> Path:
    """Write ``content``, piece by piece, to a file for the job ``job_id``, which is submitted next.

    Args:
        content: read from where it stands.
        job_id: see ``pipeline.runs.store.new_id``.
        suffix: ending of the file, with its dot; ours, never the uploader's own words.

    Raises:
        OSError: the disk is full; nothing stays.
    """
    folder = workspace().uploads / job_id
    folder.mkdir(parents=True)
    path = folder / f"upload{suffix}"
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(content, file, _CHUNK)
    except OSError:
        drop(job_id)
        raise
    return path


def drop(job_id: str) -> None:
    """Remove what was uploaded for a job, if anything was."""
    shutil.rmtree(workspace().uploads / job_id, ignore_errors=True)


def sweep(over: tuple[str, ...]) -> None:
    """Remove what jobs in one of the states ``over`` were given, and what never came to belong to a job."""
    for folder in workspace().uploads.glob("*"):
        with store.session() as session:
            state = session.exec(select(JobRow.state).where(JobRow.id == folder.name)).first()
        if state in over or (state is None and _age(folder) > ABANDONED_SECONDS):
            drop(folder.name)


def _age(folder: Path) -> float:
    try:
        return time.time() - max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except FileNotFoundError:
        return 0.0  # another process is removing it
