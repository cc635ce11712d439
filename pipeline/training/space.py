"""Which settings a search tries: the grid of the BERT paper, and a small space around a preset. Imports no torch.

Knows recipes; nothing of how one is trained, measured or compared.
"""

import dataclasses
import itertools
from typing import Any

from pipeline.runs.spec import Recipe

# Devlin et al. 2019, "BERT", appendix A.3.
BERT_BATCHES = (16, 32)
BERT_RATES = (5e-5, 3e-5, 2e-5)
BERT_EPOCHS = (3, 4)

# A space has no end; after so many trials a better one is hardly found any more.
MOST_TRIALS = 60

# How far the space reaches from the preset's own values.
_RATES = (1 / 3, 2.5)
_HEAD_FACTORS = (3.0, 10.0, 30.0)
_SMOOTHINGS = (0.0, 0.05, 0.1)
_BATCHES = (16, 32)


def grid(recipe: Recipe) -> tuple[Recipe, ...]:
    """Every point of the BERT paper's grid, with the other settings of ``recipe``."""
    points = itertools.product(BERT_BATCHES, BERT_RATES, BERT_EPOCHS)
    return tuple(
        dataclasses.replace(recipe, batch_size=batch, learning_rate=rate, epochs=epochs)
        for batch, rate, epochs in points
    )


def values(recipe: Recipe) -> dict[str, Any]:
    """The fields of ``recipe`` that the space varies."""
    names = ("trained_layers", "epochs", "learning_rate", "head_factor", "label_smoothing", "batch_size")
    return {name: getattr(recipe, name) for name in names}


def space(recipe: Recipe, layers: int) -> dict[str, Any]:
    """What each setting may be: (lowest, highest) of a number, or a list of choices; ``recipe`` lies inside.

    Args:
        recipe: the preset's, where the search begins.
        layers: of the base model.
    """
    depths = {recipe.trained_layers}
    if recipe.trained_layers > 0:
        depths |= {min(layers, recipe.trained_layers + 1), min(layers, 2 * recipe.trained_layers)}
    return {
        "trained_layers": sorted(depths),
        "epochs": (max(1, recipe.epochs // 2), recipe.epochs + 4),
        "learning_rate": (recipe.learning_rate * _RATES[0], recipe.learning_rate * _RATES[1]),
        "head_factor": sorted({*_HEAD_FACTORS, recipe.head_factor}),
        "label_smoothing": sorted({*_SMOOTHINGS, recipe.label_smoothing}),
        "batch_size": sorted({*_BATCHES, recipe.batch_size}),
    }
