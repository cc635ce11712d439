"""The job divide: whatever the answers are, it divides as whoever does it at once, and hears of a stop."""

import dataclasses
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.actions.data import create_dataset, delete_dataset, get_dataset
from pipeline.data import duplicates
from pipeline.data.source import Source, import_source
from pipeline.data.split import load_split
from pipeline.datasets.freeze import Division
from pipeline.errors import UnfitData
from pipeline.runs.progress import Silent, Stopped
from pipeline.settings import Workspace
from pipeline.work.divide import run
from tests.tiny import tickets

QUESTIONS: dict[str, dict[str, Any]] = {
    "classes": {"label": "label"},
    "labels in a cell": {"label": "tags", "separators": ";"},
    "columns of labels": {"label": "", "label_columns": ("urgent", "paid")},
    "pairs": {"label": "label", "second": "answer"},
    "numbers": {"label": "hours", "number": True},
}


@pytest.fixture
def source(home: Workspace, tmp_path: Path) -> Source:
    """Tickets with every kind of answer."""
    frame = tickets(120, seed=0)
    rows = range(len(frame))
    frame["tags"] = [f"{label};late" if row % 3 else label for row, label in enumerate(frame["label"])]
    frame["urgent"], frame["paid"] = [str(row % 2) for row in rows], [str(row // 2 % 2) for row in rows]
    frame["answer"] = [f"answer {row * 7919} to {label}" for row, label in enumerate(frame["label"])]
    frame["hours"] = [str(row % 17 / 2) for row in rows]
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    return import_source(tmp_path / "tickets.csv", "tickets.csv")


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_job_divides_every_kind_of_answer_as_it_is_divided_at_once(source: Source, question: dict[str, Any]) -> None:
    at_once = create_dataset(source.id, name="tickets", text=["text"], **question)
    delete_dataset(at_once.id)
    request = {
        "view": dataclasses.asdict(at_once.view),
        "division": dataclasses.asdict(Division()),
        "name": "by a job",
        "sample": False,
    }

    made = get_dataset(run(request, Silent())["dataset"])

    assert (made.view, made.split, made.name) == (at_once.view, at_once.split, "by a job")
    assert load_split(made.split).test


class StopsAt(Silent):
    """Asks for a stop once texts are compared."""

    reached = False

    def advance(self, phase: str, done: int, total: int) -> None:
        """See ``Progress``."""
        self.reached |= phase == duplicates.PHASE

    def stop_requested(self) -> bool:
        """See ``Progress``."""
        return self.reached


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_stop_is_heard_whatever_the_answers_are(source: Source, home: Workspace, question: dict[str, Any]) -> None:
    dataset = create_dataset(source.id, name="tickets", text=["text"], **question)
    kept = set(home.splits.iterdir())
    request = {
        "view": dataclasses.asdict(dataset.view),
        "division": dataclasses.asdict(Division(seed=1)),
        "name": "tickets",
        "sample": False,
    }

    with pytest.raises(Stopped):
        run(request, StopsAt())

    assert set(home.splits.iterdir()) == kept


def test_too_few_rows_are_refused_by_the_job_too(home: Workspace, tmp_path: Path) -> None:
    pd.DataFrame({"text": ["a b c", "d e f"], "label": ["x", "y"]}).to_csv(tmp_path / "few.csv", index=False)
    source = import_source(tmp_path / "few.csv", "few.csv")
    view = {"source": source.id, "text": ("text",), "label": "label", "labels": ("x", "y"), "steps": ()}

    with pytest.raises(UnfitData):
        run({"view": view, "division": {}, "name": "few", "sample": False}, Silent())
