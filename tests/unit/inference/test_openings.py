"""An answer that has to begin with one of a few texts goes no other way until one of them is there."""

import pytest

from pipeline.inference.openings import Openings


def test_only_what_leads_to_one_of_the_texts_may_come_and_then_anything() -> None:
    tree = Openings([(1, 2, 3), (1, 4)])
    assert tree.allowed == (1,)
    tree.take(1)
    assert set(tree.allowed) == {2, 4}
    tree.take(2)
    tree.take(3)
    assert not tree.open
    tree.take(99)
    assert tree.allowed == ()


def test_what_is_not_allowed_is_not_taken() -> None:
    with pytest.raises(KeyError):
        Openings([(1, 2)]).take(2)


def test_without_texts_anything_may_come() -> None:
    assert not Openings([]).open
