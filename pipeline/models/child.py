"""Run one helper process for a model: watch the bytes that it writes, stop it when asked, say why it failed.

Downloads and conversions run in processes of their own, so that a stop, Ctrl-C or a hostile file ends them and
nothing else. Knows nothing of what they do.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import errors, system
from pipeline.errors import N_, TuneDeskError, WorkspaceError
from pipeline.runs.progress import Progress, Stopped

logger = logging.getLogger("tunedesk.models")

RESULT = "result.json"
_POLL_SECONDS = 0.2
_DISK_FULL = ("No space left on device", "os error 28", "[Errno 28]", "unexpected pos", "WinError 112", "os error 112")
_SECRETS = ("TOKEN", "SECRET", "PASSWORD", "_KEY")


@dataclass(frozen=True)
class Task:
    """What the person sees while the process runs."""

    phase: str  # gettext id
    total: int  # bytes expected; 0: not known
    written: Callable[[], int]  # bytes so far


def run(
    arguments: list[str], log: Path, task: Task, progress: Progress, environment: Mapping[str, str] | None = None
) -> int:
    """Run ``python <arguments>`` to its end, its output in the file ``log``. Returns the exit status.

    Raises:
        Stopped: ``progress`` asked for it; the process is gone.
        WorkspaceError: it failed because the disk is full.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=system.ROOT, env=dict(environment or os.environ),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            while True:
                done = task.written()
                progress.advance(task.phase, min(done, task.total) if task.total else done, task.total)
                try:
                    status = process.wait(timeout=_POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    if progress.stop_requested():
                        raise Stopped({}) from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
    if status != 0:
        text = log.read_text(encoding="utf-8", errors="replace")
        logger.info("%s ended with %s:\n%s", " ".join(arguments[:3]), status, text)
        if any(sign in text for sign in _DISK_FULL):
            raise disk_full()
    return status


def sealed_environment() -> dict[str, str]:
    """The environment without anything secret, and with no way to the hub: for work on files of strangers."""
    kept = {key: value for key, value in os.environ.items() if not any(sign in key.upper() for sign in _SECRETS)}
    return kept | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


def write_error(folder: Path, error: TuneDeskError) -> None:
    """In the child: leave ``error`` where ``raise_error`` of the parent finds it."""
    content = {"kind": type(error).__name__, "message": error.message, "values": error.values}
    (folder / RESULT).write_text(json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8")


def raise_error(folder: Path) -> None:
    """In the parent: raise what the child left, if it left something."""
    path = folder / RESULT
    if path.exists():
        content = json.loads(path.read_text(encoding="utf-8"))
        if "kind" in content:
            kind: type[TuneDeskError] = getattr(errors, content["kind"])
            raise kind(content["message"], **content["values"])


def disk_full() -> WorkspaceError:
    """The same words wherever the disk turns out to be full."""
    return WorkspaceError(
        N_("The disk is full, so the model was not stored. Free some space (the Storage page helps), then try again.")
    )


def bytes_below(folder: Path) -> int:
    """Bytes of all files below ``folder``; files that vanish meanwhile count nothing."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(where, name)).st_size
            except FileNotFoundError:
                continue
    return total
