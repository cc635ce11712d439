"""What comes back as an export is opened by name: nothing climbs out, nothing runs, damage is said."""

import json
import stat
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import RunError
from pipeline.export.archive import open_exported
from pipeline.runs import bundle as bundles
from pipeline.settings import Workspace
from tests.tiny import tiny_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tiny_bundle(tmp_path / "model", ["a", "b"])
    return tmp_path / "model"


def zipped(folder: Path, path: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, prefix + file.name)
    return path


def test_a_zip_of_the_folder_and_one_of_its_content_are_the_same_model(
    folder: Path, tmp_path: Path, home: Workspace
) -> None:
    flat = open_exported(zipped(folder, tmp_path / "flat.zip"))
    assert open_exported(zipped(folder, tmp_path / "deep.zip", "my model/")) == flat
    assert bundles.is_whole(flat)
    assert flat.is_relative_to(home.cache)


def test_paths_that_climb_out_and_links_are_left_behind(folder: Path, tmp_path: Path, home: Workspace) -> None:
    path = zipped(folder, tmp_path / "evil.zip")
    link = zipfile.ZipInfo("vocab.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../climbed.txt", "x")
        archive.writestr("/absolute.txt", "x")
        archive.writestr("sub/config.json", "{}")
        archive.writestr("training_args.bin", "x")
        archive.writestr(link, "/etc/passwd")
    opened = open_exported(path)
    assert {file.name for file in opened.iterdir()} == {file.name for file in folder.iterdir()}
    assert not list(tmp_path.rglob("climbed.txt"))
    assert not Path("/absolute.txt").exists()


def test_a_link_in_a_folder_is_not_followed(folder: Path, tmp_path: Path, home: Workspace) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    (folder / "vocab.txt").symlink_to(secret)
    assert not (open_exported(folder) / "vocab.txt").exists()


@pytest.mark.parametrize("member", ["model.safetensors", "tokenizer.json", bundles.INFO])
def test_a_file_that_has_changed_is_named(folder: Path, home: Workspace, member: str) -> None:
    content = bytearray((folder / member).read_bytes())
    content[-2] ^= 1
    (folder / member).write_bytes(content)
    with pytest.raises(RunError, match=f"damaged: {member}"):
        open_exported(folder)
    assert not [path for path in home.cache.rglob("*") if path.is_dir() and path.name != "export"]


def test_a_file_that_is_missing_is_named(folder: Path, home: Workspace) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(RunError, match=r"damaged: model\.safetensors"):
        open_exported(folder)


def test_something_else_is_refused_in_one_line(tmp_path: Path, home: Workspace) -> None:
    (tmp_path / "notes.zip").write_text("not a zip", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for name in ("notes.zip", "empty"):
        with pytest.raises(RunError, match=f"{name} is not a model that TuneDesk has exported"):
            open_exported(tmp_path / name)
    (tmp_path / "empty" / bundles.INFO).write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(RunError, match="not a model"):
        open_exported(tmp_path / "empty")
