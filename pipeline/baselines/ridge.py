"""The opponents where a row has a number: always the mean, and ridge regression over n-grams.

The strength of the regularisation is chosen on the validation rows. Heavy: imports scikit-learn.
"""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.linear_model import Ridge

from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent

# Alphas as scikit-learn counts them, from strong to weak regularisation; each is 4 times weaker than the one before.
STRENGTHS = (16.0, 4.0, 1.0, 0.25)
USUAL_STRENGTH = 1.0

Numbers = npt.NDArray[np.float64]


def mean_answers(train_y: npt.ArrayLike, rows: int) -> Numbers:
    """[rows] the mean of the training rows, in every row."""
    return np.full(rows, float(np.mean(np.asarray(train_y, dtype=np.float64))))


def fit_ridge(
    train: sp.csr_matrix,
    train_y: npt.ArrayLike,
    validation: sp.csr_matrix,
    val_y: npt.ArrayLike,
    progress: Progress | None = None,
) -> Ridge:
    """Fit on the training rows, choosing alpha by squared error on the validation rows.

    Args:
        train, train_y: [n, features] and [n] numbers, n at least 1.
        validation, val_y: m rows; with m = 0 the usual alpha is taken.
        progress: told of each alpha; a stop takes the best so far.
    """
    progress = progress or Silent()
    phase = N_("Fitting TF-IDF and ridge regression")
    expected = np.asarray(val_y, dtype=np.float64)
    if not len(expected):
        return _fit(train, train_y, USUAL_STRENGTH)
    fits: list[tuple[float, Ridge]] = []
    for done, strength in enumerate(STRENGTHS):
        progress.advance(phase, done, len(STRENGTHS))
        if fits and progress.stop_requested():
            break
        fitted = _fit(train, train_y, strength)
        fits.append((float(((fitted.predict(validation) - expected) ** 2).mean()), fitted))
    progress.advance(phase, len(STRENGTHS), len(STRENGTHS))
    return min(fits, key=lambda fit: fit[0])[1]


def _fit(train: sp.csr_matrix, train_y: npt.ArrayLike, strength: float) -> Ridge:
    return Ridge(alpha=strength, solver="sparse_cg").fit(train, np.asarray(train_y, dtype=np.float64))
