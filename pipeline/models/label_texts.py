"""What an encoder-decoder may answer: the texts of the labels, or of a grid of numbers, as tokens in a trie.

Knows tokens and texts, no model: light to import (text_to_text asks the model).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import N_, ModelError

Path = tuple[int, ...]

# The T5 paper (section 2.4) reads STS-B's scale from 0 to 5 in steps of 0.2: 26 texts. About as many for any range.
_MOST_STEPS = 30
_NICE = (1, 2, 5, 10)


@dataclass(frozen=True)
class LabelTexts:
    """The answers that are allowed, each as tokens that end with the end token; none is the beginning of another."""

    sequences: tuple[Path, ...]  # in the order of the labels

    @cached_property
    def branches(self) -> tuple[tuple[Path, Path], ...]:
        """Beginnings after which more than one token may follow, each with those tokens; everything else is settled."""
        following: dict[Path, dict[int, None]] = {}
        for sequence in self.sequences:
            for length in range(len(sequence)):
                following.setdefault(sequence[:length], {})[sequence[length]] = None
        return tuple((beginning, tuple(tokens)) for beginning, tokens in following.items() if len(tokens) > 1)

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The longest of the beginnings: a decoder that has read these has met every branch on its way."""
        known = [beginning for beginning, _ in self.branches]
        inner = {beginning[:length] for beginning in known for length in range(len(beginning))}
        return tuple(beginning for beginning in known if beginning not in inner)

    @cached_property
    def places(self) -> npt.NDArray[np.int64]:
        """[branches, 2] a path that goes through each branch, and after how many of its tokens."""
        at: dict[Path, tuple[int, int]] = {}
        for number, path in enumerate(self.paths):
            for length in range(len(path) + 1):
                at.setdefault(path[:length], (number, length))
        return np.array([at[beginning] for beginning, _ in self.branches], dtype=np.int64).reshape(-1, 2)

    @cached_property
    def allowed(self) -> npt.NDArray[np.int64]:
        """[branches, widest] the tokens that may follow, filled up with -1."""
        widest = max((len(tokens) for _, tokens in self.branches), default=0)
        filled = [[*tokens, *[-1] * (widest - len(tokens))] for _, tokens in self.branches]
        return np.array(filled, dtype=np.int64).reshape(-1, widest)

    @cached_property
    def taken(self) -> npt.NDArray[np.float64]:
        """[labels, branches x widest] 1 where a label takes that token at that branch, else 0."""
        branches, widest = self.allowed.shape
        taken = np.zeros((len(self.sequences), branches, widest))
        for label, sequence in enumerate(self.sequences):
            for branch, (beginning, tokens) in enumerate(self.branches):
                if sequence[: len(beginning)] == beginning:
                    taken[label, branch, tokens.index(sequence[len(beginning)])] = 1
        return taken.reshape(len(self.sequences), -1)


def read_labels(tokenizer: Any, texts: Sequence[str], end: int) -> LabelTexts:
    """The tokens of each text.

    Args:
        tokenizer: of the model that shall write them.
        texts: at least two, all different.
        end: number of the end token.

    Raises:
        ModelError: the tokenizer cannot tell two of them apart.
    """
    read = tokenizer(list(texts), add_special_tokens=False)["input_ids"]
    sequences = [(*(token for token in ids if token != end), end) for ids in read]
    seen: dict[Path, str] = {}
    for text, sequence in zip(texts, sequences, strict=True):
        if sequence in seen:
            raise ModelError(
                N_(
                    "The model cannot write the labels “{one}” and “{other}” differently: it knows too few of their "
                    "characters. Rename one of them, or choose a model that knows the language."
                ),
                one=seen[sequence],
                other=text,
            )
        seen[sequence] = text
    return LabelTexts(tuple(sequences))


def number_grid(low: float, high: float) -> tuple[str, ...]:
    """Numbers from ``low`` to ``high`` as texts, in round steps, about thirty at most; both ends are within it.

    Args:
        low: the smallest number of the training rows.
        high: the largest, above ``low``.
    """
    rough = (high - low) / _MOST_STEPS
    power = math.floor(math.log10(rough))
    # 1.0000001: a step that is round already must not be taken for a little too small.
    step = next(nice for nice in _NICE if nice * 10.0**power * 1.0000001 >= rough) * 10.0**power
    decimals = max(0, -math.floor(math.log10(step * 1.0000001)))
    first, last = math.floor(low / step + 1e-6), math.ceil(high / step - 1e-6)
    # + 0.0 makes a 0 of -0.
    return tuple(f"{round(number * step, decimals) + 0.0:.{decimals}f}" for number in range(first, last + 1))


def nearest(grid: Sequence[str], numbers: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.int64]:
    """[n] the place in ``grid`` that is nearest to each of ``numbers`` [n]."""
    values = np.array([float(text) for text in grid])
    places: npt.NDArray[np.int64] = np.abs(np.asarray(numbers, dtype=np.float64)[:, None] - values).argmin(axis=1)
    return places
