"""Which part of a batch is computed where and when: by which of several processes, and in how many pieces.

The batch stays the batch of the recipe: gradients of its pieces are added up before one step is made. Imports no torch.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shares:
    """The division of each batch over processes, and of a process's part over time."""

    ranks: int = 1  # processes that train together
    rank: int = 0  # which of them this is
    pieces: int = 1  # a process computes its part in so many pieces, one after the other: less memory at once
    tokens: int | None = None  # of a piece, about, padding included; in more pieces where it would be larger

    def divide(self, batch: Sequence[int], tokens: int = 0) -> list[tuple[list[int], float]]:
        """This process's pieces of a batch, each with the factor for its mean loss.

        Args:
            batch: positions of its rows.
            tokens: of the whole batch, padding included.

        The gradients of all pieces, averaged over processes as DistributedDataParallel does, are the gradient of the
        mean over the batch. A process that a short batch leaves without a row computes one with the factor 0, since
        every process takes part in every step.
        """
        pieces = self.pieces
        if self.tokens is not None:
            pieces *= max(1, math.ceil(tokens / self.ranks / self.tokens))
        count = self.ranks * pieces
        bounds = [len(batch) * number // count for number in range(count + 1)]
        parts = [list(batch[low:high]) for low, high in itertools.pairwise(bounds)]
        mine = parts[self.rank * pieces : (self.rank + 1) * pieces]
        return [(part, self.ranks * len(part) / len(batch)) for part in mine if part] or [(list(batch[:1]), 0.0)]
