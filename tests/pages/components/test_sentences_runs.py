"""How far a run has come and what it came to, in plain words."""

import dataclasses
from pathlib import Path

import pytest

from pages.components.sentences_runs import advice
from pipeline.actions.runs import get_run
from pipeline.settings import Workspace
from tests.pages.staged_run import stage


@pytest.mark.parametrize(
    ("accuracy", "blank", "words"),
    [
        (0.9, 5, "Next: let it fill the blank labels, or look at what it gets wrong."),
        (0.9, 0, "Next: look at what it gets wrong, or try it on your own texts."),
        (1.0, 5, "Next: let it fill the blank labels, or try it on your own texts."),
        (1.0, 0, "Next: try it on your own texts."),
        (0.4, 5, "Look at the wrong rows before you use it: the labels may not follow from the text."),
    ],
)
def test_the_next_step_follows_from_what_came_of_the_run(
    home: Workspace, tmp_path: Path, accuracy: float, blank: int, words: str
) -> None:
    run = get_run(stage(tmp_path).run)
    measured = dataclasses.replace(run, metrics={**run.metrics, "accuracy": accuracy}, verdict="beyond_baseline")

    assert advice(measured, blank) == words
