"""People rate blind, each in an order of their own, at once if they like; what they said last is what counts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import SettingError
from pipeline.judge.judgement import TIE
from pipeline.judge.ratings import (
    FILE,
    STEPS,
    Rating,
    add_ratings,
    keep_sample,
    rate,
    read_ratings,
    read_sample,
    sample,
    score_of_step,
    step_of_score,
    take_back,
    tasks,
    tidy_rater,
)
from pipeline.judge.spec import JudgeSpec
from pipeline.settings import Workspace
from tests.unit.judge.judged import judgement

ROOT = Path(__file__).resolve().parents[3]


def test_a_sample_is_the_same_for_the_same_seed_and_grows_around_itself(home: Workspace) -> None:
    judged = judgement(40)

    assert sample(judged, 10, 3) == sample(judged, 10, 3)
    assert sample(judged, 20, 3).items[:10] == sample(judged, 10, 3).items
    assert sample(judged, 10, 3).items != sample(judged, 10, 4).items
    assert sorted(sample(judged, 40).items) == list(range(40))


def test_every_item_is_drawn_as_often_as_any_other(home: Workspace) -> None:
    judged = judgement(5)
    drawn = [item for seed in range(2000) for item in sample(judged, 2, seed).items]

    assert all(abs(drawn.count(item) / 4000 - 0.2) < 0.03 for item in range(5))


@pytest.mark.parametrize("size", [0, 7])
def test_more_rows_than_there_are_cannot_be_rated(home: Workspace, size: int) -> None:
    with pytest.raises(SettingError, match="between 1 and 6"):
        sample(judgement(6), size)


def test_the_sample_is_kept_for_everybody(home: Workspace) -> None:
    judged = judgement(9)
    assert read_sample(judged.id) is None

    keep_sample(judged.id, sample(judged, 4))

    assert read_sample(judged.id) == sample(judged, 4)


def test_each_rater_meets_the_same_items_in_an_order_of_their_own_and_again_when_coming_back(home: Workspace) -> None:
    judged = judgement(40)
    chosen = sample(judged, 30)

    ada, bo = tasks(judged, chosen, "Ada"), tasks(judged, chosen, "Bo")

    assert {one.item for one in ada} == {one.item for one in bo} == set(chosen.items)
    assert [one.item for one in ada] != [one.item for one in bo]
    assert {one.item: one.shown for one in ada} != {one.item: one.shown for one in bo}
    assert 5 < sum(one.shown == (0, 1) for one in ada) < 25  # neither contestant is always shown first
    assert tasks(judged, chosen, "Ada") == ada


def test_a_place_on_the_screen_becomes_the_contestant_that_stood_there(home: Workspace) -> None:
    judged = judgement(12)
    for task in tasks(judged, sample(judged, 12), "Ada"):
        rate(judged, task, "Ada", place=0)
        assert read_ratings(judged.id)[-1].winner == task.shown[0]

    rate(judged, task, "Ada", place=TIE)

    assert read_ratings(judged.id)[-1].winner == TIE
    assert len(read_ratings(judged.id)) == 12  # the last one was said again


def test_in_scores_each_answer_is_a_task_of_its_own(home: Workspace) -> None:
    judged = judgement(4, "score100")
    todo = tasks(judged, sample(judged, 4), "Ada")

    assert sorted((one.item, one.shown) for one in todo) == [(item, (who,)) for item in range(4) for who in (0, 1)]
    rate(judged, todo[0], "Ada", score=75)
    (kept,) = read_ratings(judged.id)
    assert (kept.item, kept.contestant, kept.score) == (todo[0].item, todo[0].shown[0], 75)


def test_what_is_taken_back_is_gone_once_and_everything_else_stays(home: Workspace) -> None:
    judged = judgement(6)
    for item in range(3):
        add_ratings(judged, [Rating("Ada", item, winner=0), Rating("Bo", item, winner=1)])
    add_ratings(judged, [Rating("Ada", 0, winner=1)])  # said again: now the last
    last = read_ratings(judged.id)[-1]
    assert last == Rating("Ada", 0, winner=1)

    for _ in range(2):  # a key that is heard twice
        take_back(judged, last)

    assert [one.about for one in read_ratings(judged.id) if one.rater == "Ada"] == [("Ada", 1, 0), ("Ada", 2, 0)]
    assert len([one for one in read_ratings(judged.id) if one.rater == "Bo"]) == 3


def test_five_steps_reach_from_end_to_end_of_either_scale() -> None:
    assert [score_of_step(step, JudgeSpec("score100")) for step in STEPS] == [0, 25, 50, 75, 100]
    assert [score_of_step(step, JudgeSpec("rubric")) for step in STEPS] == [1, 2, 3, 4, 5]
    for mode in ("score100", "rubric"):
        spec = JudgeSpec(mode)
        assert [step_of_score(score_of_step(step, spec), spec) for step in STEPS] == list(STEPS)


@pytest.mark.parametrize(
    ("mode", "rating"),
    [
        ("pairwise", Rating("Ada", 0, winner=2)),
        ("pairwise", Rating("Ada", 0, score=1)),
        ("pairwise", Rating("Ada", 6, winner=0)),
        ("score100", Rating("Ada", 0, score=101)),
        ("score100", Rating("Ada", 0, 2, score=1)),
        ("rubric", Rating("Ada", 0, score=0)),
        ("rubric", Rating("Ada", 0, winner=0)),
    ],
)
def test_a_rating_that_does_not_fit_is_refused_and_nothing_is_written(home: Workspace, mode, rating: Rating) -> None:
    judged = judgement(6, mode)

    with pytest.raises(SettingError, match="does not fit"):
        add_ratings(judged, [rating])

    assert read_ratings(judged.id) == ()


def test_a_line_that_a_kill_has_torn_is_neither_read_nor_grown_into(home: Workspace) -> None:
    judged = judgement(6)
    add_ratings(judged, [Rating("Ada", 0, winner=0), Rating("Ada", 1, winner=0)])
    path = judged.folder / FILE
    os.truncate(path, path.stat().st_size - 5)
    assert [one.item for one in read_ratings(judged.id)] == [0]

    add_ratings(judged, [Rating("Ada", 2, winner=1)])

    assert [one.item for one in read_ratings(judged.id)] == [0, 2]


RATE_ALL = """
import sys
from pipeline.judge.judgement import load
from pipeline.judge.ratings import Rating, add_ratings
judged = load("j1")
for item in range(len(judged.material.items)):
    add_ratings(judged, [Rating(sys.argv[1], item, winner=item % 2)])
"""


def test_several_people_rate_at_once_and_none_is_lost(home: Workspace) -> None:
    judgement(40)
    people = [f"rater {n}" for n in range(3)]
    # Processes of their own: a pool would import the main module anew, which a page test may have made a page's.
    raters = [subprocess.Popen([sys.executable, "-c", RATE_ALL, name], cwd=ROOT) for name in people]
    assert [one.wait() for one in raters] == [0, 0, 0]

    found = read_ratings("j1")

    assert sorted(one.about for one in found) == sorted((who, item, 0) for who in people for item in range(40))


@pytest.mark.parametrize(
    ("name", "tidy"), [("  Ada \n Lovelace ", "Ada Lovelace"), ("\u202e\x00 \t", ""), ("李" * 50, "李" * 40)]
)
def test_a_raters_name_is_one_short_line(name: str, tidy: str) -> None:
    assert tidy_rater(name) == tidy
