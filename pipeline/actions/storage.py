"""What the workspace takes on disk, and what can go."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from pipeline import cache, jobs
from pipeline.data.split import load_split
from pipeline.errors import N_, SettingError
from pipeline.runs import store
from pipeline.runs.spec import load_spec
from pipeline.runs.store import DatasetRow, JobRow
from pipeline.settings import workspace

CACHE_TITLES = {
    "reading": N_("Files already read"),
    "tokens": N_("Texts already split into tokens"),
    "lower": N_("Outputs of the lower model layers"),
    "export": N_("Exported models that were unpacked"),
    "evaluate": N_("Working files of the metrics"),
    "answers": N_("What base models have answered"),
}


@dataclass(frozen=True)
class StorageRow:
    """One kind of thing in the workspace."""

    kind: str
    title: str  # gettext id
    entries: int
    bytes: int
    can_empty: bool  # whether it can be made again from the rest


def usage() -> tuple[StorageRow, ...]:
    """Everything in the workspace: what people made first, then what can go."""
    space = workspace()
    kept = [
        StorageRow("sources", N_("Files you brought"), *_weigh(space.sources), False),
        StorageRow("runs", N_("Runs and their models"), *_weigh(space.runs), False),
        StorageRow("models", N_("Base models"), *_weigh(space.models), False),
        StorageRow("judgements", N_("Judgements and people's ratings"), *_weigh(space.judgements), False),
        StorageRow("tastings", N_("Blind tastings and their votes"), *_weigh(space.tastings), False),
        StorageRow("jobs", N_("Filled files and logs of past jobs"), *_weigh(space.jobs), True),
        StorageRow("checks", N_("What the data check found"), *_weigh(space.checks), True),
        StorageRow("unused", N_("Files that no dataset uses any more"), *_weigh_all(_unused_sources()), True),
    ]
    caches = [StorageRow(row.kind, CACHE_TITLES[row.kind], row.entries, row.bytes, True) for row in cache.usage()]
    return (*kept, *caches)


def free_bytes() -> int:
    """Free space on the workspace's disk."""
    workspace().home.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(workspace().home).free


def empty(kind: str) -> int:
    """Remove what a row with ``can_empty`` stands for. Returns the bytes that came free.

    Raises:
        SettingError: this kind is not for emptying.
    """
    if kind in CACHE_TITLES:
        return cache.empty(kind)
    if kind == "jobs":
        return sum(_remove(folder) for folder in _past_jobs())
    if kind == "checks":
        return sum(_remove(path) for path in workspace().checks.glob("*"))
    if kind == "unused":
        return sum(_remove(folder) for folder in _unused_sources())
    raise SettingError(N_("{kind} cannot be emptied."), kind=kind)


def _past_jobs() -> list[Path]:
    """Folders of jobs that are over, except the newest job of a run, whose log its page shows."""
    with store.session() as session:
        shown = set(session.exec(select(store.RunRow.job)).all())
        over = session.exec(select(JobRow.id).where(col(JobRow.state).in_(jobs.local.OVER))).all()
    return [folder for job in over if job not in shown and (folder := workspace().jobs / job).exists()]


def _unused_sources() -> list[Path]:
    """Files that no dataset, run or waiting job needs: a run shows its wrong rows and neighbours from there.

    Not what is being read just now, in a folder called ``partial-``: the next reading tidies up after a dead one.
    """
    with store.session() as session:
        datasets = session.exec(select(DatasetRow.source, DatasetRow.split)).all()
        runs = session.exec(select(store.RunRow.id)).all()
        requests = session.exec(select(JobRow.request).where(col(JobRow.state).not_in(jobs.local.OVER))).all()
    specs = [load_spec(workspace().runs / run) for run in runs]
    needed = {*datasets, *((spec.view.source, spec.split) for spec in specs)}
    used = {source for source, _ in needed} | {load_split(split).test_source for _, split in needed}
    used |= {request["source"] for request in requests if "source" in request}  # to be filled, or read anew
    folders = workspace().sources.iterdir() if workspace().sources.exists() else ()
    whole = (folder for folder in folders if folder.is_dir() and not folder.name.startswith("partial-"))
    return [folder for folder in whole if folder.name not in used]


def _weigh(folder: Path) -> tuple[int, int]:
    return _weigh_all(list(folder.iterdir()) if folder.exists() else [])


def _weigh_all(paths: list[Path]) -> tuple[int, int]:
    return len(paths), sum(_size(path) for path in paths)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(part.stat().st_size for part in path.rglob("*") if part.is_file())
    return path.stat().st_size


def _remove(path: Path) -> int:
    size = _size(path)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return size
