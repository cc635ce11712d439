"""A worker's lock falls with it; its beat says what it was doing."""

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


def test_silence_is_stalled() -> None:
    assert heartbeat.Beat(time=1.0).stalled
