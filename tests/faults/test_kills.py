"""Kill -9, at random moments and while checkpoints are written: no run is lost and no digit changes."""

from pathlib import Path

import pytest

from pipeline.settings import Workspace
from tests.faults.kills import kill_again_and_again
from tests.faults.staging import WRITING, make_dataset, make_instructions

pytestmark = pytest.mark.faults


def test_ten_seeded_kills_lose_no_run_and_change_no_digit(home: Workspace, tmp_path: Path) -> None:
    tally = kill_again_and_again(make_dataset(home, tmp_path), kills=10, writing=4, seed=0)
    assert (tally.lost_runs, tally.bad_resumes, tally.lost_lines) == (0, 0, 0), tally
    assert tally.kills >= 10
    assert tally.while_writing >= 4
    assert tally.resumes >= 5


def test_killed_runs_that_learn_to_write_end_with_the_same_words(home: Workspace, tmp_path: Path) -> None:
    dataset = make_instructions(home, tmp_path)
    tally = kill_again_and_again(dataset, kills=4, writing=1, seed=1, model="writer", settings=WRITING)
    assert (tally.lost_runs, tally.bad_resumes, tally.lost_lines) == (0, 0, 0), tally
    assert tally.while_writing >= 1
    assert tally.resumes >= 1
