"""How the quick fits predict an answer of each kind, and how right they are: a class, a set of labels, a number.

Knows similarities and answers as arrays, no texts. Heavy, as ``fits`` is.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.baselines.quick import Matrix, Numbers, fit_and_predict, fit_numbers, fit_sets
from pipeline.check.learnability import Figure

# [n] class indices, [n, labels] 0 or 1 (both int64), or [n] numbers (float64).
Answers = npt.NDArray[Any]


def predict(figure: Figure, similar: Matrix, train: Numbers, truth: Answers, held: Numbers, classes: int) -> Answers:
    """What a fit on the rows ``train`` says of the rows ``held``.

    Args:
        figure: by which these answers are judged; it tells their kind.
        similar: [n, n] from ``quick.similarities``.
        train: row numbers, one at least.
        truth: [n] or [n, labels] the answers of all rows.
        held: row numbers to predict.
        classes: how many there are; of no account for the other kinds.
    """
    if figure == "accuracy":
        return fit_and_predict(similar, train, truth[train], held, classes)
    across, within = similar[np.ix_(held, train)], similar[np.ix_(train, train)]
    if figure == "micro_f1":
        return np.asarray(across @ fit_sets(within, truth[train]) > 0, dtype=np.int64)
    known = truth[train]
    return np.asarray(across @ fit_numbers(within, known) + known.mean(), dtype=np.float64)


def quality(figure: Figure, truth: Answers, guesses: Answers) -> float:
    """How right the guesses are: from 0 to 1, a correlation from -1 to 1 (0 where either does not vary)."""
    if figure == "accuracy":
        return float((truth == guesses).mean())
    if figure == "micro_f1":
        return micro_f1(int((truth & guesses).sum()), int((truth ^ guesses).sum()))
    if not len(truth) or np.ptp(truth) == 0 or np.ptp(guesses) == 0:
        return 0.0
    return float(np.corrcoef(truth, guesses)[0, 1])


def micro_f1(both: float, one: float) -> float:
    """2 tp / (2 tp + fp + fn); 0 where nothing is there and nothing was said.

    Args:
        both: decisions in which truth and guess say yes.
        one: those in which one of them does.
    """
    return 2 * both / (2 * both + one) if both or one else 0.0
