"""The job ``check`` saves what it knows as soon as it knows it."""

import random
from pathlib import Path

import pytest

from pipeline.actions.check import check_of
from pipeline.actions.data import Dataset, create_dataset
from pipeline.check import fits, growth, material
from pipeline.data import duplicates
from pipeline.data.source import import_source
from pipeline.runs.progress import Silent, Stopped
from pipeline.settings import Workspace
from pipeline.work.check import run
from tests.tiny import tickets


class StopsAt(Silent):
    """Asks for a stop as soon as a phase begins."""

    def __init__(self, phase: str) -> None:
        self.phase, self.reached = phase, False

    def advance(self, phase: str, done: int, total: int) -> None:
        self.reached |= phase == self.phase

    def stop_requested(self) -> bool:
        return self.reached


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> Dataset:
    """180 tickets whose first word tells their label."""
    return freeze(tmp_path)


def freeze(folder: Path, *, shuffled: bool = False) -> Dataset:
    frame = tickets(180, seed=0)
    frame["text"] += [f" {number}" for number in range(len(frame))]
    if shuffled:
        frame["label"] = random.Random(0).sample(list(frame["label"]), len(frame))
    frame.to_csv(folder / "tickets.csv", index=False)
    source = import_source(folder / "tickets.csv", "tickets.csv")
    return create_dataset(source.id, name="tickets", text=("text",), label="label")


def test_a_check_ends_with_learnability_and_budget(dataset: Dataset) -> None:
    result = run({"dataset": dataset.id}, Silent())

    report = check_of(dataset)
    assert report is not None
    assert report.learnability is not None
    assert report.learnability.verdict == result["learnability"] == "learnable"
    assert report.budget is not None
    assert report.budget.more == 50


def test_labels_that_cannot_be_predicted_have_no_budget(home: Workspace, tmp_path: Path) -> None:
    dataset = freeze(tmp_path, shuffled=True)
    run({"dataset": dataset.id}, Silent())

    report = check_of(dataset)
    assert report is not None
    assert report.learnability is not None
    assert report.learnability.verdict == "chance"
    assert report.budget is None


class StopsWithin(StopsAt):
    """Asks for a stop once a phase is under way: at its second look."""

    def __init__(self, phase: str) -> None:
        super().__init__(phase)
        self.begun = False

    def advance(self, phase: str, done: int, total: int) -> None:
        self.reached |= phase == self.phase and self.begun
        self.begun |= phase == self.phase


def test_a_stop_within_a_long_search_keeps_what_was_found_before_it(home: Workspace, tmp_path: Path) -> None:
    frame = tickets(180, seed=0)
    frame["text"] += [f" {number % 90}" for number in range(len(frame))]
    frame["label"] = ["n/a", *frame["label"][1:]]
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    source = import_source(tmp_path / "tickets.csv", "tickets.csv")
    dataset = create_dataset(source.id, name="tickets", text=("text",), label="label")

    with pytest.raises(Stopped):
        run({"dataset": dataset.id}, StopsWithin(duplicates.PHASE))

    report = check_of(dataset)
    assert report is not None
    assert not report.complete
    assert "placeholder_labels" in {finding.kind for finding in report.findings}

    run({"dataset": dataset.id}, Silent())
    whole = check_of(dataset)
    assert whole is not None
    assert whole.complete
    assert {finding.kind for finding in report.findings} < {finding.kind for finding in whole.findings}


@pytest.mark.parametrize("phase", [material.PHASE, duplicates.PHASE])
def test_the_longer_searches_hear_of_a_stop(dataset: Dataset, phase: str) -> None:
    with pytest.raises(Stopped):
        run({"dataset": dataset.id}, StopsAt(phase))


def test_a_stop_keeps_the_findings(dataset: Dataset) -> None:
    with pytest.raises(Stopped):
        run({"dataset": dataset.id}, StopsAt(fits.PHASE))

    report = check_of(dataset)
    assert report is not None
    assert report.learnability is None


def test_a_stop_while_the_budget_is_measured_keeps_the_learnability(dataset: Dataset) -> None:
    with pytest.raises(Stopped):
        run({"dataset": dataset.id}, StopsAt(growth.PHASE))

    report = check_of(dataset)
    assert report is not None
    assert report.learnability is not None
    assert report.budget is None
