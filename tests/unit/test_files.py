"""A file is there whole or not at all, whoever else writes it at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.files import write_text


def test_two_writers_at_once_leave_one_whole_text_and_nothing_else(tmp_path: Path) -> None:
    texts = [letter * 200_000 for letter in "abcdefgh"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: write_text(tmp_path / "f.json", text), texts * 4))
    assert (tmp_path / "f.json").read_text() in texts
    assert [path.name for path in tmp_path.iterdir()] == ["f.json"]


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_text(tmp_path / "f.json", "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(tmp_path / "f.json", "new \ud800")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
