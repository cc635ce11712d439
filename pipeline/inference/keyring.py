"""Keys of servers, in memory and nowhere else: by whom they belong to, for half a day. Knows no servers."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

KEPT_SECONDS = 12 * 3600.0
MOST_KEYS = 100


@dataclass(frozen=True)
class _Held:
    key: str = field(repr=False)
    until: float


class KeyRing:
    """Keys by origin (``https://host:port``); used by several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._lock = threading.Lock()

    def keep(self, origin: str, key: str) -> None:
        """Keep a key for twelve hours from now, and of too many the newest; "" forgets the one that is there."""
        with self._lock:
            self._held.pop(origin, None)
            if key:
                self._held[origin] = _Held(key, self._clock() + KEPT_SECONDS)
            while len(self._held) > MOST_KEYS:
                del self._held[next(iter(self._held))]

    def find(self, origin: str) -> str:
        """The key of an origin; "" where none is known, or not any more."""
        with self._lock:
            self._forget_old()
            held = self._held.get(origin)
            return held.key if held else ""

    def seconds_left(self) -> float:
        """Until the last key is forgotten; 0 where none is held."""
        with self._lock:
            self._forget_old()
            return max((held.until - self._clock() for held in self._held.values()), default=0.0)

    def _forget_old(self) -> None:
        now = self._clock()
        self._held = {origin: held for origin, held in self._held.items() if held.until > now}
