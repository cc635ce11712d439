"""Outputs of the layers that stay as they are, computed once and kept by content. Knows nothing of training."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline import cache
from pipeline.models.halves import LowerHalf
from pipeline.settings import workspace
from pipeline.tasks.tokens import TOKENS_AT_ONCE, Tokens, by_length

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel

NO_ROWS = np.empty(0, np.int64)
_BYTES = 4  # of a float32; in float16 the hidden states would be off by up to 1e-3 (docs/experiments.md)


def fits(tokens: Tokens, width: int) -> bool:
    """Whether the states of ``tokens`` take no more than half of the cache."""
    return len(tokens.ids) * width * _BYTES <= workspace().cache_bytes // 2


def lower_states(
    model: "PreTrainedModel",
    layer: int,
    tokens: Tokens,
    fingerprint: str,
    advance: Callable[[int], None],
    short: npt.NDArray[np.int64] = NO_ROWS,
) -> "Tensor":
    """[tokens, hidden] float32 on the CPU, mapped from disk: what enters layer ``layer`` for each of ``tokens.ids``.

    Args:
        model: the base model; its first ``layer`` layers as they were loaded.
        layer: how many layers are below the cut, at least 1.
        fingerprint: hash of the model's files.
        advance: told how many texts are over, if they are not there already.
        short: texts whose products are computed in bfloat16: those that are only learned from. What is measured
            or answered afterwards is float32, as it will be for whoever takes the model away.
    """
    import torch

    width = model.config.hidden_size
    exact = np.setdiff1d(np.arange(len(tokens)), short)

    def write(path: Path) -> None:
        lower = LowerHalf(model, layer)
        with path.open("w+b") as file:
            file.truncate(len(tokens.ids) * width * _BYTES)
        kept = np.memmap(path, dtype=np.float32, mode="r+", shape=(len(tokens.ids), width))
        done = 0
        for numbers, faster in ((exact, False), (short, True)):
            with torch.autocast(model.device.type, torch.bfloat16, enabled=faster):
                for some in by_length(tokens.lengths[numbers], TOKENS_AT_ONCE):
                    rows = numbers[some]
                    batch = {name: value.to(model.device) for name, value in tokens.batch(rows, 0).items()}
                    kept[tokens.positions(rows)] = lower.hidden(batch).float().cpu().numpy()
                    done += len(rows)
                    advance(done)
        kept.flush()

    kind = f"bfloat16 {hashlib.sha256(short.tobytes()).hexdigest()}" if len(short) else "float32"
    path = cache.entry("lower", f"{fingerprint}|{layer}|{tokens.digest}|{kind}", write)
    # Copy on write: torch wants memory that may be written to, and the file must stay as it is.
    return torch.from_numpy(np.memmap(path, dtype=np.float32, mode="c", shape=(len(tokens.ids), width)))
