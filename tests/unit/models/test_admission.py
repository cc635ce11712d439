"""What comes in as a model is looked at before a byte of it is used."""

import errno
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import ModelError, UnsafeModel, WorkspaceError
from pipeline.models import admission
from pipeline.models.admission import admit, wanted
from pipeline.runs.progress import Silent, Stopped


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (folder / "model.safetensors").write_bytes(os.urandom(1000))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "modeling_custom.py").write_text("raise SystemExit")
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    return tmp_path / "target"


def pack(folder: Path, path: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, prefix + file.name)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


KEPT = ["config.json", "model.safetensors", "tokenizer.json"]


def test_a_folder_comes_in_without_its_code(model: Path, target: Path) -> None:
    admit(model, target, Silent())
    assert names(target) == KEPT
    assert (target / "model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()


@pytest.mark.parametrize("prefix", ["", "my-model/", "a/b/"])
def test_a_zip_comes_in_whatever_folder_is_in_front(model: Path, target: Path, tmp_path: Path, prefix: str) -> None:
    admit(pack(model, tmp_path / "m.zip", prefix), target, Silent())
    assert names(target) == KEPT


def test_pickles_are_taken_only_where_there_is_nothing_better() -> None:
    both = ["config.json", "pytorch_model.bin", "model.safetensors", "tf_model.h5", "flax_model.msgpack"]
    assert wanted(both) == ("config.json", "model.safetensors")
    assert wanted(both[:2]) == ("config.json", "pytorch_model.bin")
    assert wanted(["config.json", "model-00001-of-00002.safetensors", "model.safetensors.index.json"])[1:]


@pytest.mark.parametrize(("present", "missing"), [([], "config.json"), (["config.json"], "model.safetensors")])
def test_what_is_no_model_is_told_what_is_missing(present: list[str], missing: str) -> None:
    with pytest.raises(ModelError, match=missing):
        wanted(present)


def test_a_file_that_is_neither_folder_nor_zip_is_named(tmp_path: Path, target: Path) -> None:
    (tmp_path / "model.rar").write_bytes(b"Rar!")
    for path in (tmp_path / "model.rar", tmp_path / "nowhere"):
        with pytest.raises(ModelError, match=r"neither a folder nor a zip"):
            admit(path, target, Silent())


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_are_refused_with_a_way_out(model: Path, target: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (model / "vocab.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(UnsafeModel, match=r"vocab\.txt is a link.*cp -rL"):
        admit(model, target, Silent())
    (tmp_path / "alias").symlink_to(model)
    with pytest.raises(UnsafeModel, match="alias is a link"):
        admit(tmp_path / "alias", target, Silent())
    assert names(target) == []


@pytest.mark.parametrize(
    "name", ["../config.json", "/etc/config.json", "a/../../b", "C:/config.json", "..\\config.json"]
)
def test_paths_that_climb_out_are_refused(model: Path, target: Path, tmp_path: Path, name: str) -> None:
    path = pack(model, tmp_path / "m.zip")
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        archive.writestr(info, "x")
    with pytest.raises(UnsafeModel, match="outside of its folder"):
        admit(path, target, Silent())
    assert names(target) == []


def test_links_inside_a_zip_are_refused(model: Path, target: Path, tmp_path: Path) -> None:
    path = pack(model, tmp_path / "m.zip")
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("vocab.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(UnsafeModel, match="link"):
        admit(path, target, Silent())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(model: Path, target: Path, tmp_path: Path) -> None:
    (model / "model.safetensors").write_bytes(bytes(50_000_000))
    path = pack(model, tmp_path / "bomb.zip")
    assert path.stat().st_size < 100_000
    with pytest.raises(UnsafeModel, match="would take 50 MB"):
        admit(path, target, Silent())
    assert names(target) == []


def test_a_damaged_zip_says_so(model: Path, target: Path, tmp_path: Path) -> None:
    path = pack(model, tmp_path / "m.zip")
    content = bytearray(path.read_bytes())
    start = content.index(b"model.safetensors") + 100
    content[start : start + 50] = bytes(50)
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"m\.zip is damaged"):
        admit(path, target, Silent())


def test_too_large_a_model_is_refused(model: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "MAX_BYTES", 500)
    with pytest.raises(UnsafeModel, match="GB that are accepted"):
        admit(model, target, Silent())


def test_a_model_that_the_disk_has_no_room_for_is_refused_early(target: Path) -> None:
    with pytest.raises(WorkspaceError, match="MB are free"):
        admission.require_space(10**18, target)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_meanwhile_is_named(model: Path, target: Path) -> None:
    class Full:
        def open(self, _mode: str):  # type: ignore[no-untyped-def]
            return open("/dev/full", "wb", buffering=0)

    with (
        (model / "model.safetensors").open("rb") as source,
        pytest.raises(WorkspaceError, match="disk is full") as caught,
    ):
        admission._copy(source, Full(), 0, 10_000, Silent())  # type: ignore[arg-type]
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.ENOSPC


def test_copying_can_be_stopped(model: Path, target: Path) -> None:
    class Impatient(Silent):
        def stop_requested(self) -> bool:
            return True

    with pytest.raises(Stopped):
        admit(model, target, Impatient())
