"""A tasting as it is kept: prompts with two answers each, written beforehand. Never changed after it was saved.

Answers stand in the order A, B everywhere but on a phone. Knows neither models nor votes nor phones.
"""

import json
import re
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.errors import N_, DataError
from pipeline.files import write_text
from pipeline.settings import workspace

FILE = "tasting.json"
MOST_PROMPTS = 12  # more than a room has patience for
_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Pair:
    """A prompt and what both models answered to it."""

    prompt: str
    answers: tuple[str, str]  # of A, of B


@dataclass(frozen=True)
class Tasting:
    """What is tasted, and the two secrets of it."""

    models: tuple[str, str]  # what A and B are called; which is which is drawn by lot
    pairs: tuple[Pair, ...]
    same: tuple[str, ...]  # prompts that were left out: both answers were the same, or one was blank
    sampling: dict[str, float]  # the fields of Sampling, for whoever wants to know how the answers were drawn
    created: str  # ISO 8601, UTC
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))  # in the link: who has it may vote
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))  # never leaves this machine


def folder(tasting_id: str) -> Path:
    """Where a tasting and its votes are kept."""
    return workspace().tastings / tasting_id


def save(tasting: Tasting) -> None:
    """Keep a tasting, in a folder that only the owner of the workspace can read."""
    folder(tasting.id).mkdir(parents=True, mode=0o700)
    write_text(folder(tasting.id) / FILE, json.dumps(asdict(tasting), ensure_ascii=False, indent=1))


def load(tasting_id: str) -> Tasting:
    """The tasting of that id.

    Raises:
        DataError: there is none.
    """
    path = folder(tasting_id) / FILE
    if not _ID.fullmatch(tasting_id) or not path.is_file():
        raise DataError(N_("This tasting is not kept here. See the list of tastings."))
    content = json.loads(path.read_text(encoding="utf-8"))
    first, second = content.pop("models")
    pairs = tuple(Pair(one["prompt"], (one["answers"][0], one["answers"][1])) for one in content.pop("pairs"))
    return Tasting((first, second), pairs, tuple(content.pop("same")), **content)


def load_all() -> tuple[Tasting, ...]:
    """All of this workspace, the newest first."""
    names = (path.parent.name for path in workspace().tastings.glob(f"*/{FILE}"))
    found = (load(name) for name in names if _ID.fullmatch(name))
    return tuple(sorted(found, key=lambda one: one.created, reverse=True))
