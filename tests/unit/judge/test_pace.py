"""Requests go out no faster than agreed, and tries come back later and later."""

from pipeline.judge.pace import LONGEST_ASKED_FOR, LONGEST_WAIT, Pace, RealClock, wait_after

from .conftest import StillClock


def test_without_a_limit_nobody_waits(clock: StillClock) -> None:
    pace = Pace(clock)
    for _ in range(5):
        pace.take_turn()
    assert clock.waited == []


def test_a_limit_spreads_requests_evenly(clock: StillClock) -> None:
    pace = Pace(clock, a_minute=120)
    for _ in range(5):
        pace.take_turn()
    assert clock.waited == [0.5] * 4


def test_a_server_that_wants_to_be_left_alone_is_but_not_for_ever(clock: StillClock) -> None:
    pace = Pace(clock)
    pace.stay_away(3)
    pace.stay_away(1)  # of the two, the longer one
    pace.take_turn()
    assert clock.waited == [3]
    pace.stay_away(1e9)
    pace.take_turn()
    assert clock.waited == [3, LONGEST_ASKED_FOR]


def test_waits_double_up_to_a_bound_and_are_drawn() -> None:
    for tries, longest in ((1, 1), (2, 2), (3, 4), (4, 8), (50, LONGEST_WAIT)):
        drawn = [wait_after(tries) for _ in range(50)]
        assert longest / 2 <= min(drawn) < max(drawn) <= longest


def test_a_clock_that_is_stopped_keeps_nobody_waiting() -> None:
    clock = RealClock()
    clock.stop()
    begun = clock.now()
    clock.wait(1000)
    assert clock.now() - begun < 10
