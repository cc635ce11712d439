"""Turns are taken in the order in which they were asked for."""

import threading

from pipeline.inference.turns import Turns


def test_who_has_had_a_turn_waits_behind_who_has_not() -> None:
    turns, order, waiting = Turns(), [], threading.Barrier(3)

    def work(name: str) -> None:
        waiting.wait()
        for _ in range(50):
            with turns:
                order.append(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    with turns:  # both have asked before either is let in
        for thread in threads:
            thread.start()
        waiting.wait()
        while turns._tickets < 3:
            pass
    for thread in threads:
        thread.join()
    assert max(abs(order[:n].count("a") - order[:n].count("b")) for n in range(100)) <= 1


def test_who_steps_aside_lets_the_next_one_in_and_goes_on_afterwards() -> None:
    turns, order = Turns(), []

    def other() -> None:
        with turns:
            order.append("other")

    with turns:
        thread = threading.Thread(target=other)
        thread.start()
        while turns._tickets < 2:
            pass
        order.append("first")
        with turns.aside():
            thread.join()
        order.append("first again")
    assert order == ["first", "other", "first again"]
