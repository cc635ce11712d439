"""Votes of a blind tasting are ratings: each phone a rater, each prompt an item."""

from pipeline.judge.ratings import Rating, add_ratings, read_ratings
from pipeline.judge.tasted import from_tasting
from pipeline.settings import Workspace
from pipeline.tasting.tasting import Pair, Tasting
from pipeline.tasting.votes import Vote
from tests.unit.judge.judged import judgement

TASTING = Tasting(("sauce", "base"), (Pair("one?", ("a1", "b1")), Pair("two?", ("a2", "b2"))), (), {}, "2026")


def test_each_phone_is_a_rater_and_each_prompt_an_item() -> None:
    votes = [Vote("x9", 0, 1), Vote("k3", 0, 0), Vote("x9", 1, 0)]

    found = from_tasting(TASTING, votes)

    assert found.mode == "pairwise"
    assert [one.name for one in found.material.contestants] == ["sauce", "base"]
    assert [(item.asked, item.answers) for item in found.material.items] == [
        ("one?", ("a1", "b1")),
        ("two?", ("a2", "b2")),
    ]
    assert [(one.rater, one.item, one.winner) for one in found.ratings] == [
        ("phone 1", 0, 1),
        ("phone 2", 0, 0),
        ("phone 1", 1, 0),
    ]


def test_they_can_be_kept_with_a_judgement_of_the_same_answers(home: Workspace) -> None:
    found = from_tasting(TASTING, [Vote("x9", 1, 1)])
    judged = judgement(answers=found.material)

    add_ratings(judged, found.ratings)

    assert read_ratings(judged.id) == (Rating("phone 1", 1, winner=1),)
