"""TF-IDF + logistic regression fitted many times on parts of the same few thousand rows, in a second or less each.

All that a fit needs of the texts is how similar each two of them are, so the similarities are worked out once and
every fit takes its part of them (the kernel form: Schölkopf and Smola 2002, "Learning with Kernels", section 4.2).
The model is that of ``tfidf`` with the usual C; only the n-grams are counted over all rows, also those that a fit
does not learn from, of which it sees no label. Knows texts and class indices. Heavy: imports scikit-learn.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.linalg
import scipy.sparse as sp
import scipy.special

from pipeline.baselines.ngrams import extract
from pipeline.baselines.pairs import extract_pairs

Matrix = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]

# C as scikit-learn counts it: in the middle of what files of tickets end at when it is chosen (see ``tfidf``).
STRENGTH = 8.0
# Rounds of the optimiser: on 2,400 rows of 77 classes twice as many change the held-out accuracy by 0.2 points.
ROUNDS = 25
# Penalty of the ridge regression, where a row resembles itself by 1: between trusting each row and none.
RIDGE = 0.5
# An n-gram that more than one in so many texts hold is multiplied as a dense column, which is faster for those.
DENSE = 50


def similarities(texts: Sequence[str]) -> Matrix:
    """[n, n] inner products of the texts' features: 1 for the bias, and from 0 to 1 for the n-grams they share."""
    return _products(extract(texts)[1])


def similarities_of_pairs(first: Sequence[str], second: Sequence[str]) -> Matrix:
    """The same of pairs that are compared, by the features of ``pairs``: what both texts have in common, too."""
    return _products(extract_pairs(first, second)[1])


def _products(features: sp.csr_matrix) -> Matrix:
    columns = sp.csc_matrix(features)
    often = np.diff(columns.indptr) * DENSE > columns.shape[0]
    dense = columns[:, often].toarray()
    rare = sp.csr_matrix(columns[:, ~often])
    return np.asarray(dense @ dense.T + (rare @ rare.T).toarray(), dtype=np.float32)


def fit_and_predict(similar: Matrix, train: Numbers, train_y: Numbers, rows: Numbers, classes: int) -> Numbers:
    """The classes that a fit on some rows predicts for others.

    Args:
        similar: [n, n] from ``similarities``.
        train, train_y: m row numbers (m at least 1) and their classes from 0 to ``classes`` - 1.
        rows: row numbers to predict.
    """
    weights = fit(similar[np.ix_(train, train)], train_y, classes)
    return np.asarray((similar[np.ix_(rows, train)] @ weights).argmax(axis=1), dtype=np.int64)


def fit(similar: Matrix, true: Numbers, classes: int, strength: float = STRENGTH, rounds: int = ROUNDS) -> Matrix:
    """[m, classes] weights of the training rows: multinomial logistic regression in kernel form.

    Minimises sum of cross-entropy + |w|^2 / (2 C). The Hessian of the cross-entropy of a row is never more than
    half the identity (Böhning 1992, "Multinomial logistic regression algorithm"), so K / 2 + I / C bounds all of
    it and is factorised once. Each round is one step with that bound, carried on by momentum (Beck and Teboulle
    2009, "A fast iterative shrinkage-thresholding algorithm", without the shrinkage).

    Args:
        similar: [m, m] of the training rows.
        true: [m] their classes from 0 to ``classes`` - 1.
    """
    rows = np.arange(len(true))
    bound = similar / 2
    bound[rows, rows] += 1 / strength
    factor = scipy.linalg.cho_factor(bound, overwrite_a=True, check_finite=False)
    weights: Matrix = np.zeros((len(true), classes), dtype=np.float32)
    ahead, speed = weights, 1.0
    for _ in range(rounds):
        slope = _shares(similar @ ahead)
        slope[rows, true] -= 1
        slope += ahead / np.float32(strength)
        step = np.asarray(scipy.linalg.cho_solve(factor, slope, check_finite=False), dtype=np.float32)
        before, weights = weights, ahead - step
        faster = (1 + math.sqrt(1 + 4 * speed**2)) / 2
        ahead, speed = weights + np.float32((speed - 1) / faster) * (weights - before), faster
    return weights


def fit_sets(similar: Matrix, true: Numbers, strength: float = STRENGTH, rounds: int = ROUNDS) -> Matrix:
    """[m, labels] weights of the training rows: one logistic regression a label, all of them fitted together.

    As ``fit``, with a sigmoid in place of the softmax, whose Hessian is never more than a quarter (of Böhning's
    bound the case of two classes).

    Args:
        similar: [m, m] of the training rows.
        true: [m, labels] 0 or 1.
    """
    rows = np.arange(len(true))
    bound = similar / 4
    bound[rows, rows] += 1 / strength
    factor = scipy.linalg.cho_factor(bound, overwrite_a=True, check_finite=False)
    weights: Matrix = np.zeros(true.shape, dtype=np.float32)
    ahead, speed = weights, 1.0
    for _ in range(rounds):
        slope = scipy.special.expit(similar @ ahead) - true + ahead / np.float32(strength)
        step = np.asarray(scipy.linalg.cho_solve(factor, slope, check_finite=False), dtype=np.float32)
        before, weights = weights, ahead - step
        faster = (1 + math.sqrt(1 + 4 * speed**2)) / 2
        ahead, speed = weights + np.float32((speed - 1) / faster) * (weights - before), faster
    return weights


def fit_numbers(similar: Matrix, true: npt.NDArray[np.float64], penalty: float = RIDGE) -> Matrix:
    """[m] weights of the training rows: ridge regression in kernel form, of numbers less their mean.

    Args:
        similar: [m, m] of the training rows.
        true: [m] their numbers.
    """
    rows = np.arange(len(true))
    ridge = similar.copy()
    ridge[rows, rows] += penalty
    weights = scipy.linalg.solve(ridge, true - true.mean(), assume_a="pos", check_finite=False)
    return np.asarray(weights, dtype=np.float32)


def _shares(logits: Matrix) -> Matrix:
    """[m, classes] probabilities."""
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)
