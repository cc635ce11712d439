"""Labels that change with time are found, and measuring on the newest rows makes the finding vanish."""

import random
from pathlib import Path

import pandas as pd
import pytest

from pipeline.check.drift import find_drift
from pipeline.check.material import Material
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.view import View
from pipeline.settings import Workspace

DAYS = [f"{day.year}年{day.month}月{day.day}日" for day in pd.date_range("2024-01-01", periods=200)]


def view_of(folder: Path, labels: list[str], days: list[str]) -> View:
    table = pd.DataFrame({"text": [f"text {row}" for row in range(len(labels))], "day": days, "label": labels})
    table.to_csv(folder / "tickets.csv", index=False)
    return make_view(import_source(folder / "tickets.csv", "tickets.csv").id, ["text"], "label")


def test_labels_that_came_with_time_are_found(home: Workspace, tmp_path: Path) -> None:
    draw = random.Random(1)
    labels = [draw.choice("aab" if row < 160 else "abcc") for row in range(200)]
    material = Material(view_of(tmp_path, labels, DAYS))
    (finding,) = find_drift(material)
    assert dict(finding.values)["column"] == "day"
    assert 40 <= int(dict(finding.values)["share"].rstrip("%")) <= 60
    assert finding.examples[0].rows == (199,)
    assert finding.remedies[0].view.time == "day"
    assert not list(find_drift(Material(finding.remedies[0].view)))


@pytest.mark.parametrize("seed", range(5))
def test_labels_that_stay_as_they_are_drift_by_chance_only(home: Workspace, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    assert not list(find_drift(Material(view_of(tmp_path, draw.choices("aabcd", k=200), DAYS))))


def test_without_dates_there_is_no_time(home: Workspace, tmp_path: Path) -> None:
    labels = ["a"] * 100 + ["b", "c"] * 50
    assert not list(find_drift(Material(view_of(tmp_path, labels, [f"day {row}" for row in range(200)]))))
