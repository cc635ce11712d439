"""The tasks ``instruction`` and ``preference``: a row has an answer that the model learns to write, or two of which
it learns to prefer one.

What is measured while it learns; what the test answers are worth is for ``metrics.texts``.
"""

import math
from dataclasses import dataclass

from pipeline.data.view import View


@dataclass(frozen=True)
class Instruction:
    """A text that follows an instruction."""

    name: str = "instruction"
    problem_type: str = "text_generation"
    measures: tuple[str, ...] = ("bits_per_character", "perplexity")
    best_by: str = "bits_per_character"
    least: bool = True

    def names(self, view: View) -> tuple[str, ...]:
        """The column of the answers."""
        return (view.label,)


@dataclass(frozen=True)
class Preference(Instruction):
    """Of two answers the one that people prefer: direct preference optimization (DPO, Rafailov et al. 2023)."""

    name: str = "preference"
    measures: tuple[str, ...] = ("preference_accuracy", "margin")
    best_by: str = "loss"


INSTRUCTION = Instruction()
PREFERENCE = Preference()


def measure_writing(nats: float, tokens: int, characters: int) -> dict[str, float]:
    """How surprised a model is by the right answers of some rows.

    Args:
        nats: -log p of all their tokens, added up.
        tokens: how many these are.
        characters: that they spell.

    Returns:
        ``loss`` (nats a token), ``perplexity`` (its exponential) and ``bits_per_character``, the one figure that can be
        compared between models with different tokenizers.
    """
    loss = nats / max(1, tokens)
    return {
        "loss": loss,
        "perplexity": math.exp(min(loss, 700.0)),
        "bits_per_character": nats / math.log(2) / max(1, characters),
    }
