"""Answers that have to begin with one of a few texts: which tokens may come next. Knows tokens as numbers, no model.

As constrained decoding does it (De Cao et al. 2021, "Autoregressive Entity Retrieval", section 3.2): the texts are a
tree of tokens, and of each step only the branches may be taken.
"""

from collections.abc import Iterable, Sequence
from typing import Any


class Openings:
    """The tree, walked from its root; a new one for every answer."""

    def __init__(self, texts: Iterable[Sequence[int]]) -> None:
        """``texts``: each as tokens; none of them is the beginning of another one."""
        self._here: dict[int, Any] = {}
        for tokens in texts:
            place = self._here
            for token in tokens:
                place = place.setdefault(token, {})

    @property
    def open(self) -> bool:
        """Whether a text has been begun and is not over."""
        return bool(self._here)

    @property
    def allowed(self) -> tuple[int, ...]:
        """The tokens that may come next; () once one of the texts is there as a whole: then any may."""
        return tuple(self._here)

    def take(self, token: int) -> None:
        """This one came. Raises KeyError where it was not allowed."""
        if self._here:
            self._here = self._here[token]
