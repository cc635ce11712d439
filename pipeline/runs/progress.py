"""How long work tells what it is doing and hears that it should stop. Knows nothing of who listens."""

from typing import Any, Protocol


class Progress(Protocol):
    """Given to everything that takes longer than a second."""

    def advance(self, phase: str, done: int, total: int) -> None:
        """``done`` of ``total`` units of ``phase`` (a gettext id such as ``N_("Reading the file")``) are over."""

    def stop_requested(self) -> bool:
        """True once somebody asked for a stop: finish the step, save, return."""


class Silent:
    """Progress that nobody watches and nobody stops."""

    def advance(self, phase: str, done: int, total: int) -> None:
        """Say nothing."""

    def stop_requested(self) -> bool:
        """Never."""
        return False


class Stopped(Exception):  # noqa: N818  # not an error: the way out of work that was asked to stop
    """Raised by work that was asked to stop and has saved what there is; ``result`` is what it leaves."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__()
        self.result = result
