"""Which task the command line takes a file for: guessed and said, or as the options say."""

import json
from pathlib import Path

import pandas as pd
import pytest

from pipeline.actions.data import get_dataset
from pipeline.cli import main
from pipeline.data.view import View
from pipeline.settings import Workspace
from pipeline.tasks import registry

ROWS = 60


@pytest.fixture
def folder(home: Workspace, tmp_path: Path) -> Path:
    """A file for every task."""
    texts = [f"case {n * 7919} is about something" for n in range(ROWS)]
    others = [f"{n * 104729} was said of another matter" for n in range(ROWS)]
    frames = {
        "cells": {"text": texts, "label": [["red", "blue", "red; blue"][n % 3] for n in range(ROWS)]},
        "columns": {"text": texts, **{c: [str((n >> i) & 1) for n in range(ROWS)] for i, c in enumerate("abc")}},
        "pairs": {
            "question1": texts,
            "question2": others,
            "label": ["same" if n % 3 else "other" for n in range(ROWS)],
        },
        "alike": {"question1": texts, "question2": others, "score": [f"{n % 11 / 2}" for n in range(ROWS)]},
        "hours": {"text": texts, "hours": [f"{n % 20 * 1.5:.1f}" for n in range(ROWS)]},
        "plain": {"text": texts, "label": [["red", "blue"][n % 2] for n in range(ROWS)]},
        "grades": {"text": texts, "label": [str(n % 5) for n in range(ROWS)]},
    }
    for name, frame in frames.items():
        pd.DataFrame(frame).to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def imported(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[View, str]:
    """How a file was read, and what was said of it."""
    assert main(["data", "import", *map(str, arguments), "--json"]) == 0
    said = capsys.readouterr()
    return get_dataset(json.loads(said.out)["dataset"]).view, said.err


@pytest.mark.parametrize(
    ("file", "task"),
    [
        ("cells", "multilabel"),
        ("columns", "multilabel"),
        ("pairs", "pair"),
        ("alike", "regression"),
        ("hours", "regression"),
        ("plain", "classification"),
        ("grades", "classification"),
    ],
)
def test_the_task_is_guessed_from_the_columns_and_said(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str, task: str
) -> None:
    view, said = imported(capsys, folder / f"{file}.csv")
    assert registry.task_of(view).name == task
    assert f"Task: {task}" in said
    inspected = main(["data", "inspect", str(folder / f"{file}.csv"), "--json"])
    assert inspected == 0
    assert json.loads(capsys.readouterr().out)["task"] == task


@pytest.mark.parametrize(
    ("arguments", "task", "expected"),
    [
        (["cells.csv", "--task", "classification"], "classification", {"separators": "", "labels": 3}),
        (["columns.csv", "--text", "text", "--label", "a,b"], "multilabel", {"label_columns": ("a", "b"), "labels": 2}),
        (["cells.csv", "--label", "label", "--separator", ";"], "multilabel", {"separators": ";", "labels": 2}),
        (
            ["pairs.csv", "--task", "classification"],
            "classification",
            {"text": ("question1", "question2"), "second": ""},
        ),
        (["pairs.csv", "--text", "question2,question1", "--task", "pair"], "pair", {}),
        (["plain.csv", "--text", "text", "--label", "label", "--second", "text"], "classification", None),
        (["alike.csv", "--task", "pair"], "regression", {"second": "question2"}),
        (["grades.csv", "--task", "regression"], "regression", {"number": True, "labels": 0}),
        (["hours.csv", "--task", "classification"], "classification", {"number": False}),
    ],
)
def test_options_say_otherwise(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    task: str,
    expected: dict[str, object] | None,
) -> None:
    if expected is None:
        assert main(["data", "import", str(folder / arguments[0]), *arguments[1:]]) == 2
        return
    view, said = imported(capsys, folder / arguments[0], *arguments[1:])
    assert registry.task_of(view).name == task
    for name, value in expected.items():
        assert (len(view.labels) if name == "labels" else getattr(view, name)) == value
    if "--task" in arguments and arguments[-1] != task:
        assert "how alike the two texts are" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plain.csv", "--task", "multilabel"], "--separator"),
        (["plain.csv", "--task", "regression"], "no number"),
        (["hours.csv", "--task", "pair"], "compared"),
        (["columns.csv", "--label", "a,no-such"], "no-such"),
        (["columns.csv", "--label", "a,b", "--task", "classification"], "several labels"),
    ],
)
def test_a_task_that_the_columns_do_not_hold_is_one_clear_line(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["data", "import", str(folder / arguments[0]), *arguments[1:]]) == 2
    assert words in capsys.readouterr().err.strip().splitlines()[-1]


def test_a_frozen_dataset_keeps_its_task(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "import", str(folder / "plain.csv"), "--json"]) == 0
    dataset = json.loads(capsys.readouterr().out)["dataset"]
    assert main(["train", dataset, "--model", "tiny", "--task", "multilabel"]) == 2
    assert "task classification, not for multilabel" in capsys.readouterr().err
