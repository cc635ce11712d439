"""How much the texts of another file surprise a bundle that has learned from texts alone. Heavy: loads the model."""

from pathlib import Path
from typing import Any

import numpy as np

from pipeline.data.source import load_source
from pipeline.data.steps import mask
from pipeline.data.view import View, is_labelled
from pipeline.errors import N_, UnfitData
from pipeline.runs.bundle import BundleInfo
from pipeline.runs.spec import MOST_MEASURED, Recipe
from pipeline.runs.surprise import Surprise


def surprise_fresh(bundle: Path, info: BundleInfo, source_id: str) -> tuple[Surprise, int]:
    """What the model says to at most MOST_MEASURED rows of a Source, and how many rows have no text.

    Raises:
        DataError: the file lacks the bundle's column.
        UnfitData: no row has a text.
    """
    from pipeline.models.load import load_tokenizer
    from pipeline.training.pretraining.measure import surprise
    from pipeline.training.pretraining.prepare import load_model, objective_of, read_rows
    from pipeline.training.pretraining.trainee import trainee_kind
    from pipeline.training.writing.prepare import spread

    steps = (mask(info.masks),) if info.masks else ()
    view = View(source_id, info.text, info.label, (), written=True, raw=True, steps=steps)
    source, filled = load_source(source_id), np.flatnonzero(is_labelled(view))
    objective = objective_of(bundle, info)
    tokenizer: Any = load_tokenizer(bundle)
    model = load_model(bundle, objective)
    recipe, vocabulary = Recipe(max_length=info.max_length), int(model.config.vocab_size)
    chosen = spread(filled.tolist(), MOST_MEASURED) if len(filled) else []
    rows = read_rows(view, chosen, tokenizer, objective, recipe, vocabulary)
    if not len(rows):
        raise UnfitData(N_("No row of {name} has a text in {column}."), name=source.name, column=info.label)
    return surprise(trainee_kind(objective)(model, []), rows, "cpu"), source.rows - len(filled)
