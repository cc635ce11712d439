"""A moving average of trained weights: steadier than the last step's, at no cost worth naming.

Trained are the plain weights; measured and kept is their average (Polyak and Juditsky 1992, "Acceleration of stochastic
approximation by averaging", with exponentially falling weights). Knows parameters, no model and no optimizer.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

PREFIX = "average."


class Average:
    """The average of ``parameters`` over about the last ``steps`` steps, and which of the two the model shows."""

    def __init__(self, parameters: Mapping[str, nn.Parameter], steps: float) -> None:
        self._parameters = dict(parameters)
        self._share = 1 / max(1.0, steps)  # of the newest weights
        self._hidden = [parameter.detach().clone() for parameter in self._parameters.values()]
        self._shown = False  # whether the parameters hold the average, and ``_hidden`` the plain weights

    @torch.no_grad()
    def update(self) -> None:
        """After a step: take the new weights in."""
        self.show(False)
        torch._foreach_lerp_(self._hidden, [parameter.data for parameter in self._parameters.values()], self._share)

    @torch.no_grad()
    def show(self, shown: bool) -> None:
        """Let the model compute with the average, or with the plain weights."""
        if shown != self._shown:
            self._shown = shown
            for number, parameter in enumerate(self._parameters.values()):
                parameter.data, self._hidden[number] = self._hidden[number], parameter.data

    def state(self) -> dict[str, Tensor]:
        """Plain weights by name, and their averages under ``PREFIX``."""
        held = {name: parameter.data for name, parameter in self._parameters.items()}
        hidden = dict(zip(self._parameters, self._hidden, strict=True))
        plain, average = (hidden, held) if self._shown else (held, hidden)
        return plain | {f"{PREFIX}{name}": value for name, value in average.items()}

    @torch.no_grad()
    def load(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state`` gave."""
        self.show(False)
        for number, (name, parameter) in enumerate(self._parameters.items()):
            parameter.copy_(state[name])
            self._hidden[number].copy_(state[f"{PREFIX}{name}"])


class Averaging(TrainerCallback):
    """Keeps an average up to date."""

    def __init__(self, average: Average) -> None:
        self._average = average

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Once a step of the optimizer."""
        self._average.update()


def shown(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a checkpoint's model would answer with: the averages where there are any."""
    plain = {name: value for name, value in state.items() if not name.startswith(PREFIX)}
    return {name: state.get(f"{PREFIX}{name}", value) for name, value in plain.items()}
