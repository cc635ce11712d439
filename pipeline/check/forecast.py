"""What more rows would bring: a learning curve continued.

Knows sizes and accuracies, no texts. The curve is an inverse power law, accuracy = a - b * rows^-c, which is what
learning curves of classifiers follow (Figueroa et al. 2012, "Predicting sample size required for classification
performance"). For every c of a grid the best a and b have a closed form, so the fit cannot fail. The smallest c is
nearly a straight line over the logarithm of the rows, for a curve that does not bend yet; there a may be above 1,
and only the forecast itself ends at 1: to demand it of the curve made forecasts a quarter lower, which was too low.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

POWERS = np.arange(0.05, 1.001, 0.05)
# Larger trainings are nearer to what is asked: a point weighs as its rows to this power.
WEIGHT = 2.0
DRAWS = 400
# An 80 % interval lies between the 10 % and 90 % points of the t distribution, by the degrees of freedom.
T_80 = {1: 3.078, 2: 1.886, 3: 1.638, 4: 1.533, 5: 1.476, 6: 1.440, 7: 1.415, 8: 1.397, 9: 1.383}


@dataclass(frozen=True)
class Forecast:
    """The change of accuracy that more rows would bring."""

    gain: float  # from 0 to what is missing to 1
    low: float  # 80 % interval; below 0 where a loss by chance is possible
    high: float


def forecast(
    sizes: npt.ArrayLike, curves: npt.ArrayLike, luck: float, start: int, more: int, seed: int = 0
) -> Forecast:
    """Continue a learning curve from ``start`` to ``start + more`` rows.

    The interval holds two things: how unsure the curve is (held-out parts drawn anew, with replacement), and the
    luck of which rows are added.

    Args:
        sizes: [s] training rows of the fits, ascending; s at least 3.
        curves: [f, s] accuracy (0 to 1) on each of f held-out parts, f at least 2.
        luck: variance of the accuracy between two trainings of the largest size on rows of their own.
        start, more: rows there are, and rows that are added.
    """
    rows, accuracy = np.asarray(sizes, dtype=np.float64), np.asarray(curves, dtype=np.float64)
    parts, missing = len(accuracy), 1 - float(np.mean(accuracy, axis=0)[-1])
    gain = min(missing, float(_gains(rows, accuracy.mean(axis=0, keepdims=True), start, more)[0]))
    drawn = np.random.default_rng(seed).integers(0, parts, (DRAWS, parts))
    spread = _gains(rows, accuracy[drawn].mean(axis=1), start, more).var() * parts / (parts - 1)
    # Of start + more rows the added ones are new, the others shared by both trainings; luck falls as 1 / rows.
    added = 2 * luck * (rows[-1] / (start + more)) * (more / (start + more))
    reach = T_80[min(parts - 1, max(T_80))] * float(np.sqrt(spread + added))
    return Forecast(gain, gain - reach, min(gain + reach, missing))


def _gains(sizes: Matrix, curves: Matrix, start: int, more: int) -> Matrix:
    """[draws] what the best curve through each of [draws, s] accuracies gains, never less than 0."""
    bends = (sizes[None, :] / sizes[-1]) ** -POWERS[:, None]  # [powers, s], 1 at the last size
    weights = sizes**WEIGHT / np.sum(sizes**WEIGHT)
    mean_bend, mean_curve = bends @ weights, curves @ weights
    apart = bends - mean_bend[:, None]
    slope = np.maximum(0, -(curves * weights) @ apart.T / (apart**2 @ weights))  # [draws, powers]: b
    top = mean_curve[:, None] + slope * mean_bend
    errors = ((top[:, :, None] - slope[:, :, None] * bends - curves[:, None, :]) ** 2) @ weights
    best = errors.argmin(axis=1)
    chosen, power = slope[np.arange(len(curves)), best], POWERS[best]
    return np.asarray(chosen * ((start / sizes[-1]) ** -power - ((start + more) / sizes[-1]) ** -power))
