"""Checkpoints that are whole or not there: sealed last, checked before anybody goes on from one. Knows no model."""

import contextlib
import errno
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import N_, WorkspaceError
from pipeline.runs.bundle import is_whole, seal

# The best one, the newest, and one more for a kill between writing and sealing.
KEPT = 3

# Names that the Trainer writes and that nothing reads back: its arguments, pickled, a token for the hub among them.
_UNWANTED = ("training_args.bin",)

# What torch and safetensors say when a write fails; neither passes the system's error number on.
_FULL = ("unexpected pos", "PytorchStreamWriter failed", "No space left", "os error 28", "os error 27")
# No space, a quota, or a largest file that the system allows.
_FULL_NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def folder_of(checkpoints: Path, step: int) -> Path:
    """Where the checkpoint of a step is."""
    return checkpoints / f"checkpoint-{step}"


def step_of(folder: Path) -> int:
    """The step of a checkpoint's folder."""
    return int(folder.name.rpartition("-")[2])


def finish(folder: Path) -> None:
    """Seal what the Trainer wrote."""
    for name in _UNWANTED:
        (folder / name).unlink(missing_ok=True)
    seal(folder)


def last_whole(checkpoints: Path) -> Path | None:
    """The newest whole checkpoint; damaged ones are removed, so that nothing takes them for one."""
    found = sorted(checkpoints.glob("checkpoint-*"), key=step_of)
    whole = [folder for folder in found if is_whole(folder)]
    for folder in found:
        if folder not in whole:
            shutil.rmtree(folder)
    return whole[-1] if whole else None


def best_whole(checkpoints: Path) -> Path:
    """The checkpoint with the best score on the validation rows, as the newest whole one says; else the newest itself.

    Raises:
        FileNotFoundError: there is no whole checkpoint.
    """
    newest = last_whole(checkpoints)
    if newest is None:
        raise FileNotFoundError(f"no whole checkpoint in {checkpoints}")
    state = json.loads((newest / "trainer_state.json").read_text(encoding="utf-8"))
    best = folder_of(checkpoints, state["best_global_step"] or step_of(newest))
    return best if best.is_dir() else newest


@contextlib.contextmanager
def disk_watched() -> Iterator[None]:
    """Turn what a full disk looks like, in all its forms, into one plain error.

    Raises:
        WorkspaceError: the disk is full.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:
        if getattr(error, "errno", None) not in _FULL_NUMBERS and not any(sign in str(error) for sign in _FULL):
            raise
        raise WorkspaceError(
            N_("The disk is full, so the run could not be saved. Free some space, then resume it: nothing is lost.")
        ) from error
