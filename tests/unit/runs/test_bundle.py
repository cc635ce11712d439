"""A sealed folder is whole or known not to be."""

from pathlib import Path

import pytest

from pipeline.errors import RunError
from pipeline.runs.bundle import BundleInfo, is_sealed, is_whole, read_info, seal, seal_open, write_info


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "model.safetensors").write_bytes(b"12345678")
    (tmp_path / "config.json").write_text("{}")
    seal(tmp_path)
    return tmp_path


def test_a_sealed_folder_is_whole(sealed: Path) -> None:
    assert is_sealed(sealed)
    assert is_whole(sealed)


def test_one_file_may_change_and_damage_to_another_still_shows(sealed: Path) -> None:
    with seal_open(sealed, "config.json"):
        assert not is_sealed(sealed)
        (sealed / "config.json").write_text("{1}")
    assert is_whole(sealed)
    flip(sealed / "weights" / "model.safetensors")
    assert not is_whole(sealed)


def test_a_folder_whose_change_fails_stays_unsealed(sealed: Path) -> None:
    with pytest.raises(OSError, match="no room"), seal_open(sealed, "config.json"):
        raise OSError("no room")
    assert not is_sealed(sealed)


def test_a_folder_without_manifest_is_not_sealed(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert not is_sealed(tmp_path)
    assert not is_whole(tmp_path)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        Path.unlink,
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: (path.parent / "stranger").write_text("x"),
    ],
    ids=["one bit flipped", "removed", "truncated", "a file too many"],
)
def test_every_damage_is_noticed(sealed: Path, damage) -> None:
    damage(sealed / "weights" / "model.safetensors")
    assert not is_whole(sealed)


def test_what_a_bundle_knows_comes_back_as_it_was_written(tmp_path: Path) -> None:
    info = BundleInfo("r", "n", "classification", "m", ("标题", "描述"), "{标题}", "owner", ("007", "b"), 128,
                      {"accuracy": 0.5}, {"torch": "2"}, "2026-01-01T00:00:00+00:00")  # fmt: skip
    write_info(tmp_path, info)
    assert read_info(tmp_path) == info


def test_a_folder_that_is_no_bundle_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=tmp_path.name):
        read_info(tmp_path)
