"""The task ``pretraining``: nothing is asked of a row, a model goes on learning the language of its texts.

What is hidden from a model depends on its family; what is measured while it learns stands here.
"""

import dataclasses
from dataclasses import dataclass
from typing import Literal

from pipeline.data.view import View
from pipeline.tasks.instruction import measure_writing

# causal: every token is foretold from those before it (decoders); masked: hidden words from those around them
# (encoders, BERT); spans: stretches of words that were cut out are written (encoder-decoders, T5).
Objective = Literal["causal", "masked", "spans"]
OBJECTIVES: dict[str, Objective] = {"decoder": "causal", "encoder": "masked", "encoder-decoder": "spans"}


@dataclass(frozen=True)
class Pretraining:
    """The texts of a file, as they are."""

    name: str = "pretraining"
    problem_type: str = "language_modelling"
    measures: tuple[str, ...] = ("bits_per_character", "perplexity")
    best_by: str = "loss"
    least: bool = True

    def names(self, view: View) -> tuple[str, ...]:
        """The column of the texts."""
        return (view.label,)


PRETRAINING = Pretraining()
# What a hidden word costs tells nothing of the characters around it: no bits a character.
_HIDING = dataclasses.replace(PRETRAINING, measures=("masked_accuracy", "perplexity"))


def of_family(family: str) -> Pretraining:
    """What is measured of a base model of this family."""
    return PRETRAINING if OBJECTIVES[family] == "causal" else _HIDING


def measure_texts(objective: Objective, nats: float, tokens: int, characters: int, share: float) -> dict[str, float]:
    """How surprised a model is by texts.

    Args:
        objective: what was hidden from it.
        nats: -log p of all hidden tokens, added up.
        tokens: how many these are.
        characters: of the texts.
        share: of the hidden tokens that are words, those that were guessed right.

    Returns:
        ``loss`` and ``perplexity`` a token, with ``bits_per_character`` where all of a text is foretold, else with
        ``masked_accuracy``.
    """
    figures = measure_writing(nats, tokens, characters)
    if objective != "causal":
        del figures["bits_per_character"]
        figures["masked_accuracy"] = share
    return figures
