"""When the next request may go out: a rate limit, waits between tries, and a server that wants to be left alone.

Knows nothing of what is asked. The clock is a seam: tests let no time pass.
"""

import random
import threading
import time
from typing import Protocol

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between tries: doubled each time
LONGEST_ASKED_FOR = 120.0  # seconds that a server may ask us to stay away


class Clock(Protocol):
    """Time, as far as waiting needs it."""

    def now(self) -> float:
        """Seconds; only differences count."""

    def wait(self, seconds: float) -> None:
        """Let that much time pass, or less if there is no reason to wait any more."""


class RealClock:
    """The machine's. Waits end early once it is stopped."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def now(self) -> float:
        """As ``Clock``."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """As ``Clock``."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        """Nobody waits any more."""
        self._stopped.set()


class Pace:
    """Lets requests through one after the other; shared by all threads that ask one server."""

    def __init__(self, clock: Clock, a_minute: int | None = None) -> None:
        """``a_minute``: requests that may go out in a minute, evenly spread; None: as many as there are."""
        self._clock = clock
        self._gap = 60.0 / a_minute if a_minute else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def take_turn(self) -> None:
        """Wait until a request may go out."""
        with self._lock:
            start = max(self._clock.now(), self._next)
            self._next = start + self._gap
        wait = start - self._clock.now()
        if wait > 0:
            self._clock.wait(wait)

    def stay_away(self, seconds: float) -> None:
        """No request of any thread for so long: the server has asked for it."""
        with self._lock:
            self._next = max(self._next, self._clock.now() + min(seconds, LONGEST_ASKED_FOR))


def wait_after(tries: int) -> float:
    """Seconds before the next try: doubled with each, and drawn, so that threads do not come back all at once."""
    longest = min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
    return random.uniform(longest / 2, longest)
