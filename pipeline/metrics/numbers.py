"""How right predicted numbers are. Heavy when first called (``evaluate``)."""

import numpy as np
import numpy.typing as npt

from pipeline.metrics.kept import module


def compute(truth: npt.ArrayLike, predicted: npt.ArrayLike) -> dict[str, float]:
    """``{"pearson", "spearman", "mae", "rmse"}``: two correlations from -1 to 1, two errors in the numbers' unit.

    A correlation is 0 where one side is the same in every row.

    Args:
        truth, predicted: [n] numbers, n at least 1.

    Raises:
        ValueError: no rows, or two lengths.
    """
    true, guess = np.asarray(truth, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if true.shape != guess.shape or true.ndim != 1 or not len(true):
        raise ValueError(f"need two equally long lists of numbers, got shapes {true.shape} and {guess.shape}")
    figures: dict[str, float] = module("numbers").compute(predictions=guess, references=true)
    return figures
