"""Direct preference optimization: of two answers to the same, the better one becomes likelier than the worse one.

The loss of Rafailov et al. 2023 (equation 7), against the model as it was before: its figures are computed once, at the
beginning, so that no second model is held. Knows nothing of optimizers and files.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from pipeline.runs.spec import Recipe
from pipeline.training.writing.rows import WrittenRows
from pipeline.training.writing.trainee import WriterTrainee, opened


@dataclass(frozen=True)
class PreferenceRows(WrittenRows):
    """Pairs of answers: of pair p, ``rows[2p]`` is the better one and ``rows[2p + 1]`` the worse one."""

    before: tuple[float, ...] = ()  # [rows] -log p of each answer before training, in nats; ``referred`` finds them

    def __len__(self) -> int:
        return len(self.rows) // 2

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """[pairs] tokens of both."""
        each = super().lengths
        return np.asarray(each[0::2] + each[1::2])

    def learned(self, positions: Sequence[int]) -> int:
        """A pair counts once, however long its answers are."""
        return len(positions)

    def collate(self, positions: Sequence[int], *, last: bool = False) -> dict[str, Tensor]:
        """As ``WrittenRows.collate``, with ``before`` [rows] of these pairs."""
        places = [place for pair in positions for place in (2 * pair, 2 * pair + 1)]
        return {
            **super().collate(places, last=last),
            "before": torch.tensor([self.before[place] for place in places]),
        }


def pair_up(chosen: WrittenRows, rejected: WrittenRows) -> PreferenceRows:
    """Rows of which both answers are there, as ``read_written`` gives the better and the worse ones of a View."""
    worse = {row.number: row for row in rejected.rows}
    rows = [row for better in chosen.rows if better.number in worse for row in (better, worse[better.number])]
    cut = max(chosen.cut, rejected.cut)
    return PreferenceRows(tuple(rows), chosen.padding, chosen.packed, chosen.sequences, cut)


class PreferenceTrainee(WriterTrainee):
    """A model that learns which of two answers is better.

    Args:
        beta: how strongly it is held to what it was before; the paper's 0.1 is usual.
    """

    beta = 0.1

    def forward(self, labels: Tensor, before: Tensor | None = None, **batch: Tensor) -> dict[str, Tensor]:
        """``nats``, the loss of all pairs added up, ``tokens``, their number, and ``margins`` [pairs].

        Args:
            labels: as for every writer; rows stand in pairs, the better answer first.
            before: [rows] what the answers took before training, in nats.
            **batch: as ``WrittenRows.collate`` gives it.
        """
        if before is None:  # asked for the plain loss, as by whoever measures answers
            return super().forward(labels, **batch)
        gained = before - self.each(labels, **batch)
        margins = self.beta * (gained[0::2] - gained[1::2])
        count = torch.tensor(len(margins), device=margins.device)
        return {"nats": -logsigmoid(margins).sum(), "tokens": count, "margins": margins}


@contextlib.contextmanager
def preference_trainee(model: Any, recipe: Recipe) -> Iterator[PreferenceTrainee]:
    """As ``writer_trainee``."""
    with opened(model, recipe, PreferenceTrainee) as module:
        module.beta = recipe.dpo_beta
        yield module


def referred(module: PreferenceTrainee, rows: PreferenceRows, device: str) -> PreferenceRows:
    """The rows with what every answer takes before the first step: the model is still the one it is compared with."""
    before = []
    module.eval()
    with torch.no_grad():
        for place in range(len(rows.rows)):
            batch = WrittenRows.collate(rows, [place])
            before.append(float(module.each(**{name: value.to(device) for name, value in batch.items()})))
    return replace(rows, before=tuple(before))


def measure_pairs(module: PreferenceTrainee, rows: PreferenceRows, device: Any) -> dict[str, float]:
    """``loss`` and ``margin`` (means), and ``preference_accuracy``: pairs whose better answer has gained more."""
    margins = pair_margins(module, rows, device)
    losses = np.logaddexp(0, -margins)
    return {
        "loss": float(losses.mean()),
        "margin": float(margins.mean()),
        "preference_accuracy": float((margins > 0).mean()),
    }


def pair_margins(module: PreferenceTrainee, rows: PreferenceRows, device: Any) -> npt.NDArray[np.float64]:
    """[pairs] how much more the better answer has gained than the worse one, times beta."""
    training = module.training
    module.eval()
    found = []
    try:
        with torch.no_grad():
            for pair in range(len(rows)):
                batch = {name: value.to(device) for name, value in rows.collate([pair]).items()}
                found.append(float(module(**batch)["margins"]))
    finally:
        module.train(training)
    return np.array(found, dtype=np.float64)
