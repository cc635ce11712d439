"""How a worker shows that it lives and how far it is: a held lock and a small file, both in the job's folder.

The lock falls with the process, whatever ends it; the file says what the process was doing. Knows no database.
"""

import json
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import system

BEAT_SECONDS = 1.0
STALLED_SECONDS = 20.0

_PATIENCE_SECONDS = 5.0
_FILE = "heartbeat.json"
_LOCK = "alive.lock"
_STOP = "stop"
_RESERVE = "reserve"

# On a full disk the database could not even take down that the job failed: this much is given back then.
RESERVE_BYTES = 512 * 1024


@dataclass(frozen=True)
class Beat:
    """The last sign of life."""

    time: float  # seconds since 1970
    phase: str = ""  # gettext id
    done: int = 0
    total: int = 0
    phase_started: float = 0.0  # seconds since 1970
    memory: int = 0  # resident bytes
    out_of_memory_kills: int = -1  # of the system, when the job started

    @property
    def stalled(self) -> bool:
        """Whether nothing was heard for too long."""
        return time.time() - self.time > STALLED_SECONDS


def read_beat(folder: Path) -> Beat | None:
    """The last sign of life, None before the first."""
    path = folder / _FILE
    return Beat(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def is_held(folder: Path) -> bool:
    """Whether a living process holds the job."""
    lock = FileLock(folder / _LOCK)
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True


def request_stop(folder: Path) -> None:
    """Ask the worker to finish its step and save."""
    (folder / _STOP).touch()


def stop_was_requested(folder: Path) -> bool:
    """Whether somebody asked."""
    return (folder / _STOP).exists()


class Heart:
    """A worker's side: holds the lock, beats once a second from a thread, and is the Progress of its work."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / _LOCK)
        self._beat = Beat(time=time.time(), out_of_memory_kills=system.out_of_memory_kills())
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Heart":
        """Raises filelock.Timeout when another process has the job."""
        # Whoever looks whether the job lives holds the lock for an instant: that must not turn the worker away.
        self._lock.acquire(timeout=_PATIENCE_SECONDS)
        (self._folder / _RESERVE).write_bytes(bytes(RESERVE_BYTES))
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.give_back_reserve()
        self._lock.release()

    def give_back_reserve(self) -> None:
        """Make room for the last word of a job that a full disk has ended."""
        (self._folder / _RESERVE).unlink(missing_ok=True)

    def advance(self, phase: str, done: int, total: int) -> None:
        """See pipeline.runs.progress.Progress. Costs nothing: the thread writes."""
        last = self._beat
        started = last.phase_started if phase == last.phase else time.time()
        self._beat = Beat(time.time(), phase, done, total, started, last.memory, last.out_of_memory_kills)

    def stop_requested(self) -> bool:
        """See pipeline.runs.progress.Progress."""
        return stop_was_requested(self._folder)

    def _run(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            self._write()

    def _write(self) -> None:
        content = asdict(self._beat) | {"time": time.time(), "memory": system.memory_in_use()}
        partial = self._folder / (_FILE + ".partial")
        try:
            partial.write_text(json.dumps(content), encoding="utf-8")
            partial.replace(self._folder / _FILE)
        except OSError:
            # A full disk must not kill the job from its heartbeat: the work itself will say so, in plain words.
            partial.unlink(missing_ok=True)
