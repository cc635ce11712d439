"""Content key -> file or folder that can be computed again: bounded, locked, listed, emptied.

Knows nothing of what it keeps. An entry is written under a temporary name and renamed when whole, so that a
killed process leaves no half entry. Reading marks an entry as used; when the bound of the workspace is passed,
the entries unused for longest go first.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipeline.settings import workspace


@dataclass(frozen=True)
class Usage:
    """What one kind of entry takes on disk."""

    kind: str
    entries: int
    bytes: int


_private = threading.local()


def entry(kind: str, key: str, make: Callable[[Path], None]) -> Path:
    """The file or folder that holds the content for ``key``.

    Args:
        kind: such as "reading", "tokens" or "answers"; a folder of the cache.
        key: everything that the content depends on, as one string.
        make: writes the content to the path that it is given, as a file or as a folder.

    Returns:
        A path that may be read, and mapped into memory, until the caller's process ends.
    """
    folder = _root() / kind
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / hashlib.sha256(key.encode()).hexdigest()[:32]
    with FileLock(path.with_suffix(".lock")):
        if not path.exists():
            partial = path.with_suffix(".partial")
            _remove(partial)
            try:
                make(partial)
            except BaseException:
                _remove(partial)
                raise
            partial.rename(path)
            _keep_within(workspace().cache_bytes, spare=path)
        os.utime(path)
    return path


def json_entry(kind: str, key: str, make: Callable[[], Any]) -> Any:
    """As ``entry``, for what JSON can hold."""

    def write(path: Path) -> None:
        path.write_text(json.dumps(make(), ensure_ascii=False), encoding="utf-8")

    return json.loads(entry(kind, key, write).read_text(encoding="utf-8"))


@contextlib.contextmanager
def off() -> Iterator[None]:
    """Use nothing that was stored before, and keep nothing: entries live in a folder that goes at the end."""
    workspace().home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="cache-off-", dir=workspace().home) as folder:
        _private.root = Path(folder)
        try:
            yield
        finally:
            del _private.root


def usage() -> tuple[Usage, ...]:
    """What each kind takes, largest first."""
    rows = [
        Usage(folder.name, len(found := list(_entries(folder))), sum(_size(path) for path in found))
        for folder in (sorted(workspace().cache.iterdir()) if workspace().cache.exists() else ())
        if folder.is_dir()
    ]
    return tuple(sorted(rows, key=lambda row: -row.bytes))


def empty(kind: str | None = None) -> int:
    """Remove every entry that is not being written, of one kind or all. Returns the bytes that came free."""
    freed = 0
    for folder in workspace().cache.glob(kind or "*"):
        for path in list(_entries(folder)):
            freed += _drop(path)
    return freed


def _root() -> Path:
    return getattr(_private, "root", None) or workspace().cache


def _entries(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if not path.suffix)


def _keep_within(limit: int, spare: Path) -> None:
    found = sorted(
        (path for folder in _root().iterdir() if folder.is_dir() for path in _entries(folder)),
        key=lambda path: path.stat().st_mtime,
    )
    excess = sum(_size(path) for path in found) - limit
    for path in found:
        if excess <= 0:
            return
        if path != spare:
            excess -= _drop(path)


def _drop(path: Path) -> int:
    """Remove one entry unless somebody is writing it. On Linux a reader that has it mapped keeps its pages."""
    lock = FileLock(path.with_suffix(".lock"))
    try:
        with lock.acquire(timeout=0):
            size = _size(path)
            _remove(path)
    except Timeout:
        return 0
    return size


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(part.stat().st_size for part in path.rglob("*") if part.is_file())
    return path.stat().st_size if path.exists() else 0
