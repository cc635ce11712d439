"""The opponent where a row has several labels: one logistic regression a label over the n-grams of ``tfidf``.

The regularisation C is the same for all labels, chosen on the validation rows. Heavy: imports torch.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch

from pipeline.baselines.tfidf import PHASE, STEPS, STRENGTHS, USUAL_STRENGTH, Matrix
from pipeline.runs.progress import Progress, Silent


@dataclass(frozen=True)
class OneVsRest:
    """A fitted baseline."""

    strength: float  # the C that was chosen
    weights: Matrix  # [features, labels]

    def probabilities(self, features: sp.csr_matrix) -> npt.NDArray[np.float64]:
        """[n, labels] probability of each label by itself."""
        return np.asarray(1 / (1 + np.exp(-np.clip(features @ self.weights, -50, 50), dtype=np.float64)))


def fit_one_vs_rest(
    train: sp.csr_matrix,
    train_y: npt.ArrayLike,
    validation: sp.csr_matrix,
    val_y: npt.ArrayLike,
    progress: Progress | None = None,
) -> OneVsRest:
    """Fit on the training rows, choosing C by log-loss on the validation rows.

    Args:
        train, train_y: [n, features] and [n, labels] of 0 and 1, n at least 1.
        validation, val_y: m rows; with m = 0 the usual C is taken.
        progress: told of each C; a stop takes the best C so far.
    """
    progress = progress or Silent()
    true, expected = np.asarray(train_y, dtype=np.float32), np.asarray(val_y, dtype=np.float64)
    weights = torch.zeros(train.shape[1], true.shape[1])
    if not len(expected):
        return OneVsRest(USUAL_STRENGTH, _fit(train, true, weights, USUAL_STRENGTH))
    fits: list[tuple[float, OneVsRest]] = []
    for done, strength in enumerate(STRENGTHS):
        progress.advance(PHASE, done, len(STRENGTHS))
        if fits and progress.stop_requested():
            break
        fitted = OneVsRest(strength, _fit(train, true, weights, strength))
        fits.append((_log_likelihood(fitted.probabilities(validation), expected), fitted))
    progress.advance(PHASE, len(STRENGTHS), len(STRENGTHS))
    return max(fits, key=lambda fit: fit[0])[1]


def _fit(features: sp.csr_matrix, true: Matrix, start: torch.Tensor, strength: float) -> Matrix:
    """Minimise mean cross-entropy a label + |w|^2 / (2 C n) by L-BFGS; goes on from ``start``, which it changes."""
    transposed, rows = features.T.tocsr(), len(true)
    penalty = 1 / (strength * rows)

    def loss() -> float:
        weights = start.numpy()
        logits = features @ weights
        # log(1 + e^x) - y x, without overflow
        entropy = float((np.logaddexp(0, logits) - true * logits).sum(dtype=np.float64)) / rows
        slope = (1 / (1 + np.exp(-np.clip(logits, -50, 50))) - true) / rows
        start.grad = torch.from_numpy(np.asarray(transposed @ slope, dtype=np.float32)).add_(start, alpha=penalty)
        return entropy + penalty / 2 * float(np.vdot(weights, weights))

    optimiser = torch.optim.LBFGS(
        [start], max_iter=STEPS, history_size=5, tolerance_grad=0, line_search_fn="strong_wolfe"
    )
    optimiser.step(loss)  # type: ignore[no-untyped-call]
    return np.array(start.numpy())


def _log_likelihood(probabilities: npt.NDArray[np.float64], true: npt.NDArray[np.float64]) -> float:
    said = np.where(true > 0.5, probabilities, 1 - probabilities)
    return float(np.log(np.maximum(said, 1e-12)).mean())
