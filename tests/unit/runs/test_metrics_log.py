"""A run's log is never shorter than what was acknowledged, and a torn line harms nobody."""

from pathlib import Path

from pipeline.runs.metrics_log import FILE, MetricsWriter, newest, read_metrics


def append(folder: Path, step: int) -> None:
    writer = MetricsWriter(folder)
    writer.write("train", step=step)
    writer.close()


def test_what_was_written_is_read_back_at_once(tmp_path: Path) -> None:
    writer = MetricsWriter(tmp_path)
    writer.write("train", step=1, loss=0.5)
    event = read_metrics(tmp_path)[0]
    assert (event.kind, event.values) == ("train", {"step": 1, "loss": 0.5})
    writer.close()


def test_a_run_that_has_not_begun_has_no_events(tmp_path: Path) -> None:
    assert read_metrics(tmp_path) == []


def test_a_torn_last_line_is_left_out_and_cut_before_the_next(tmp_path: Path) -> None:
    append(tmp_path, step=1)
    with (tmp_path / FILE).open("a") as file:
        file.write('{"kind": "train", "st')
    assert [event.values["step"] for event in read_metrics(tmp_path)] == [1]
    append(tmp_path, step=2)
    assert [event.values["step"] for event in read_metrics(tmp_path)] == [1, 2]


def test_the_newest_event_of_each_kind_is_known_while_the_log_grows(tmp_path: Path) -> None:
    assert newest(tmp_path) == {}
    writer = MetricsWriter(tmp_path)
    writer.write("plan", steps=9)
    for step in (1, 2):
        writer.write("train", step=step)
        assert newest(tmp_path) == {"plan": {"steps": 9}, "train": {"step": step}}
    writer.close()
