"""A judge that says what a test wants, behind the interface that real ones have; and something to judge."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.judge import judgement as kept
from pipeline.judge.judge import JudgeInfo, Reply
from pipeline.judge.judgement import Judgement
from pipeline.judge.material import Contestant, Item, Material
from pipeline.judge.prompts import Prompt
from pipeline.judge.spec import JudgeSpec
from pipeline.runs import store

INFO = JudgeInfo("some-judge", "http://127.0.0.1:1/v1")


@dataclass
class Scripted:
    """Replies as ``say`` has it, and keeps what it was asked and how many questions were open at the same time."""

    say: Callable[[Prompt], str]
    at_once: int = 1
    info: JudgeInfo = INFO
    asked: list[Prompt] = field(default_factory=list)
    most_open: int = 0
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, prompt: Prompt) -> Reply:
        """As a server would."""
        with self._lock:
            self.asked.append(prompt)
            self._open += 1
            self.most_open = max(self.most_open, self._open)
        try:
            return Reply(self.say(prompt), tokens_read=10, tokens_written=3)
        finally:
            with self._lock:
                self._open -= 1

    def close(self) -> None:
        """Nothing to let go of."""


def material(count: int = 3, contestants: int = 2) -> Material:
    """Requests "question 0" and so on; the first contestant says "bad 0", the second "good 0"."""
    who = (Contestant("base"), Contestant("tuned"))[-contestants:]
    words = ("bad", "good")[-contestants:]
    items = tuple(
        Item(place, f"question {place}", f"right {place}", tuple(f"{word} {place}" for word in words))
        for place in range(count)
    )
    return Material(who, items)


def judgement(spec: JudgeSpec, of: Material | None = None, info: JudgeInfo = INFO) -> Judgement:
    """Kept in the workspace, with nothing asked yet."""
    made = Judgement(store.new_id(), "a judgement", "2026-01-01T00:00:00+00:00", "", info, spec, of or material())
    kept.save(made)
    return made


def likes_good(prompt: Prompt) -> str:
    """80 for a good answer, 20 for a bad one; of two the good one, whatever its place."""
    if prompt.kind == "score":
        return json.dumps({"score": 80 if "good" in prompt.user else 20, "reason": "as it is"})
    winner = "A" if prompt.user.index("good") < prompt.user.index("bad") else "B"
    return json.dumps({"winner": winner, "reason": "it is good"})
