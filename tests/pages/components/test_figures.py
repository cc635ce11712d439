"""Figures hold what was measured, and no more of it than can be seen."""

from typing import Any

import pytest

from pages.components import figures
from pipeline.runs.metrics_log import Event

WORDS = {"step": "Step", "value": "", "training": "training", "validation": "validation", "best": "best"}


def training(losses: list[float]) -> list[Event]:
    """One training event a step."""
    return [Event("train", 0.0, {"step": step, "loss": loss}) for step, loss in enumerate(losses, start=1)]


def drawn(spec: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """All points of the layers that carry ``name``."""
    return [point for layer in spec["layer"] for point in layer["data"]["values"] if point.get("name") == name]


def test_the_smoothed_line_lies_within_the_raw_one_and_starts_on_it() -> None:
    spec = figures.loss(training([2.0, 1.0, 0.5, 0.4, 0.3]), **WORDS)

    smooth = drawn(spec, "training")
    assert smooth[0]["y"] == pytest.approx(2.0)
    assert all(0.3 <= point["y"] <= 2.0 for point in smooth)


def test_a_long_run_sends_no_more_points_than_one_can_see() -> None:
    spec = figures.loss(training([1.0] * 50_000), **WORDS)

    assert len(drawn(spec, "training")) <= figures.MOST_POINTS


def test_labels_of_a_narrow_axis_differ() -> None:
    spec = figures.loss(training([1.0853, 1.0931]), **WORDS)

    digits = spec["encoding"]["y"]["axis"]["format"].replace("~", "")  # Python cuts zeros off by itself
    assert [format(tick, digits) for tick in (1.085, 1.09, 1.095)] == ["1.085", "1.09", "1.095"]


def test_only_the_last_best_checkpoint_is_ringed() -> None:
    events = [
        Event("validation", 0.0, {"step": 1, "loss": 0.9, "best": True}),
        Event("validation", 0.0, {"step": 2, "loss": 0.7, "best": True}),
        Event("validation", 0.0, {"step": 3, "loss": 0.8, "best": False}),
    ]

    spec = figures.loss(events, **WORDS)

    assert {point["x"] for point in drawn(spec, "best")} == {2}
    assert len(drawn(spec, "validation")) == 3


def test_scores_run_from_0_to_100_percent_beside_their_baselines() -> None:
    events = [
        Event("baseline", 0.0, {"name": "tfidf", "accuracy": 0.8}),
        Event("validation", 0.0, {"step": 1, "accuracy": 0.6, "macro_f1": 0.5}),
    ]

    spec = figures.scores(
        events,
        step="Step",
        lines={"accuracy": "accuracy", "macro_f1": "macro-F1"},
        baselines={"tfidf": "word counting"},
    )

    assert spec["encoding"]["y"]["scale"] == {"domain": [0, 1]}
    assert drawn(spec, "word counting")[0]["y"] == 0.8


def test_names_of_two_baselines_that_are_nearly_as_good_do_not_lie_on_each_other() -> None:
    def places(tfidf: float, majority: float) -> list[tuple[str, float, str]]:
        values = {"tfidf": tfidf, "majority": majority}
        events = [Event("baseline", 0.0, {"name": name, "accuracy": value}) for name, value in values.items()]
        names = {name: name for name in values}
        spec = figures.scores(events, step="Step", lines={"accuracy": "accuracy"}, baselines=names)
        layers = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
        return [(layer["data"]["values"][0]["name"], layer["mark"]["dy"], layer["mark"]["align"]) for layer in layers]

    assert places(0.27, 0.33) == [("tfidf", 10, "right"), ("majority", -8, "right")]
    assert places(0.27, 0.27)[0][1] != places(0.27, 0.27)[1][1]
    assert places(0.95, 0.93) == [("majority", 10, "left"), ("tfidf", -8, "left")]
    assert places(0.95, 0.3) == [("majority", 10, "right"), ("tfidf", -8, "left")]


def test_correlations_may_fall_below_0() -> None:
    events = [
        Event("baseline", 0.0, {"name": "mean", "pearson": 0.0}),
        Event("validation", 0.0, {"step": 1, "pearson": -0.3, "spearman": -0.2}),
    ]

    spec = figures.scores(
        events, step="Step", lines={"pearson": "r", "spearman": "rho"}, baselines={"mean": "mean"}, shares=False
    )

    assert spec["encoding"]["y"]["scale"] == {"domain": [-0.3, 1]}


@pytest.mark.parametrize("numbers", [[0.0, 0.5, 1.0], [-3.0, 900.0], [float(n) ** 2 for n in range(500)]])
def test_every_number_is_in_one_bar(numbers: list[float]) -> None:
    bars = figures.numbers([(number, 2) for number in numbers], title="Number", rows="Rows")["data"]["values"]

    assert sum(bar["rows"] for bar in bars) == 2 * len(numbers)
    assert len(bars) <= 4 * figures.BINS + 1


def test_nothing_measured_yet_is_an_empty_chart() -> None:
    assert figures.loss([], **WORDS)["layer"][0]["data"]["values"] == []


def test_a_run_of_one_point_still_has_an_axis_of_whole_steps() -> None:
    event = Event("validation", 0.0, {"step": 0, "loss": 2.1})

    axis = figures.loss([event], **WORDS)["encoding"]["x"]

    assert axis["scale"]["domain"] == [0, 1]
    assert axis["axis"]["format"] == ",d"


def test_rare_labels_are_added_up() -> None:
    counts = [(f"label {n}", 100 - n) for n in range(40)]

    figure = figures.label_counts(counts, rows="Rows", others="others")
    bars = figure["data"]["values"]

    assert figure["encoding"]["x"]["scale"]["domainMax"] >= 1.2 * max(bar["rows"] for bar in bars)
    assert len(bars) == figures.MOST_LABELS + 1
    assert sum(bar["rows"] for bar in bars) == sum(rows for _, rows in counts)


@pytest.mark.parametrize("lengths", [[5], [0, 0, 0], list(range(1000)), [3, 4, 5, 900_000]])
def test_every_text_is_in_one_bar_of_the_lengths(lengths: list[int]) -> None:
    bars = figures.lengths(lengths, title="Characters", rows="Rows")["data"]["values"]

    assert sum(bar["rows"] for bar in bars) == len(lengths)
    assert len(bars) <= figures.BINS + 1
