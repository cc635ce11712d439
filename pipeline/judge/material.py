"""What is judged: prompts, and what each contestant answered to them. Knows no judge and no files of a run."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Contestant:
    """Who gave the answers: a run, a base model, or a column of a file."""

    name: str  # as people are shown it
    run: str = ""  # id of the run that answered; "" for a base model and for a file
    model: str = ""  # the base model it came from, or is; "" for a file


@dataclass(frozen=True)
class Item:
    """One prompt, what would be right, and what the contestants said."""

    row: int  # number in the file it comes from, from 0
    asked: str
    reference: str  # the right answer; "" where nobody has given one
    answers: tuple[str, ...]  # [contestants]
    group: str = ""  # what it is also counted under, such as the category of a ticket; "" for none


@dataclass(frozen=True)
class Material:
    """The answers of one or two contestants to the same prompts."""

    contestants: tuple[Contestant, ...]  # one or two
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.contestants) <= 2 or not self.items:
            raise ValueError("one or two contestants, and at least one item")
        if any(len(item.answers) != len(self.contestants) for item in self.items):
            raise ValueError("an answer of each contestant to each item")

    @property
    def referenced(self) -> bool:
        """Whether each prompt comes with a right answer."""
        return all(item.reference for item in self.items)


def digest(parts: Sequence[object]) -> str:
    """The same for the same content."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def to_json(material: Material) -> dict[str, Any]:
    """As JSON keeps it."""
    return asdict(material)


def from_json(content: dict[str, Any]) -> Material:
    """What ``to_json`` of a Material was."""
    items = tuple(Item(**{**one, "answers": tuple(one["answers"])}) for one in content["items"])
    return Material(tuple(Contestant(**one) for one in content["contestants"]), items)
