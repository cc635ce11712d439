"""A server of judges that does what it is told, and time that passes only when somebody waits."""

import threading
from collections.abc import Iterator

import pytest

from tests import judge_server


class StillClock:
    """Waiting takes no time, and is written down."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self._now = 1000.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def wait(self, seconds: float) -> None:
        with self._lock:
            self.waited.append(seconds)
            self._now += seconds


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def server() -> Iterator[judge_server.Server]:
    with judge_server.running() as started:
        yield started
