"""The simplest opponent: always answer the most frequent class. Reads no text."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Majority:
    """Answers every text with the shares of the training rows, so that its top class is the most frequent one."""

    shares: tuple[float, ...]

    def probabilities(self, rows: int) -> npt.NDArray[np.float64]:
        """[rows, classes], the same in every row; each row sums to 1."""
        return np.tile(np.asarray(self.shares, dtype=np.float64), (rows, 1))


def majority_answers(train_y: npt.ArrayLike, classes: int) -> Majority:
    """Count the classes of the training rows: [n] indices from 0 to ``classes`` - 1, n at least 1."""
    counts = np.bincount(np.asarray(train_y, dtype=np.int64), minlength=classes)
    return Majority(tuple((counts / counts.sum()).tolist()))
