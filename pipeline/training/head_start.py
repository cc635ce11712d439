"""A classifier that starts from what the base model can tell already, instead of from random numbers.

A logistic regression on what enters the head, folded into the stock head: the pooler brings every feature to mean 0
and one spread, the classifier takes the regression's weights (Kumar et al. 2022, "Fine-tuning can distort pretrained
features": linear probing, then fine-tuning). Knows nothing of optimizers, epochs or files.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from pipeline.models.halves import evaluating
from pipeline.models.load import pooler
from pipeline.tasks.predict import head
from pipeline.tasks.tokens import TOKENS_AT_ONCE, by_length
from pipeline.training.batches import Rows
from pipeline.training.trainee import Trainee

# Inverse strength of the regression's penalty, as scikit-learn counts it, on features of spread 1.
STRENGTH = 8.0
STEPS = 60  # of L-BFGS
MOST_ROWS = 20_000  # a start needs no more, and the pass over them takes time


def start_head(module: Trainee, rows: Rows, seed: int) -> None:
    """Set pooler and classifier of ``module`` from training rows; deterministic for a seed.

    Args:
        module: what will be trained, at its start.
        rows: training rows with class indices as targets.
        seed: of the choice of rows where there are more than ``MOST_ROWS``.
    """
    chosen = np.arange(len(rows))
    if len(rows) > MOST_ROWS:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:MOST_ROWS])
    targets = torch.from_numpy(rows.targets[chosen]).to(module.model.device)
    square = pooler(module.model)
    if square is not None:
        _standardise(square, _entering(module, square, rows, chosen))
    classifier = head(module.model)
    _regress(classifier, _entering(module, classifier, rows, chosen), targets)


@torch.no_grad()
def _standardise(square: nn.Linear, features: Tensor) -> None:
    """Features [n, width] to mean 0 and spread 1, a diagonal matrix: what sentences have in common says nothing."""
    mean, spread = features.mean(0), features.std(0).clamp_min(1e-6)
    square.weight.copy_(torch.diag(1 / spread))
    square.bias.copy_(-mean / spread)


def _regress(classifier: nn.Linear, features: Tensor, targets: Tensor) -> None:
    """Logistic regression of ``targets`` [n] on ``features`` [n, width], its weights into ``classifier``."""
    biased = classifier.bias is not None
    mean = features.mean(0) if biased else torch.zeros_like(features[0])
    spread = (features - mean).pow(2).mean().sqrt().clamp_min(1e-6)
    scaled = (features - mean) / spread
    weights = torch.zeros(classifier.out_features, classifier.in_features, device=features.device, requires_grad=True)
    bias = torch.zeros(classifier.out_features, device=features.device, requires_grad=True)
    penalty = 1 / (STRENGTH * len(targets))
    optimizer = torch.optim.LBFGS(
        [weights, bias] if biased else [weights], max_iter=STEPS, history_size=10, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimizer.zero_grad()
        value: Tensor = cross_entropy(scaled @ weights.T + bias, targets) + penalty / 2 * weights.pow(2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        classifier.weight.copy_(weights / spread)
        if biased:
            classifier.bias.copy_(bias - weights @ (mean / spread))


def _entering(module: Trainee, part: nn.Module, rows: Rows, chosen: npt.NDArray[np.int64]) -> Tensor:
    """[chosen, width] float32: what enters ``part`` for some rows, in evaluation mode."""
    device = module.model.device
    found: list[Tensor] = []

    def keep(_module: Any, inputs: tuple[Tensor, ...]) -> None:
        found[:] = inputs[:1]

    hook = part.register_forward_pre_hook(keep)
    parts: list[Tensor] = []
    order: list[npt.NDArray[np.int64]] = []
    try:
        with torch.no_grad(), evaluating(module):
            for some in by_length(rows.lengths[chosen], TOKENS_AT_ONCE):
                batch = rows.inputs(chosen[some].tolist())
                module.logits(**{name: value.to(device) for name, value in batch.items()})
                entered = found[0].float()
                # A decoder's head reads every token and keeps the last real one; nothing is padded here.
                parts.append(entered[:, -1] if entered.ndim == 3 else entered)
                order.append(some)
    finally:
        hook.remove()
    places = torch.from_numpy(np.argsort(np.concatenate(order))).to(device)
    return torch.cat(parts)[places]
