"""What would more labelled rows bring? The quick fits again, on growing shares of the rows, and the curve continued.

Goes on from a Trial, so the test rows of a Split are not touched here either. Heavy, as ``fits`` is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
# Classes said to gain most: of the third with fewest rows those that are clearly smaller than the average class.
RAREST, CLEARLY_SMALLER = 3, 0.75

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
        labels=_gaining_most(trial),
        figure=trial.figure,
    )


@dataclass(frozen=True)
class _Curve:
    """Accuracies by training size."""

    sizes: tuple[float, ...]  # [s] mean training rows, ascending
    accuracy: Shares  # [FOLDS, s]
    luck: float  # variance between two trainings of the largest size on rows of their own


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
    return _Curve((*(whole / part for part in parts), whole), accuracy, _luck(trial, guesses[2]))


def _luck(trial: Trial, halves: Answers) -> float:
    """Variance of the figure by which rows were learned from, for all rows of a training, from its two halves."""
    figures = [[quality(trial.figure, trial.truth[rows], half[rows]) for half in halves] for rows in _held(trial)]
    apart = [first - second for first, second in figures]
    # The mean square of a difference is twice the variance of one; of twice the rows it is half of that.
    return float(np.mean(np.square(apart))) / 2 / 2


def _held(trial: Trial) -> list[npt.NDArray[np.bool_]]:
    """[FOLDS] of [n]: which rows each fold held out."""
    return [trial.folds == fold for fold in range(FOLDS)]


def _gaining_most(trial: Trial) -> tuple[str, ...]:
    """Classes that as a group gain more F1 than the others when rows are added as they come; fewest rows first.

    What tells them is how few rows they have. A single class cannot be named: what it gains from the two or three rows
    that it gets is luck, and neither its F1 nor what its F1 did before foretells it (docs/experiments.md).
    """
    if not trial.labels:
        return ()
    sets = trial.figure == "micro_f1"
    counts = trial.truth.sum(axis=0) if sets else np.bincount(trial.truth, minlength=len(trial.labels))
    rarest = np.argsort(counts, kind="stable")[: max(1, len(counts) // RAREST)]
    return tuple(trial.labels[index] for index in rarest if counts[index] < CLEARLY_SMALLER * counts.mean())
