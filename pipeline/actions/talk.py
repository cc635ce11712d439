"""Conversations with one model, or with two side by side: written in the background while somebody looks on.

They are kept in the memory of this process alone, under an id that nobody can guess: a refresh of a page finds its
conversation again, a restart of the server loses it, and nothing of it is on the disk. Imports no torch.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from pipeline.actions.use import bundle_of, classify
from pipeline.actions.write import LABELS, Partner
from pipeline.data.conversation import Conversation, Turn
from pipeline.errors import TuneDeskError
from pipeline.inference import client
from pipeline.inference.client import Classified
from pipeline.inference.events import Began, Ended, Token
from pipeline.inference.sampling import Sampling
from pipeline.runs.bundle import read_info
from pipeline.tasks.task import read_inputs

# Conversations that are kept at once; the one that was looked at longest ago goes first.
MOST_TALKS = 200
# A page looks several times a second, one in the background once a minute. Who does not has gone away.
ABANDONED_SECONDS = 90.0

State = Literal["writing", "done", "stopped", "failed"]


@dataclass
class Answer:
    """What one model says to one message, as far as it has come. One thread writes it, others read."""

    partner: Partner
    sampling: Sampling
    state: State = "writing"
    prompt: Began | None = None  # what it read; None while it is loaded
    tokens: list[Token] = field(default_factory=list)
    end: Ended | None = None
    label: Classified | None = None  # of a run that labels
    error: TuneDeskError | None = None  # why it failed; None there too where it was a bug
    begun: float = 0.0  # time.monotonic() when the prompt was ready to be read
    rate: float = 0.0  # tokens a second so far

    @property
    def text(self) -> str:
        """All that can be shown so far; of a run that labels, its answer."""
        if self.label is None:
            return "".join(token.text for token in self.tokens)
        if self.label.number is not None:
            return f"{self.label.number:g}"
        return ", ".join(self.label.labels) or "–"

    @property
    def worth_remembering(self) -> bool:
        """Whether it can be part of what is said next."""
        return self.state in ("done", "stopped") and self.label is None and bool(self.text.strip())


@dataclass(frozen=True)
class Exchange:
    """A message and what was said to it."""

    asked: str
    answers: tuple[Answer, ...]  # one, or two side by side

    @property
    def writing(self) -> bool:
        """Whether an answer is still being written."""
        return any(answer.state == "writing" for answer in self.answers)


class Talk:
    """A conversation."""

    def __init__(self) -> None:
        self.id = secrets.token_urlsafe(9)
        self.exchanges: list[Exchange] = []
        self._looked = time.monotonic()
        self._work: list[threading.Thread] = []

    @property
    def writing(self) -> bool:
        """Whether an answer is still being written."""
        return bool(self.exchanges) and self.exchanges[-1].writing

    def ask(
        self, text: str, partners: Sequence[Partner], sampling: Sampling, *, system: str = "", format: str = ""
    ) -> None:
        """Say something to one model or two, which answer in the background; each goes on from its own answers.

        Args:
            text: the message.
            partners: who answers, in the order of their places beside each other.
            sampling: the same for all of them.
            system: what they are told for the whole conversation.
            format: the prompt format; "": each model's own.
        """
        self.look()
        answers = tuple(Answer(partner, sampling) for partner in partners)
        conversations = [self._so_far(place, system, text) for place in range(len(partners))]
        self.exchanges.append(Exchange(text, answers))
        self._work = [
            threading.Thread(target=self._answer, args=(answer, conversation, format), daemon=True)
            for answer, conversation in zip(answers, conversations, strict=True)
        ]
        for work in self._work:
            work.start()

    def wait(self) -> None:
        """Return once nothing is being written any more."""
        for work in self._work:
            work.join()

    def stop(self) -> None:
        """End what is being written; what there is of it stays."""
        for answer in self.exchanges[-1].answers if self.exchanges else ():
            if answer.state == "writing":
                answer.state = "stopped"

    def take_back(self) -> str:
        """Forget the last message and its answers; returns the message."""
        self.stop()
        return self.exchanges.pop().asked

    def look(self) -> None:
        """Somebody is here."""
        self._looked = time.monotonic()

    def _so_far(self, place: int, system: str, text: str) -> Conversation:
        turns = [Turn("system", system.strip())] if system.strip() else []
        for exchange in self.exchanges:
            answer = exchange.answers[min(place, len(exchange.answers) - 1)]
            if answer.worth_remembering:
                turns += [Turn("user", exchange.asked), Turn("assistant", answer.text)]
        return (*turns, Turn("user", text))

    def _answer(self, answer: Answer, conversation: Conversation, format: str) -> None:
        try:
            if answer.partner.family == LABELS:
                answer.label = _label(answer.partner.id, conversation[-1].text)
            else:
                self._write(answer, conversation, format)
        except TuneDeskError as error:
            answer.error = error
            answer.state = "failed"
        except Exception:
            answer.state = "failed"  # a bug: the page says so, and the traceback goes to the server's log
            raise
        else:
            answer.state = "done" if answer.state == "writing" else answer.state

    def _write(self, answer: Answer, conversation: Conversation, format: str) -> None:
        partner = answer.partner
        events = client.generate(partner.kind, partner.id, conversation, answer.sampling, format=format)
        with closing(events):
            for event in events:
                if time.monotonic() > self._looked + ABANDONED_SECONDS:
                    answer.state = "stopped"
                if answer.state != "writing":
                    return
                _take(answer, event)


def _take(answer: Answer, event: object) -> None:
    if isinstance(event, Began):
        answer.prompt, answer.begun = event, time.monotonic()
    elif isinstance(event, Token):
        answer.tokens.append(event)
        answer.rate = len(answer.tokens) / max(time.monotonic() - answer.begun, 1e-3)
    elif isinstance(event, Ended):
        answer.end, answer.rate = event, event.tokens_per_second


def _label(run_id: str, text: str) -> Classified:
    """What a run says of a text; where it reads several columns, the text stands in the first one."""
    info = read_info(bundle_of(run_id))
    cells = {name: [text if place == 0 else ""] for place, name in enumerate(info.text)}
    (answer,) = classify(run_id, read_inputs(info, pd.DataFrame(cells, dtype=str)).first)
    return answer


_talks: OrderedDict[str, Talk] = OrderedDict()
_guard = threading.Lock()


def find_talk(talk_id: str) -> Talk | None:
    """The conversation of that id, None where it is not kept any more."""
    with _guard:
        found = _talks.get(talk_id)
        if found is not None:
            _talks.move_to_end(talk_id)
            found.look()
        return found


def new_talk() -> Talk:
    """A conversation in which nothing has been said yet."""
    talk = Talk()
    with _guard:
        _talks[talk.id] = talk
        while len(_talks) > MOST_TALKS:
            _, oldest = _talks.popitem(last=False)
            oldest.stop()
    return talk
