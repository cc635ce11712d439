"""Everything that differs between operating systems: processes, memory, free space. Knows nothing of jobs.

Run on Linux; the macOS and Windows branches are written for and untested.
"""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict

import psutil

from pipeline.settings import workspace

# Threads of torch that wait by spinning take the cores away from everybody else, a browser on a laptop with two
# cores among them: two such processes side by side ran 10 times slower (docs/experiments.md).
_SHARE_CORES = {"OMP_WAIT_POLICY": "PASSIVE"}


class Detachment(TypedDict, total=False):
    """Keyword arguments of ``subprocess.Popen`` for a process that outlives its parent."""

    start_new_session: bool
    creationflags: int


def detached() -> Detachment:
    """Its own session, so that neither a closed terminal nor a killed server takes the process along."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    return {"start_new_session": True}


def start_detached(command: list[str], output: IO[bytes], cwd: Path) -> subprocess.Popen[bytes]:
    """Start a process with no standard input whose output goes to a file; a pipe that nobody reads would stall it."""
    # Absolute, since the process starts in another folder.
    home = {"TUNEDESK_HOME": str(workspace().home)}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env={**_SHARE_CORES, **os.environ, **home},
        **detached(),
    )


@dataclass(frozen=True)
class Identity:
    """A process. Numbers are used again, so the start time belongs to it."""

    pid: int
    created: float  # seconds since 1970


def identity(pid: int | None = None) -> Identity | None:
    """The process of that number (default: this one); None when there is none."""
    try:
        process = psutil.Process(pid)
        return Identity(process.pid, process.create_time())
    except psutil.NoSuchProcess:
        return None


# create_time is computed from the boot time, which the kernel corrects by fractions of a second.
_SAME_START = 2.0


def is_alive(who: Identity) -> bool:
    """Whether that very process runs; a zombie, which only waits to be collected, does not."""
    try:
        process = psutil.Process(who.pid)
        return abs(process.create_time() - who.created) < _SAME_START and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill_tree(who: Identity) -> None:
    """End a process and all that it started, at once. Nothing happens if it is gone already."""
    if not is_alive(who):
        return
    if sys.platform != "win32" and os.getpgid(who.pid) == who.pid:
        os.killpg(who.pid, signal.SIGKILL)
        return
    for process in [*psutil.Process(who.pid).children(recursive=True), psutil.Process(who.pid)]:
        process.kill()


def out_of_memory_kills() -> int:
    """How many processes the system has killed for want of memory so far; -1 where it does not say."""
    for path, name in ((Path("/sys/fs/cgroup/memory.events"), "oom_kill "), (Path("/proc/vmstat"), "oom_kill ")):
        if path.exists():
            for line in path.read_text().splitlines():
                if line.startswith(name):
                    return int(line.split()[1])
    return -1


def memory_in_use() -> int:
    """Resident bytes of this process."""
    return int(psutil.Process().memory_info().rss)


def physical_cores() -> int:
    """Cores that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))
