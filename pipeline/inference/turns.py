"""A lock that is given in the order in which it was asked for, so that answers that are written at once take turns."""

import contextlib
import threading
from collections.abc import Iterator
from types import TracebackType


class Turns:
    """One at a time, first come, first served: the lock of the library may be taken again by who has just left it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._tickets = 0
        self._serving = 0

    def __enter__(self) -> None:
        with self._changed:
            ticket = self._tickets
            self._tickets += 1
            self._changed.wait_for(lambda: ticket == self._serving)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._serving += 1
            self._changed.notify_all()

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """For who has the lock: let the others have a turn, and take the next one."""
        self.__exit__(None, None, None)
        try:
            yield
        finally:
            self.__enter__()
