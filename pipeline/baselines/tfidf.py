"""The opponent that is hard to beat: TF-IDF of n-grams and multinomial logistic regression.

The regularisation C is chosen on the validation rows. Knows texts and class indices; the n-grams are those of
``ngrams``.

It counts in the time of every run, hence: features are extracted once, in float32; the values of C are visited
from strong to weak regularisation, each starting from the weights of the one before; the optimiser's vectors
stay in float32 too, which scikit-learn's own solver does not do (2.5 times slower at the same accuracy).
Heavy: imports torch and scikit-learn, so it is imported by workers only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.baselines.ngrams import extract, features
from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent

Matrix = npt.NDArray[np.float32]

# Inverse regularisation strengths, as scikit-learn counts them; each is 4 times weaker than the one before.
STRENGTHS = (2.0, 8.0, 32.0, 128.0)
# C where there are no validation rows to choose by: in the middle of what files of tickets end at.
USUAL_STRENGTH = 8.0
# Steps of the optimiser for one C: the fit on validation rows hardly changes after that.
STEPS = 20

PHASE = N_("Fitting TF-IDF and logistic regression")


@dataclass(frozen=True)
class Linear:
    """Fitted weights."""

    strength: float  # the C that was chosen
    weights: Matrix  # [features, classes]; the last row is the bias

    def probabilities(self, rows: sp.csr_matrix) -> npt.NDArray[np.float64]:
        """[n, classes] of [n, features], each row sums to 1."""
        return _softmax(rows, self.weights)


@dataclass(frozen=True)
class Tfidf:
    """A fitted baseline."""

    kinds: tuple[TfidfVectorizer, ...]  # what extracts the n-grams, one for words and one for characters
    linear: Linear

    @property
    def strength(self) -> float:
        """The C that was chosen."""
        return self.linear.strength

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """[n, classes], each row sums to 1."""
        return self.linear.probabilities(features(self.kinds, texts))


def fit_tfidf(
    train_texts: Sequence[str],
    train_y: npt.ArrayLike,
    val_texts: Sequence[str],
    val_y: npt.ArrayLike,
    classes: int,
    progress: Progress | None = None,
) -> Tfidf:
    """Fit on the training rows, choosing C by accuracy on the validation rows (by log-loss where that ties).

    Args:
        train_texts, train_y: n texts (n at least 1) and their class indices from 0 to ``classes`` - 1.
        val_texts, val_y: m texts and class indices; with m = 0 the usual C is taken.
        progress: told of each C; a stop takes the best C so far.
    """
    progress = progress or Silent()
    progress.advance(PHASE, 0, len(STRENGTHS))
    kinds, train = extract(train_texts)
    validation = features(kinds, val_texts) if len(val_texts) else train[:0]
    return Tfidf(kinds, fit_linear(train, train_y, validation, val_y, classes, progress))


def fit_linear(
    train: sp.csr_matrix,
    train_y: npt.ArrayLike,
    validation: sp.csr_matrix,
    val_y: npt.ArrayLike,
    classes: int,
    progress: Progress,
) -> Linear:
    """As ``fit_tfidf``, of [rows, features] that were extracted before."""
    regression = _Regression(train, np.asarray(train_y, dtype=np.int64), classes)
    expected = np.asarray(val_y, dtype=np.int64)
    if not len(expected):
        return Linear(USUAL_STRENGTH, regression.fit(USUAL_STRENGTH))
    fits: list[tuple[tuple[float, float], Linear]] = []
    for done, strength in enumerate(STRENGTHS, start=1):
        fitted = Linear(strength, regression.fit(strength))
        fits.append((_quality(fitted.probabilities(validation), expected), fitted))
        progress.advance(PHASE, done, len(STRENGTHS))
        if progress.stop_requested():
            break
    return max(fits, key=lambda fit: fit[0])[1]


class _Regression:
    """Multinomial logistic regression: mean cross-entropy + |w|^2 / (2 C n), as scikit-learn defines C.

    Minimised by L-BFGS (Nocedal and Wright 2006, "Numerical Optimization", algorithm 7.5). Each fit starts
    from the weights of the one before.
    """

    def __init__(self, features: sp.csr_matrix, true: npt.NDArray[np.int64], classes: int) -> None:
        self._features, self._transposed = features, features.T.tocsr()
        self._true, self._rows = true, np.arange(len(true))
        self._weights = torch.zeros(features.shape[1], classes)

    def fit(self, strength: float) -> Matrix:
        """[features, classes] weights for C = ``strength``."""
        penalty = 1 / (strength * len(self._rows))
        optimiser = torch.optim.LBFGS(
            [self._weights], max_iter=STEPS, history_size=5, tolerance_grad=0, line_search_fn="strong_wolfe"
        )
        optimiser.step(lambda: self._loss(penalty))  # type: ignore[no-untyped-call]
        return np.array(self._weights.numpy())

    def _loss(self, penalty: float) -> float:
        weights = self._weights.numpy()
        logits = self._features @ weights
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        total = shares.sum(axis=1, keepdims=True)
        loss = float(np.mean(np.log(total[:, 0]) - logits[self._rows, self._true], dtype=np.float64))
        shares /= total
        shares[self._rows, self._true] -= 1
        shares /= len(self._rows)
        self._weights.grad = torch.from_numpy(self._transposed @ shares).add_(self._weights, alpha=penalty)
        return loss + penalty / 2 * float(np.vdot(weights, weights))


def _softmax(features: sp.csr_matrix, weights: Matrix) -> npt.NDArray[np.float64]:
    logits = (features @ weights).astype(np.float64)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float64)


def _quality(probabilities: npt.NDArray[np.float64], true: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Accuracy and the negative of log-loss: the larger, the better."""
    chosen = probabilities[np.arange(len(true)), true]
    accuracy = float((probabilities.argmax(axis=1) == true).mean())
    return accuracy, float(np.log(np.maximum(chosen, 1e-12)).mean())
