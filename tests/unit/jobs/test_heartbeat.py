"""A worker's lock falls with it; its beat says what it was doing."""

import dataclasses
import json
import time
from pathlib import Path

import filelock
import pytest

from pipeline.jobs import heartbeat


def test_a_living_heart_is_seen_and_a_stopped_one_is_not(tmp_path) -> None:
    with heartbeat.Heart(tmp_path):
        assert heartbeat.is_held(tmp_path)
        beat = heartbeat.read_beat(tmp_path)
        assert beat is not None
        assert beat.memory > 0
        assert not beat.stalled
    assert not heartbeat.is_held(tmp_path)


def test_one_job_has_one_worker(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "_PATIENCE_SECONDS", 0)
    with heartbeat.Heart(tmp_path), pytest.raises(filelock.Timeout), heartbeat.Heart(tmp_path):
        pass


def test_a_request_to_stop_reaches_the_work(tmp_path) -> None:
    with heartbeat.Heart(tmp_path) as heart:
        assert not heart.stop_requested()
        heartbeat.request_stop(tmp_path)
        assert heart.stop_requested()


def test_silence_is_stalled_whatever_the_wall_clock_says(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    for wall in (0.0, 4e9):
        monkeypatch.setattr(time, "time", lambda wall=wall: wall)
        assert not heartbeat.Beat(monotonic=now - heartbeat.STALLED_SECONDS + 5).stalled
        assert heartbeat.Beat(monotonic=now - heartbeat.STALLED_SECONDS - 5).stalled
        assert 3 < heartbeat.Beat(monotonic=now, phase_started=now - 4).phase_seconds < 20


def beat(folder: Path, **values: object) -> None:
    """The last sign of a worker that is gone."""
    sign = heartbeat.Beat(monotonic=time.monotonic(), **values)  # type: ignore[arg-type]
    (folder / "heartbeat.json").write_text(json.dumps(dataclasses.asdict(sign)))


@pytest.mark.parametrize(("counted", "ran_out"), [(4, True), (3, False)])
def test_a_death_is_want_of_memory_when_the_system_counted_one_more(tmp_path, counted: int, ran_out: bool) -> None:
    (tmp_path / "memory.events").write_text(f"oom 9\noom_kill {counted}\n")
    beat(tmp_path, memory_counter=str(tmp_path / "memory.events"), memory_kills=3)
    assert heartbeat.ran_out_of_memory(tmp_path) == ran_out


@pytest.mark.parametrize(("share", "ran_out"), [(0.95, True), (0.5, False)])
def test_a_death_close_to_the_limit_is_want_of_memory(tmp_path, share: float, ran_out: bool) -> None:
    beat(tmp_path, memory_share=share)
    assert heartbeat.ran_out_of_memory(tmp_path) == ran_out


def test_a_worker_can_say_it_itself_and_the_next_sitting_starts_clean(tmp_path) -> None:
    assert not heartbeat.ran_out_of_memory(tmp_path)
    heartbeat.report_out_of_memory(tmp_path)
    assert heartbeat.ran_out_of_memory(tmp_path)
    heartbeat.forget(tmp_path)
    assert not heartbeat.ran_out_of_memory(tmp_path)
