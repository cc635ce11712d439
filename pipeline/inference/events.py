"""What comes of an answer that is being written, as it comes: the prompt, each token, the end. Imports no torch.

Crosses from the model host to whoever asked as one line of JSON an event.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal

# Why an answer is over: the model ended it, it is as long as was allowed, or the model can read no more.
Reason = Literal["end", "length", "context"]


@dataclass(frozen=True)
class Began:
    """The model is ready, and this is what it reads."""

    prompt: str  # word for word, special tokens too
    tokens: int  # of the prompt
    left_out: int = 0  # turns of the conversation, the oldest ones, for which there was no room


@dataclass(frozen=True)
class Token:
    """One more token of the answer."""

    text: str  # what can be shown since the last one; "" while a character is not whole
    probability: float | None = None  # under the model's own distribution, 0 to 1; None where beams were followed
    alternatives: tuple[tuple[str, float], ...] = ()  # the most probable tokens in this place, often this one too


@dataclass(frozen=True)
class Ended:
    """Nothing more comes."""

    reason: Reason
    tokens: int  # of the answer, without the end token
    seconds: float  # from the first look at the prompt to the last token
    first: float  # seconds to the first token

    @property
    def tokens_per_second(self) -> float:
        """How fast it was written, the reading of the prompt included."""
        return self.tokens / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Waiting:
    """The model is at work, and there is nothing to show yet: a long prompt is read, or beams are followed."""


Event = Began | Token | Ended | Waiting
_KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in (Began, Token, Ended, Waiting)}


def to_line(event: Event) -> str:
    """One event as one line."""
    return json.dumps({"event": type(event).__name__, **dataclasses.asdict(event)}, ensure_ascii=False)


def from_content(content: dict[str, Any]) -> Event:
    """The event that a line holds, read as JSON."""
    values = {key: value for key, value in content.items() if key != "event"}
    if "alternatives" in values:
        values["alternatives"] = tuple((text, share) for text, share in values["alternatives"])
    return _KINDS[content["event"]](**values)
