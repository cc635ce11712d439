"""Votes are counted by prompt, and one phone that votes much does not speak for many."""

import pytest

from pipeline.tasting.tally import count, wilson
from pipeline.tasting.votes import Vote


def votes(*said: tuple[str, int, int]) -> list[Vote]:
    return [Vote(*one) for one in said]


def test_votes_are_counted_by_prompt_and_together() -> None:
    tally = count(votes(("a", 0, 0), ("b", 0, 0), ("b", 2, 1)), 3)
    assert [(one.first, one.second) for one in tally.counts] == [(2, 0), (0, 0), (0, 1)]
    assert (tally.together.first, tally.together.second, tally.phones) == (2, 1, 2)
    assert tally.counts[1].share is None
    assert tally.share is not None and tally.share.value == pytest.approx(0.75)


def test_nothing_is_said_before_the_first_vote() -> None:
    tally = count([], 2)
    assert (tally.share, tally.preferred, tally.phones) == (None, None, 0)


def test_one_phone_that_votes_much_counts_as_one() -> None:
    one = count(votes(*(("a", place, 0) for place in range(12))), 12)
    many = count(votes(*((str(phone), 0, 1) for phone in range(12))), 12)
    assert one.share is not None and one.share.low < 0.5
    assert one.preferred is None
    assert many.preferred == 1


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I: 81 of 263, 0 of 20.
    many, none = wilson(81 / 263, 263), wilson(0, 20)
    assert (round(many.low, 4), round(many.high, 4)) == (0.2553, 0.3662)
    assert (none.low, round(none.high, 4)) == (0.0, 0.1611)
