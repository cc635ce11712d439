"""A checkpoint is whole or it is not there, and a full disk is called one."""

import errno
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pipeline.errors import WorkspaceError
from pipeline.training.checkpoints import disk_watched, finish, folder_of, last_whole

FULL = Path("/dev/full")  # every write to it fails as on a full disk


def checkpoint(checkpoints: Path, step: int) -> Path:
    folder = folder_of(checkpoints, step)
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "training_args.bin").write_bytes(b"secrets")
    finish(folder)
    return folder


def test_the_newest_is_told_by_its_step(tmp_path: Path) -> None:
    for step in (90, 100, 9):
        checkpoint(tmp_path, step)
    assert last_whole(tmp_path) == folder_of(tmp_path, 100)
    assert not list(tmp_path.rglob("training_args.bin"))


def test_a_damaged_or_unfinished_one_is_removed(tmp_path: Path) -> None:
    whole = checkpoint(tmp_path, 1)
    (checkpoint(tmp_path, 2) / "model.safetensors").write_bytes(b"weightz")
    folder_of(tmp_path, 3).mkdir()
    assert last_whole(tmp_path) == whole
    assert list(tmp_path.iterdir()) == [whole]


def test_none_is_none(tmp_path: Path) -> None:
    assert last_whole(tmp_path) is None


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("way", ["torch", "plain"])
def test_a_full_disk_is_said_in_plain_words(way: str) -> None:
    with pytest.raises(WorkspaceError, match="disk is full"), disk_watched():
        if way == "torch":
            torch.save(torch.zeros(100_000), FULL)
        else:
            FULL.write_bytes(b"1" * 100_000)


def test_a_full_disk_is_recognised_in_what_safetensors_says(tmp_path: Path) -> None:
    from safetensors import SafetensorError

    with pytest.raises(WorkspaceError, match="resume"), disk_watched():
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")
    save_file({"a": torch.zeros(1)}, tmp_path / "fine.safetensors")


def test_other_failures_stay_what_they_are() -> None:
    with pytest.raises(PermissionError), disk_watched():
        raise PermissionError(errno.EACCES, "no")
    with pytest.raises(RuntimeError, match="shapes"), disk_watched():
        raise RuntimeError("shapes do not fit")
