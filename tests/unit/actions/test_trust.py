"""Votes of a blind tasting become ratings that a judge is held against; without any vote there is nothing to hold."""

import pytest

from pipeline.actions.trust import bias, labelled_tasting, trust
from pipeline.errors import DataError, UnfitData
from pipeline.judge.ratings import add_ratings
from pipeline.settings import Workspace
from pipeline.tasting.votes import Box, Vote
from tests.unit.judge.judged import judgement, pair_verdicts, write
from tests.unit.tasting.opened import save_tasting


def test_a_tasting_is_judged_and_its_votes_are_the_ceiling(home: Workspace) -> None:
    tasting = save_tasting()
    box = Box(tasting.id)
    for phone in ("x", "y"):
        for place in range(len(tasting.pairs)):
            box.add(Vote(phone, place, place % 2))
    labelled = labelled_tasting(tasting.id)
    judged = judgement(answers=labelled.material)
    add_ratings(judged, labelled.ratings)
    write(judged, pair_verdicts([(0, 0), (1, 1), (1, 1)]))

    found = trust(judged.id)

    assert (found.compared, found.raters, found.verdict) == (3, ("phone 1", "phone 2"), "too_few")
    assert found.people is not None
    assert (found.people.between.value, found.people.judge.value) == (1, pytest.approx(2 / 3))
    position = bias(judged.id).position
    assert position is not None and position.flips.value == 0


def test_a_tasting_without_votes_is_refused(home: Workspace) -> None:
    with pytest.raises(UnfitData, match="Nobody has voted"):
        labelled_tasting(save_tasting().id)


def test_a_tasting_that_is_not_there_is_told(home: Workspace) -> None:
    with pytest.raises(DataError, match="not kept here"):
        labelled_tasting("0" * 12)
