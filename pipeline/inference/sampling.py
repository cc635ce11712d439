"""How an answer is drawn: the settings of generation, their ranges and what each is for. Imports no torch.

Knows neither models nor prompts; ``generate`` carries it out.
"""

import dataclasses
from dataclasses import dataclass

from pipeline.errors import N_, SettingError
from pipeline.runs.spec import setting

# Each field from ... to ..., both allowed.
RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 5),
    "top_k": (0, 1_000_000),
    "top_p": (0.01, 1),
    "repetition_penalty": (0.5, 5),
    "num_beams": (1, 32),
    "max_new_tokens": (1, 32_768),
    "seed": (0, 2**63 - 1),
}
# Beams of a model that rewrites a text: it has one right answer more often than one that chats.
REWRITING_BEAMS = 4


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen, again and again.

    Raises:
        SettingError: a field is out of its range.
    """

    temperature: float = setting(
        0.7, N_("How freely words are chosen: 0 always takes the most probable one, above 1 answers become wild.")
    )
    top_k: int = setting(50, N_("Only this many of the most probable tokens are drawn from; 0: from all."))
    top_p: float = setting(
        0.9, N_("Only the most probable tokens that together have this probability are drawn from; 1: all of them.")
    )
    repetition_penalty: float = setting(
        1.1, N_("Makes words that have been said less probable; 1 leaves them. Raise it if answers go in circles.")
    )
    num_beams: int = setting(
        1,
        N_(
            "How many answers are followed at once; the most probable one is kept. Above 1 nothing is drawn at "
            "random, and the text comes all at once."
        ),
    )
    max_new_tokens: int = setting(256, N_("The longest answer, in tokens: about three quarters as many English words."))
    seed: int = setting(0, N_("The same seed draws the same answer again; another one draws another answer."))

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingError(
                    N_("The setting {name} is “{value}”; it must be a number from {low} to {high}."),
                    name=name,
                    value=value,
                    low=f"{low:g}",
                    high=f"{high:g}",
                )

    @property
    def draws(self) -> bool:
        """Whether chance has a part in the answer."""
        return self.temperature > 0 and self.num_beams == 1


GREEDY = Sampling(temperature=0.0, repetition_penalty=1.0)


def usual(family: str) -> Sampling:
    """What to begin with: a decoder draws; an encoder-decoder looks for the most probable answer as a whole."""
    if family == "encoder-decoder":
        return dataclasses.replace(GREEDY, num_beams=REWRITING_BEAMS)
    return Sampling()
