"""Dropout on a CPU, its random numbers drawn four at a time. Same distribution, same generator.

torch draws one number of 64 bits for every element, in one thread: a tenth of a training step. 16 of these bits are
enough to say with which probability an element falls out, to 1/131,072.
"""

import contextlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

_STEPS = 2**16  # values of 16 bits
_LOWEST = torch.iinfo(torch.int64).min


def dropout(values: Tensor, probability: float) -> Tensor:
    """``values`` with some elements 0 and the others larger, so that the mean stays (Srivastava et al. 2014).

    Args:
        values: of any shape and floating-point type, on the CPU.
        probability: of an element to become 0, from 0 to 0.99; rounded to 1/65,536.
    """
    fallen = round(probability * _STEPS)
    # From the lowest number on: without it the sign would never be drawn.
    drawn = torch.empty(-(-values.numel() // 4), dtype=torch.int64).random_(_LOWEST, None)
    numbers = drawn.view(torch.int16)[: values.numel()].view(values.shape)
    kept = (numbers >= fallen - _STEPS // 2).to(values.dtype)
    return values * kept.mul_(_STEPS / (_STEPS - fallen))


@contextlib.contextmanager
def quick_dropout(model: nn.Module) -> Iterator[None]:
    """Let every dropout layer of ``model`` work this way while the context is open, where it is on a CPU.

    Parameters and state are not touched. Attention that drops its own weights does so as before.
    """
    layers: list[Any] = [module for module in model.modules() if type(module) is nn.Dropout]
    for layer in layers:
        layer.forward = partial(_forward, layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _forward(layer: nn.Dropout, values: Tensor) -> Tensor:
    if not layer.training or not 0 < layer.p < 1 or values.device.type != "cpu":
        return nn.functional.dropout(values, layer.p, layer.training)
    return dropout(values, layer.p)
