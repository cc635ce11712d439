"""How much texts surprise a model of which nothing was asked: figures from sums over rows, for ``resampled``."""

import numpy as np
import numpy.typing as npt

from pipeline.metrics.resampled import Table

_NATS, _TOKENS, _WORDS, _RIGHT, _CHARACTERS = range(5)
_MOST = 700.0  # nats a token, beyond which the exponential is no number


def table(
    nats: npt.ArrayLike,
    tokens: npt.ArrayLike,
    words: npt.ArrayLike,
    right: npt.ArrayLike,
    characters: npt.ArrayLike,
) -> Table:
    """[rows, columns] what the figures below are made of.

    Args:
        nats: [rows] -log p of all that was hidden.
        tokens: [rows] how many that is.
        words: [rows] of these, those that are no marks.
        right: [rows] of these, those that were guessed right.
        characters: [rows] of the text.
    """
    return np.column_stack([nats, tokens, words, right, characters]).astype(np.float64)


def loss(sums: Table) -> Table:
    """Nats a hidden token; less is better."""
    return np.asarray(sums[:, _NATS] / np.maximum(1, sums[:, _TOKENS]), dtype=np.float64)


def perplexity(sums: Table) -> Table:
    """Among how many tokens a model wavers, as it were, at each that is hidden; less is better."""
    return np.asarray(np.exp(np.minimum(loss(sums), _MOST)), dtype=np.float64)


def bits_per_character(sums: Table) -> Table:
    """Of texts that are foretold as a whole; less is better, and models with other tokenizers compare."""
    return np.asarray(sums[:, _NATS] / np.log(2) / np.maximum(1, sums[:, _CHARACTERS]), dtype=np.float64)


def masked_accuracy(sums: Table) -> Table:
    """Share of the hidden tokens, marks not counted, that were guessed right."""
    return np.asarray(sums[:, _RIGHT] / np.maximum(1, sums[:, _WORDS]), dtype=np.float64)
