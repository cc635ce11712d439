"""A worker that stands by: it has loaded what a kind of job needs before there is one, which takes seconds.

At most one of each process that asks (a server, a command), and it ends with that process, with the next job, or when
nobody needed it for a while. Without it a job begins just as surely, only later. Knows no database.
"""

import atexit
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from pipeline import system
from pipeline.settings import GIB, workspace

# Somebody who has chosen nothing after so long has gone on to something else.
IDLE_SECONDS = 600.0
# It holds half a gigabyte: not where a training could need that.
_ROOM = 3 * GIB


@dataclass(frozen=True)
class _Standby:
    process: subprocess.Popen[bytes]
    kind: str
    home: Path  # its workspace
    since: float  # seconds, monotonic


_waiting: list[_Standby] = []
_lock = threading.Lock()


def stand_by(kind: str) -> None:
    """Have a worker stand by for a job of that kind, unless one does already or memory is short."""
    with _lock:
        if _fit(kind) or system.free_memory() < _ROOM:
            return
        _dismiss()
        process = system.start_waiting([sys.executable, "-m", "pipeline.worker", "--stand-by", kind])
        _waiting.append(_Standby(process, kind, workspace().home, time.monotonic()))


def hand_over(kind: str, job_id: str) -> subprocess.Popen[bytes] | None:
    """Give a job to the worker that stands by for its kind. Returns its process; None where there is none."""
    with _lock:
        found = _fit(kind)
        if found is None:
            return None
        _waiting.remove(found)
    assert found.process.stdin is not None
    try:
        found.process.stdin.write(f"{job_id}\n".encode())
        found.process.stdin.close()
    except OSError:  # it has ended since: whoever starts the job does it the usual way
        return None
    return found.process


def sweep() -> None:
    """Send away who has stood by for too long."""
    with _lock:
        if any(time.monotonic() - waiting.since > IDLE_SECONDS for waiting in _waiting):
            _dismiss()


def _fit(kind: str) -> _Standby | None:
    wanted = kind, workspace().home
    return next((one for one in _waiting if (one.kind, one.home) == wanted and one.process.poll() is None), None)


@atexit.register
def _dismiss() -> None:
    """End who stands by: it has nothing that could be lost."""
    for waiting in _waiting:
        waiting.process.kill()
        waiting.process.communicate()
    _waiting.clear()
