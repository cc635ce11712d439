"""What a new head starts from where its outputs are questions by themselves: several labels, or a number.

Sentence encoders put all texts near one direction. A softmax does not see what all of them have in common; a sigmoid
or a number reads it as one large constant, and learning crawls. So the stock pooler, which is the identity at first,
starts by taking the common part away and brings what is left to one spread. The head's bias starts from how frequent
each label is (Lin et al. 2017, "Focal Loss for Dense Object Detection", section 3.3). Knows nothing of optimizers.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.models.halves import evaluating
from pipeline.models.load import pooler
from pipeline.tasks.predict import head
from pipeline.tasks.tokens import TOKENS_AT_ONCE, by_length
from pipeline.training.batches import Rows
from pipeline.training.trainee import Trainee

# A mean over so many rows is known well enough, and a pass over more takes time.
_MOST_ROWS = 2_000
_LEAST_SHARE = 1e-3  # of a label that no training row has


def centre(module: Trainee, rows: Rows) -> None:
    """Let the pooler bring what enters it to mean 0 and spread 1 over training rows; a head without one stays.

    One factor for all features: which of them vary more is what the model knows.
    """
    square = pooler(module.model)
    if square is None:
        return
    features = _entering(module, square, rows)
    mean = features.mean(0)
    spread = (features - mean).pow(2).mean().sqrt().clamp_min(1e-6)
    with torch.no_grad():
        nn.init.eye_(square.weight)
        square.weight.div_(spread)
        square.bias.copy_(-mean / spread)


def expect_shares(module: Trainee, rows: Rows) -> None:
    """Let the head, knowing nothing, give each label the share of the training rows that have it [rows, labels]."""
    bias = head(module.model).bias
    if bias is not None:
        shares = torch.from_numpy(rows.targets.mean(axis=0)).clamp(_LEAST_SHARE, 1 - _LEAST_SHARE)
        with torch.no_grad():
            bias.copy_(torch.logit(shares))


def expect_mean(module: Trainee, rows: Rows) -> None:
    """Let a head without a bias give the mean of the numbers at first, along what all texts have in common.

    A decoder's head is one in transformers: from weights near 0 it would first have to learn where the numbers are, and
    how one text differs from another would be a small part of its loss.
    """
    linear = head(module.model)
    common = _entering(module, linear, rows).mean(0)
    orders = 2 if rows.turned else 1  # what it gives for both orders is added
    with torch.no_grad():
        linear.weight.copy_(float(rows.targets.mean()) / orders / common.pow(2).sum() * common)


def _entering(module: Trainee, part: nn.Module, rows: Rows) -> Tensor:
    """[some rows, width] float32: what enters ``part`` for rows spread evenly, in evaluation mode.

    Of a part that reads every token, what it reads of the last one: the rows of a batch are equally long.
    """
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _MOST_ROWS)).astype(np.int64))
    found: list[Tensor] = []

    def keep(_module: Any, inputs: tuple[Tensor, ...]) -> None:
        entered = inputs[0].float()
        found.append(entered[:, -1] if entered.ndim == 3 else entered)

    hook = part.register_forward_pre_hook(keep)
    try:
        with torch.no_grad(), evaluating(module):
            for some in by_length(rows.lengths[chosen], TOKENS_AT_ONCE):
                batch = rows.inputs(chosen[some].tolist())
                module.logits(**{name: value.to(module.model.device) for name, value in batch.items()})
    finally:
        hook.remove()
    return torch.cat(found)
