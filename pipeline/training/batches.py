"""Rows of a run in memory, and batches of similar length that are the same for the same seed and epoch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.tasks.task import Targets
from pipeline.tasks.tokens import Tokens

if TYPE_CHECKING:
    from torch import Tensor

# Batches that are shuffled together and then sorted by length: little padding, and still a fair mix of rows.
_POOL = 16


@dataclass(frozen=True)
class Rows:
    """A data set as torch's DataLoader wants one: the item at a position is its row number in ``tokens``."""

    tokens: Tokens
    numbers: npt.NDArray[np.int64]  # [n] rows of ``tokens``
    targets: Targets
    padding: int  # number of the padding token
    states: "Tensor | None" = None  # [tokens, hidden] outputs of the lower half, None: computed in each step
    turned: int = 0  # so many rows further in ``tokens``, a pair stands in its other order; 0: one order is enough

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, position: int) -> int:
        return position

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """[n] tokens of each row."""
        return self.tokens.lengths[self.numbers]

    def padded(self, positions: Sequence[int]) -> int:
        """Tokens of these rows as one batch, padding included."""
        return len(positions) * int(self.lengths[list(positions)].max()) * (2 if self.turned else 1)

    def collate(self, positions: Sequence[int]) -> dict[str, "Tensor"]:
        """What the trained module takes: ``labels``, and what ``inputs`` gives."""
        import torch

        batch = self.inputs(positions)
        batch["labels"] = torch.from_numpy(self.targets[list(positions)])
        return batch

    def inputs(self, positions: Sequence[int]) -> dict[str, "Tensor"]:
        """What ``Tokens.batch`` gives, and ``hidden`` if the states are kept; pairs in their other order come last."""
        import torch

        rows = self.numbers[list(positions)]
        if self.turned:
            rows = np.concatenate([rows, rows + self.turned])
        batch = self.tokens.batch(rows, self.padding)
        if self.states is not None:
            batch["hidden"] = self.states[torch.from_numpy(self.tokens.positions(rows))]
        return batch


class LengthBatches:
    """Positions in batches of similar length: a batch sampler for torch's DataLoader.

    Args:
        lengths: [n] tokens of each row.
        batch_size: rows a batch; the last one of an epoch may be smaller.
        seed: of the order; None: sorted by length, for measuring.
        tokens: of a batch for measuring, padding included, at most, unless it is one row; None: as many as there are.
    """

    drop_last = False

    def __init__(
        self, lengths: npt.NDArray[np.int64], batch_size: int, seed: int | None, tokens: int | None = None
    ) -> None:
        self._lengths = lengths
        self._sorted = list(_within(lengths, batch_size, tokens)) if seed is None else []
        self.batch_size = batch_size
        self._seed = seed
        self._epoch = 0

    @property
    def epoch(self) -> int:
        """The one whose batches come next."""
        return self._epoch

    def set_epoch(self, epoch: int) -> None:
        """Another order for every epoch, whoever asks for it and whenever."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._sorted) or -(-len(self._lengths) // self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        if self._seed is None:
            yield from self._sorted
            return
        random = np.random.default_rng((self._seed, self._epoch))
        order = random.permutation(len(self._lengths))
        batches: list[list[int]] = []
        for start in range(0, len(order), _POOL * self.batch_size):
            pool = order[start : start + _POOL * self.batch_size]
            batches += self._cut(pool[np.argsort(self._lengths[pool], kind="stable")])
        for position in random.permutation(len(batches)):
            yield batches[position]

    def _cut(self, order: npt.NDArray[np.int64]) -> list[list[int]]:
        return [order[start : start + self.batch_size].tolist() for start in range(0, len(order), self.batch_size)]


def _within(lengths: npt.NDArray[np.int64], rows: int, tokens: int | None) -> Iterator[list[int]]:
    """All positions, sorted by length, at most so many rows and tokens in each batch."""
    batch: list[int] = []
    for position in np.argsort(lengths, kind="stable").tolist():
        if len(batch) == rows or (batch and tokens is not None and (len(batch) + 1) * lengths[position] > tokens):
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
