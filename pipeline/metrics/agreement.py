"""Do predictions know anything of the truth, or would they hit as often if the labels were dealt out at random?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Agreement:
    """How far predictions and truth agree beyond chance."""

    kappa: float  # Cohen's: 0 as often as by chance, 1 always, below 0 less often than by chance
    chance: float  # share of rows that would be right by chance, from 0 to 1
    error: float  # standard deviation of kappa if the labels had nothing to do with the rows
    z: float  # kappa / error; 0 where predictions or truth are all one class


def agreement(truth: npt.ArrayLike, predicted: npt.ArrayLike, classes: int) -> Agreement:
    """Cohen's kappa (1960, "A coefficient of agreement for nominal scales") and how far it is from chance.

    Chance means that the same labels were dealt out to the rows at random, with the predictions as they are. The
    mean and the variance of the hits over all such deals have a closed form (Hoeffding 1951, "A combinatorial
    central limit theorem", theorem 2), so that nothing is permuted.

    Args:
        truth, predicted: [n] class indices from 0 to ``classes`` - 1, n at least 2.
    """
    true, guess = np.asarray(truth, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    n = len(true)
    share_true = np.bincount(true, minlength=classes) / n
    share_guess = np.bincount(guess, minlength=classes) / n
    chance = float(share_true @ share_guess)
    if chance >= 1 - 1e-12:
        return Agreement(0.0, 1.0, 0.0, 0.0)
    hits = float((true == guess).mean())
    # What is left of "hit or not" of a predicted and a true class less the means of both, for every pair of classes.
    rest = np.eye(classes) - share_true[:, None] - share_guess[None, :] + chance
    variance = float(share_guess @ rest**2 @ share_true) * n * n / (n - 1)
    kappa, error = (hits - chance) / (1 - chance), np.sqrt(variance) / n / (1 - chance)
    return Agreement(kappa, chance, float(error), float(kappa / error) if error > 0 else 0.0)
