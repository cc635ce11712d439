"""The cache makes a thing once, keeps no half entry, stays within its bound, and can be switched off."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import cache
from pipeline.settings import Workspace

ROOT = Path(__file__).resolve().parents[2]


def writer(text: str, made: list[str]):
    def make(path: Path) -> None:
        made.append(text)
        path.write_text(text)

    return make


def test_the_same_key_is_made_once(home: Workspace) -> None:
    made: list[str] = []
    first = cache.entry("tokens", "a", writer("content", made))
    second = cache.entry("tokens", "a", writer("other", made))
    assert first == second
    assert second.read_text() == "content"
    assert made == ["content"]


def test_a_failed_make_leaves_nothing_and_is_tried_again(home: Workspace) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cache.entry("tokens", "a", fail)
    assert sum(row.entries for row in cache.usage()) == 0
    assert cache.entry("tokens", "a", writer("whole", [])).read_text() == "whole"


def test_a_half_written_entry_of_a_killed_process_is_not_used(home: Workspace) -> None:
    path = cache.entry("lower", "a", writer("whole", []))
    path.rename(path.with_suffix(".partial"))
    assert cache.entry("lower", "a", writer("made anew", [])).read_text() == "made anew"


def test_the_entries_unused_for_longest_go_first(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.settings.GIB", 10)
    monkeypatch.setenv("TUNEDESK_CACHE_GIB", "1")
    old = cache.entry("tokens", "old", writer("12345", []))
    kept = cache.entry("tokens", "kept", writer("12345", []))
    for path, moment in ((old, 1), (kept, 2)):
        os.utime(path, (moment, moment))
    new = cache.entry("lower", "new", writer("12345", []))
    assert not old.exists()
    assert kept.exists()
    assert new.exists()


def test_switched_off_it_neither_uses_nor_keeps_anything(home: Workspace) -> None:
    cache.entry("tokens", "a", writer("stored", []))
    with cache.off():
        private = cache.entry("tokens", "a", writer("made anew", []))
        assert private.read_text() == "made anew"
        assert cache.entry("tokens", "a", writer("not again", [])) == private
    assert not private.exists()
    assert cache.entry("tokens", "a", writer("x", [])).read_text() == "stored"


def test_emptying_frees_what_usage_counts(home: Workspace) -> None:
    cache.entry("tokens", "a", writer("12345", []))
    cache.entry("lower", "b", writer("1234567", []))
    assert {row.kind: row.bytes for row in cache.usage()} == {"tokens": 5, "lower": 7}
    assert cache.empty("tokens") == 5
    assert cache.empty() == 7
    assert sum(row.entries for row in cache.usage()) == 0


COUNTING = """
import sys
from pathlib import Path
from pipeline import cache

def make(path):
    with open(sys.argv[1], "a") as file:
        file.write("x")
    path.write_text("content")

print(cache.entry("tokens", "shared", make).read_text())
"""


def test_two_processes_make_one_entry(home: Workspace, tmp_path: Path) -> None:
    made = tmp_path / "made"
    command = [sys.executable, "-c", COUNTING, str(made)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate()[0] for process in processes] == ["content\n"] * 2
    assert made.read_text() == "x"
