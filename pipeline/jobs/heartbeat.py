"""How a worker shows that it lives and how far it is: a held lock and a small file, both in the job's folder.

The lock falls with the process, whatever ends it; the file says what the process was doing. Knows no database.
"""

import json
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import system

BEAT_SECONDS = 1.0
STALLED_SECONDS = 20.0

_PATIENCE_SECONDS = 5.0
_FILE = "heartbeat.json"
_LOCK = "alive.lock"
_STOP = "stop"
_OUT_OF_MEMORY = "out-of-memory"
_RESERVE = "reserve"

# On a full disk the database could not even take down that the job failed: this much is given back then.
RESERVE_BYTES = 512 * 1024


# A process that had come so close to its limit, and then ended without a word, ran out of memory.
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Beat:
    """The last sign of life.

    Spans are told by the clock that counts from the system's start, the same for all of its processes: nobody sets
    it, and it stands still while a laptop sleeps. After a restart of the system no worker holds its lock any more.
    """

    monotonic: float  # seconds, see above
    phase: str = ""  # gettext id
    done: int = 0
    total: int = 0
    phase_started: float = 0.0  # seconds, as ``monotonic``
    memory: int = 0  # resident bytes
    memory_share: float = 0.0  # of the tightest limit of memory, from 0 to 1
    memory_counter: str = ""  # file in which the system counts what it killed for want of memory; "": nowhere
    memory_kills: int = -1  # that count when the job started

    @property
    def stalled(self) -> bool:
        """Whether nothing was heard for too long."""
        return time.monotonic() - self.monotonic > STALLED_SECONDS

    @property
    def phase_seconds(self) -> float:
        """How long the phase has lasted."""
        return time.monotonic() - self.phase_started if self.phase_started else 0.0


def read_beat(folder: Path) -> Beat | None:
    """The last sign of life, None before the first."""
    path = folder / _FILE
    return Beat(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def forget(folder: Path) -> None:
    """Remove the signs of an earlier sitting, so that the next one is judged by its own."""
    for name in (_FILE, _OUT_OF_MEMORY):
        (folder / name).unlink(missing_ok=True)


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


def since_stop_request(folder: Path) -> float | None:
    """Seconds since somebody asked, None if nobody has; below 0 where the clock was set back."""
    path = folder / _STOP
    return time.time() - path.stat().st_mtime if path.exists() else None


def report_out_of_memory(folder: Path) -> None:
    """The worker's last word when memory ran out: who buries it starts it again with less."""
    (folder / _OUT_OF_MEMORY).touch()


def ran_out_of_memory(folder: Path) -> bool:
    """Whether a worker that is gone has ended for want of memory: it said so, or the system's own count tells.

    On a CPU the system kills at once, so it can mostly be seen from outside only.
    """
    if (folder / _OUT_OF_MEMORY).exists():
        return True
    beat = read_beat(folder)
    if beat is None:
        return False
    counted = bool(beat.memory_counter) and system.out_of_memory_kills(Path(beat.memory_counter)) > beat.memory_kills
    return counted or beat.memory_share > NEARLY_ALL


class Heart:
    """A worker's side: holds the lock, beats once a second from a thread, and is the Progress of its work."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / _LOCK)
        counter = system.out_of_memory_counter()
        kills = system.out_of_memory_kills(counter) if counter else -1
        self._beat = Beat(time.monotonic(), memory_counter=str(counter or ""), memory_kills=kills)
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
        last, now = self._beat, time.monotonic()
        started = last.phase_started if phase == last.phase else now
        self._beat = replace(last, monotonic=now, phase=phase, done=done, total=total, phase_started=started)

    def stop_requested(self) -> bool:
        """See pipeline.runs.progress.Progress."""
        return stop_was_requested(self._folder)

    def _run(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            self._write()

    def _write(self) -> None:
        memory = {"memory": system.memory_in_use(), "memory_share": system.memory_share()}
        content = asdict(self._beat) | {"monotonic": time.monotonic()} | memory
        partial = self._folder / (_FILE + ".partial")
        try:
            partial.write_text(json.dumps(content), encoding="utf-8")
            partial.replace(self._folder / _FILE)
        except OSError:
            # A full disk must not kill the job from its heartbeat: the work itself will say so, in plain words.
            partial.unlink(missing_ok=True)
