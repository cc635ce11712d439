"""Outputs of the layers that stay as they are, computed once and kept by content. Knows nothing of training."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline import cache
from pipeline.models.halves import LowerHalf
from pipeline.settings import workspace
from pipeline.tasks.tokens import TOKENS_AT_ONCE, Tokens, by_length

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

_BYTES = 4  # of a float32; in float16 the hidden states would be off by up to 1e-3 (docs/experiments.md)


def fits(tokens: Tokens, width: int) -> bool:
    """Whether the states of ``tokens`` take no more than half of the cache."""
    return len(tokens.ids) * width * _BYTES <= workspace().cache_bytes // 2


def lower_states(
    model: "PreTrainedModel", layer: int, tokens: Tokens, fingerprint: str, advance: Callable[[int], None]
) -> "Tensor":
    """[tokens, hidden] float32 on the CPU, mapped from disk: what enters layer ``layer`` for each of ``tokens.ids``.

    Args:
        model: the base model; its first ``layer`` layers as they were loaded.
        layer: how many layers are below the cut, at least 1.
        fingerprint: hash of the model's files.
        advance: told how many texts are over, if they are not there already.
    """
    import torch

    width = model.config.hidden_size

    def write(path: Path) -> None:
        lower = LowerHalf(model, layer)
        with path.open("w+b") as file:
            file.truncate(len(tokens.ids) * width * _BYTES)
        kept = np.memmap(path, dtype=np.float32, mode="r+", shape=(len(tokens.ids), width))
        done = 0
        for rows in by_length(tokens.lengths, TOKENS_AT_ONCE):
            batch = {name: value.to(model.device) for name, value in tokens.batch(rows, 0).items()}
            kept[tokens.positions(rows)] = lower.hidden(batch).float().cpu().numpy()
            done += len(rows)
            advance(done)
        kept.flush()

    path = cache.entry("lower", f"{fingerprint}|{layer}|{tokens.digest}|float32", write)
    # Copy on write: torch wants memory that may be written to, and the file must stay as it is.
    return torch.from_numpy(np.memmap(path, dtype=np.float32, mode="c", shape=(len(tokens.ids), width)))
