"""The unit in which numbers are learned: less their mean, over their spread. Knows no runs and no files.

A network learns numbers of about 1; hours in the hundreds would need other learning rates than grades. What is kept
is a model that gives the number itself: at the end the unit is folded into the head, so that nobody who loads the
model has to know of it.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from pipeline.tasks.task import Scores, Targets


@dataclass(frozen=True)
class Unit:
    """number = learned * scale + centre."""

    centre: float
    scale: float

    def learned(self, numbers: Targets) -> Targets:
        """[n] numbers as they are learned."""
        return np.asarray((numbers - self.centre) / self.scale, dtype=np.float32)

    def numbers(self, learned: Targets | Scores) -> Scores:
        """The way back, of any shape."""
        return np.asarray(learned, dtype=np.float64) * self.scale + self.centre

    def fold(self, head: nn.Linear) -> None:
        """Let ``head`` give the number: its weights times the scale, its bias in the numbers' own unit."""
        with torch.no_grad():
            head.weight.mul_(self.scale)
            if head.bias is not None:
                head.bias.mul_(self.scale).add_(self.centre)


def unit_of(numbers: Targets, head: nn.Linear) -> Unit:
    """The unit for [n] numbers of training rows, n at least 1.

    The head of a decoder has no bias in transformers, so there is nowhere to put a mean: what it learns is only
    divided by the spread, and ``start.expect_mean`` lets it begin at the mean.
    """
    values = np.asarray(numbers, dtype=np.float64)
    return Unit(float(values.mean()) if head.bias is not None else 0.0, float(values.std()) or 1.0)
