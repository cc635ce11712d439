"""Everything that differs between operating systems: processes, memory, free space. Knows nothing of jobs.

Run on Linux; the macOS and Windows branches are written for and untested.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypedDict

import psutil

from pipeline.settings import workspace

if sys.platform != "win32":
    import resource

# Threads of torch that wait by spinning take the cores away from everybody else, a browser on a laptop with two
# cores among them: two such processes side by side ran 10 times slower. Those that never spin are woken too late for
# the short steps of a small model: a fifth to a third slower on an idle machine. A thousand turns of libgomp, some
# microseconds, hardly cost either (docs/experiments.md, 21 and 26 November).
_SHARE_CORES = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "1000"}
ROOT = Path(__file__).resolve().parents[1]  # where ``python -m pipeline`` works, whatever folder the caller is in
WORKING = 5  # niceness of a job, from 0 (as the server) to 19


class Detachment(TypedDict, total=False):
    """Keyword arguments of ``subprocess.Popen`` for a process that outlives its parent."""

    start_new_session: bool
    creationflags: int


def detached() -> Detachment:
    """Its own session, so that neither a closed terminal nor a killed server takes the process along."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    return {"start_new_session": True}


def start_detached(command: list[str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a process with no standard input whose output goes to a file; a pipe that nobody reads would stall it."""
    return _start(command, subprocess.DEVNULL, output)


def start_waiting(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a process like ``start_detached`` that is told later, on its standard input, what to do.

    What it prints until then is lost: it is to send its output to a file itself.
    """
    return _start(command, subprocess.PIPE, subprocess.DEVNULL)


def _start(command: list[str], source: int, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    # Absolute, since the process starts in another folder.
    home = {"TUNEDESK_HOME": str(workspace().home)}
    return subprocess.Popen(
        command,
        stdin=source,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
        env={**_SHARE_CORES, **os.environ, **home},
        **detached(),
    )


@dataclass(frozen=True)
class Identity:
    """A process. Numbers are used again, so the start time belongs to it."""

    pid: int
    created: float  # seconds since the system started on Linux, else since 1970


def identity(pid: int | None = None) -> Identity | None:
    """The process of that number (default: this one); None when there is none."""
    pid = os.getpid() if pid is None else pid
    try:
        return Identity(pid, _created(pid))
    except psutil.NoSuchProcess:
        return None


# Ticks of the kernel; elsewhere the start time is computed from the boot time, which is corrected by fractions.
_SAME_START = 0.05 if sys.platform == "linux" else 2.0


def _created(pid: int) -> float:
    """When a process was started. On Linux by a clock that nobody can set: a corrected wall clock changes no process.

    Raises:
        psutil.NoSuchProcess: there is none of that number.
    """
    if sys.platform != "linux":
        return float(psutil.Process(pid).create_time())
    try:
        # proc(5): field 22, after the name in parentheses, which may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError) as error:
        raise psutil.NoSuchProcess(pid) from error
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def is_alive(who: Identity) -> bool:
    """Whether that very process runs; a zombie, which only waits to be collected, does not."""
    try:
        return (
            abs(_created(who.pid) - who.created) < _SAME_START
            and psutil.Process(who.pid).status() != psutil.STATUS_ZOMBIE
        )
    except psutil.NoSuchProcess:
        return False


def kill_tree(who: Identity) -> None:
    """End a process, its group and all that it started, at once. Nothing happens if it is gone already."""
    if not is_alive(who):
        return
    # Some of what it started may have a session of its own (torchrun's ranks), so the group is not all of it.
    started = psutil.Process(who.pid).children(recursive=True)
    if sys.platform != "win32" and os.getpgid(who.pid) == who.pid:
        os.killpg(who.pid, signal.SIGKILL)
    for process in (*started, psutil.Process(who.pid)):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def end_with_parent() -> None:
    """Ask the system to end this process when the one that started it is gone (Linux; nothing happens elsewhere)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def give_way() -> None:
    """Let what people look at go before this process: the server, and whatever else is open on a laptop.

    With nothing else to do for the machine it costs nothing. Processes started from here on inherit it.
    """
    own = psutil.Process()
    with contextlib.suppress(psutil.Error):  # some systems forbid any change: then all are equal
        if sys.platform == "win32":
            own.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            own.nice(max(own.nice(), WORKING))


def rank() -> int:
    """Which of several processes of one job this is: 0 for the one that speaks for all, and for a single one."""
    return int(os.environ.get("RANK", "0"))


def out_of_memory_counter() -> Path | None:
    """Where the system counts the processes that it killed for want of memory: the closest count to this process."""
    return next(
        (path for path in (*_group_files("memory.events", "memory.oom_control"), _VMSTAT) if _kills(path)), None
    )


def out_of_memory_kills(counter: Path) -> int:
    """How many processes were killed for want of memory so far, by that count; -1 where it is gone."""
    found = _kills(counter)
    return int(found) if found else -1


_VMSTAT = Path("/proc/vmstat")


def _kills(path: Path) -> str:
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.split()[1] for line in lines if line.startswith("oom_kill ")), "")


def memory_in_use() -> int:
    """Resident bytes of this process."""
    return int(psutil.Process().memory_info().rss)


def memory_limit() -> int:
    """Bytes that this process may use: the machine's, or its control group's."""
    total = int(psutil.virtual_memory().total)
    limits = [path.read_text().strip() for path in _group_files("memory.max", "memory.limit_in_bytes")]
    return min([total, *(int(text) for text in limits if text.isdecimal())])


def free_memory() -> int:
    """Bytes that a new process can have without taking them from another one."""
    free = int(psutil.virtual_memory().available)
    for path in _group_files("memory.max", "memory.limit_in_bytes"):
        text = path.read_text().strip()
        in_use = path.with_name("memory.current" if path.name == "memory.max" else "memory.usage_in_bytes")
        if text.isdecimal() and in_use.exists():
            # What was read from files counts as used, and goes as soon as somebody needs the room.
            files = _number(path.with_name("memory.stat"), "inactive_file")
            free = min(free, max(0, int(text) - int(in_use.read_text()) + files))
    return free


def memory_share() -> float:
    """From 0 to 1: how much of the tightest limit this process has reached."""
    used = psutil.Process().memory_info()
    share: float = used.rss / memory_limit()
    if sys.platform != "win32":
        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            share = max(share, used.vms / limit)
    return share


def _group_files(name: str, name_before: str) -> list[Path]:
    """Files of that name of this process's control groups, closest first; ``name_before``: as version 1 called it."""
    membership = Path("/proc/self/cgroup")
    found = []
    for line in membership.read_text().splitlines() if membership.exists() else []:
        _, controllers, place = line.split(":", 2)
        root, file = (_GROUPS, name) if not controllers else (_GROUPS / "memory", name_before)
        if controllers in ("", "memory"):
            # Inside a container the path may be the host's: then only the root is there, and is the container's own.
            found += [root / place.lstrip("/") / file, root / file]
    return [path for path in dict.fromkeys(found) if path.exists()]


_GROUPS = Path("/sys/fs/cgroup")


def _number(path: Path, name: str) -> int:
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name} ")), 0)


def physical_cores() -> int:
    """Cores that this process may use, at least 1."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))
