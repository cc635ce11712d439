"""Votes of a tasting: one line of JSON each, appended. Of one phone about one prompt, the last one counts.

A phone is a name drawn at random; nothing here says whose it is.
"""

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from pipeline.tasting.tasting import folder

FILE, LOCK = "votes.jsonl", "votes.lock"
# Far beyond a full hall; the file stays small enough to be read every second.
MOST_PHONES, MOST_LINES = 2_000, 50_000


@dataclass(frozen=True)
class Vote:
    """Which answer a phone found better."""

    phone: str
    prompt: int  # place in Tasting.pairs
    better: int  # 0: A, 1: B


class Box:
    """The votes of one tasting, to be counted and added to by many threads."""

    def __init__(self, tasting_id: str) -> None:
        self._folder = folder(tasting_id)
        self._guard = threading.Lock()
        with FileLock(self._folder / LOCK):
            _mend(self._folder / FILE)
        votes, self._lines = _read(self._folder / FILE)
        self._said = {(vote.phone, vote.prompt): vote.better for vote in votes}
        self._phones = {vote.phone for vote in votes}

    def said(self, phone: str) -> dict[int, int]:
        """What a phone has said so far: which answer was better, by prompt."""
        with self._guard:
            return {prompt: better for (one, prompt), better in self._said.items() if one == phone}

    def add(self, vote: Vote) -> bool:
        """Count a vote in place of the phone's earlier one; False where the box is full."""
        with self._guard:
            if self._said.get((vote.phone, vote.prompt)) == vote.better:
                return True
            new = vote.phone not in self._phones
            if self._lines >= MOST_LINES or (new and len(self._phones) >= MOST_PHONES):
                return False
            line = json.dumps(asdict(vote)) + "\n"
            with FileLock(self._folder / LOCK), (self._folder / FILE).open("a", encoding="utf-8") as file:
                file.write(line)
            self._lines += 1
            self._phones.add(vote.phone)
            self._said[vote.phone, vote.prompt] = vote.better
            return True


def read_votes(tasting_id: str) -> tuple[Vote, ...]:
    """The votes that count."""
    votes, _ = _read(folder(tasting_id) / FILE)
    return tuple({(vote.phone, vote.prompt): vote for vote in votes}.values())


def _read(path: Path) -> tuple[list[Vote], int]:
    if not path.is_file():
        return [], 0
    # What follows the last line break is being written at this moment.
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    votes = [Vote(**json.loads(line)) for line in whole.splitlines()]
    return votes, len(votes)


def _mend(path: Path) -> None:
    """Cut off half a line that a killed listener has left, so that the next one stands on a line of its own."""
    if path.is_file():
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            path.write_bytes(whole)
