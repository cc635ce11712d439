"""How much what is hidden of texts surprises a model: row by row, so that nothing depends on what stands beside."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from pipeline.runs.surprise import Surprise
from pipeline.tasks.pretraining import Objective, measure_texts
from pipeline.training.pretraining.rows import TextRows
from pipeline.training.writing.trainee import WriterTrainee


def surprise(
    module: WriterTrainee, rows: TextRows, device: Any, advance: Callable[[int], None] = lambda done: None
) -> Surprise:
    """What the model says to what is hidden of rows, the pieces of a text added up.

    Args:
        module: a trainee; its mode is put back.
        rows: hidden as in their epoch.
        device: where the module is.
        advance: hears how many pieces are done.
    """
    counted = np.zeros((len(rows), 5))
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            for place, characters in enumerate(rows.characters):
                batch = {name: value.to(device) for name, value in rows.collate([place]).items()}
                nats, wanted, guessed = module.guesses(**batch)
                words = ~np.isin(wanted.cpu().numpy(), list(rows.marks))
                right = (wanted == guessed).cpu().numpy() & words
                counted[place] = float(nats.double().sum()), len(wanted), words.sum(), right.sum(), characters
                advance(place + 1)
    finally:
        module.train(training)
    numbers, of_row = np.unique(np.array(rows.numbers, np.int64), return_inverse=True)
    sums = np.zeros((len(numbers), counted.shape[1]))
    np.add.at(sums, of_row, counted)
    whole = sums[:, 1:].astype(np.int64)
    return Surprise(numbers, sums[:, 0], whole[:, 0], whole[:, 1], whole[:, 2], whole[:, 3])


def figures(objective: Objective, found: Surprise) -> dict[str, float]:
    """As ``measure_texts``, of all rows together."""
    share = float(found.right.sum() / max(1, found.words.sum()))
    nats, tokens, characters = float(found.nats.sum()), int(found.tokens.sum()), int(found.characters.sum())
    return measure_texts(objective, nats, tokens, characters, share)
