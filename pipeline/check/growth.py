"""What would more labelled rows bring? The quick fits again, on growing shares of the rows, and the curve continued.

Goes on from a Trial, so the test rows of a Split are not touched here either. Heavy, as ``fits`` is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.baselines.quick import Numbers
from pipeline.check.fits import FOLDS, Trial, tell
from pipeline.check.forecast import forecast
from pipeline.check.learnability import Budget
from pipeline.check.quality import Answers, predict, quality
from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent

PHASE = N_("Trying what more labelled rows would bring")

# Which parts of the training rows are tried, and how many of that size a fold, each of rows of its own.
PARTS = {8: 4, 4: 3, 2: 2}
# Fewer rows than this are no training, and fewer sizes than this no curve.
SMALLEST_TRAINING, FEWEST_SIZES = 20, 3
# How many rows a person may want to add: the largest of these that is at most a fifth of those there are.
MORE = (50, 100, 200, 500, 1000)
MORE_SHARE = 5
# Classes named as those that gain most; each has to gain so much more F1 than the average when the rows are doubled.
MOST_NAMED, LEAST_GAIN = 3, 0.03
# What the F1 of a class did is believed by half when so many of its rows were held out.
HALF_BELIEVED = 80

Shares = npt.NDArray[np.float64]


def measure_budget(trial: Trial, progress: Progress | None = None) -> Budget | None:
    """What a round number of further labelled rows would bring; None where the rows are too few for a curve.

    Each held-out fold is predicted from an eighth, a quarter, a half and all of the other rows, and the curve is
    continued from the rows there are. It holds for further rows like those that are labelled already.

    Raises:
        Stopped: somebody asked for it.
    """
    curve = _grow(trial, progress or Silent()) if len(trial.guesses) else None
    if curve is None:
        return None
    more = max([MORE[0], *(step for step in MORE if step * MORE_SHARE <= trial.known)])
    ahead = forecast(curve.sizes, curve.accuracy, curve.luck, trial.known, more)
    return Budget(
        rows=tuple(round(size) for size in curve.sizes),
        accuracy=tuple(float(value) for value in curve.accuracy.mean(axis=0)),
        more=more,
        gain=ahead.gain,
        low=ahead.low,
        high=ahead.high,
        labels=_gaining_most(trial, curve.f1_of_half),
        figure=trial.figure,
    )


def f1(truth: Numbers, guesses: Numbers, classes: int) -> Shares:
    """[classes] F1 of each class, 2 tp / (2 tp + fp + fn); 0 for one that occurs nowhere."""
    both = np.bincount(truth, minlength=classes) + np.bincount(guesses, minlength=classes)
    return np.asarray(2 * np.bincount(truth[truth == guesses], minlength=classes) / np.maximum(both, 1))


def _f1(trial: Trial, guesses: Answers) -> Shares:
    """[labels] F1 of each label; [0] for numbers."""
    if trial.figure == "accuracy":
        return f1(trial.truth, guesses, len(trial.labels))
    if trial.figure == "pearson":
        return np.empty(0)
    both = 2 * (trial.truth & guesses).sum(axis=0)
    return np.asarray(both / np.maximum(both + (trial.truth ^ guesses).sum(axis=0), 1))


@dataclass(frozen=True)
class _Curve:
    """Accuracies by training size."""

    sizes: tuple[float, ...]  # [s] mean training rows, ascending
    accuracy: Shares  # [FOLDS, s]
    luck: float  # variance between two trainings of the largest size on rows of their own
    f1_of_half: Shares  # [classes] F1 of each class with half of the rows


def _grow(trial: Trial, progress: Progress) -> _Curve | None:
    """Fit on growing parts; None where these would be too small."""
    whole = len(trial.truth) * (FOLDS - 1) / FOLDS
    parts = [part for part in PARTS if whole / part >= SMALLEST_TRAINING]
    if len(parts) + 1 < FEWEST_SIZES:
        return None
    truth, figure = trial.truth, trial.figure
    guesses = {part: np.empty((PARTS[part], *truth.shape), dtype=truth.dtype) for part in parts}
    for fold in range(FOLDS):
        tell(progress, PHASE, fold)
        held = np.flatnonzero(trial.folds == fold)
        train = np.random.default_rng(fold).permutation(np.flatnonzero(trial.folds != fold))
        for part, of_part in guesses.items():
            for number, rows in enumerate(np.array_split(train, part)[: PARTS[part]]):
                of_part[number, held] = predict(figure, trial.similar, rows, truth, held, len(trial.labels))
    tell(progress, PHASE, FOLDS)
    tried = [*guesses.values(), trial.guesses[None]]
    accuracy = np.array(
        [
            [np.mean([quality(figure, truth[held], one[held]) for one in of_part]) for of_part in tried]
            for held in _held(trial)
        ]
    )
    f1_of_half = np.mean([_f1(trial, half) for half in guesses[2]], axis=0)
    return _Curve((*(whole / part for part in parts), whole), accuracy, _luck(trial, guesses[2]), f1_of_half)


def _luck(trial: Trial, halves: Answers) -> float:
    """Variance of the figure by which rows were learned from, for all rows of a training, from its two halves."""
    figures = [[quality(trial.figure, trial.truth[rows], half[rows]) for half in halves] for rows in _held(trial)]
    apart = [first - second for first, second in figures]
    # The mean square of a difference is twice the variance of one; of twice the rows it is half of that.
    return float(np.mean(np.square(apart))) / 2 / 2


def _held(trial: Trial) -> list[npt.NDArray[np.bool_]]:
    """[FOLDS] of [n]: which rows each fold held out."""
    return [trial.folds == fold for fold in range(FOLDS)]


def _gaining_most(trial: Trial, f1_of_half: Shares) -> tuple[str, ...]:
    """Classes whose F1 is to be expected to rise most when the rows are doubled.

    Doubling took away some share of what the classes lacked to F1 1: so much is expected of each, and corrected by
    what its own F1 did, as far as its held-out rows are enough to believe that.
    """
    if not trial.labels:
        return ()
    sets = trial.figure == "micro_f1"
    counts = trial.truth.sum(axis=0) if sets else np.bincount(trial.truth, minlength=len(trial.labels))
    whole = _f1(trial, trial.guesses)
    lacking = 1 - f1_of_half
    expected = lacking * max(0.0, float((whole - f1_of_half).sum() / max(float(lacking.sum()), 1e-9)))
    rise = expected + (whole - f1_of_half - expected) * counts / (counts + HALF_BELIEVED)
    stands_out = rise - rise.mean() >= LEAST_GAIN
    best = [int(index) for index in np.argsort(-rise, kind="stable")[:MOST_NAMED] if stands_out[index]]
    return tuple(trial.labels[index] for index in best)
