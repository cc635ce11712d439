"""A judge behind an address: any server that speaks OpenAI's chat completions (Ollama, vLLM, llama.cpp, a hosted one).

Knows what such servers take, refuse and reply. HTTP is ``connection``'s business, which addresses may be asked
``address``'s, and what a reply means ``reply``'s.

A server is asked in the form that it takes: the first question goes through ``FORMS`` until one is not refused, and
the judge remembers which. A reply counts as structured only if it holds to the schema: some servers ignore it.
"""

import json
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from pipeline.errors import N_, JudgeError
from pipeline.judge.address import Place
from pipeline.judge.connection import NO_ENTRY, Answer, Connection, Transient, ask_for_models, names_in, silent, whole
from pipeline.judge.judge import USUAL_LIMITS, JudgeInfo, Limits, Reply, Unanswered
from pipeline.judge.keys import Key
from pipeline.judge.pace import Clock, Pace, RealClock, wait_after
from pipeline.judge.prompts import Prompt

TRIES = 5
ANSWER_SECONDS = 120.0  # a question, its model not loaded yet, on a slow machine
# Tokens of a reply: with a sentence, without; and what a model that thinks first may think.
ROOM, BARE_ROOM, THINKING_ROOM = 200, 40, 4096
_LISTED = 20  # names of models that an error shows
# What an unlisted model is asked, to see whether it answers at all.
_PROBE = Prompt("Reply with JSON only.", '{"score": a whole number from 0 to 100}', "score", reasons=False)

_NO_SUCH = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE)
_NOT_LIKE_THIS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_IMPLEMENTED)


@dataclass(frozen=True)
class Form:
    """One way of asking."""

    structured: bool  # with the schema of the reply
    fixed: bool = True  # with temperature 0 and max_tokens; models that think first take neither
    apart: bool = True  # the instruction as a message of the system; some chat templates have none

    def body(self, model: str, prompt: Prompt, room: int) -> dict[str, Any]:
        """What is sent."""
        turns = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        joined = [{"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}]
        body: dict[str, Any] = {"model": model, "messages": turns if self.apart else joined, "stream": False}
        body |= {"temperature": 0, "max_tokens": room} if self.fixed else {"max_completion_tokens": room}
        if self.structured:
            schema = {"name": "verdict", "strict": True, "schema": prompt.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return body


FORMS = (
    Form(structured=True),
    Form(structured=False),
    Form(structured=True, fixed=False),
    Form(structured=False, fixed=False),
    Form(structured=False, apart=False),
)


class EndpointJudge:
    """A model behind an address."""

    def __init__(
        self,
        info: JudgeInfo,
        place: Place,
        key: Key | None = None,
        *,
        limits: Limits = USUAL_LIMITS,
        timeout: float = ANSWER_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        """``timeout``: seconds for one answer."""
        self._info = info
        self._at_once = limits.at_once
        self._own_clock = RealClock()
        self._clock = clock or self._own_clock
        self._connection = Connection(place, key, timeout, limits.at_once)
        self._pace = Pace(self._clock, limits.a_minute)
        self._form: Form | None = None  # that the server has taken
        self._thinks = False
        self._closed = threading.Event()

    @property
    def info(self) -> JudgeInfo:
        """As ``Judge``."""
        return self._info

    @property
    def at_once(self) -> int:
        """As ``Judge``."""
        return self._at_once

    def ask(self, prompt: Prompt) -> Reply:
        """As ``Judge``."""
        room = THINKING_ROOM if self._thinks else ROOM if prompt.reasons else BARE_ROOM
        reply, thinks = self._ask(prompt, room)
        if reply.cut and thinks and room < THINKING_ROOM:
            self._thinks = True
            reply, _ = self._ask(prompt, THINKING_ROOM)
        return reply

    def check(self) -> None:
        """Find out before the first question whether there is a server that takes questions to this model.

        A model that the server does not list is asked something: some servers answer for more than they list, and a
        key may be good for asking and not for listing.

        Raises:
            JudgeError: there is none; says what to do.
        """
        names = names_in(ask_for_models(self._connection), self._connection.key)
        if self._info.model in names:
            return
        try:
            self.ask(_PROBE)
        except Unanswered as none:
            if none.why != "refused":
                raise silent(self._connection.place, none.why) from None
            raise JudgeError(
                N_("{host} takes no questions to the model “{model}”. Models that it lists: {known}."),
                host=self._connection.place.address.host,
                model=self._info.model,
                known=", ".join(names[:_LISTED]) or "-",
            ) from None

    def close(self) -> None:
        """As ``Judge``: nobody waits for another try any more."""
        self._closed.set()
        self._own_clock.stop()
        self._connection.close()

    def _ask(self, prompt: Prompt, room: int) -> tuple[Reply, bool]:
        """The reply in at most so many tokens, and whether the model thinks before it replies."""
        known = self._form
        for form in (known,) if known else FORMS:
            answer = self._try("POST", "/chat/completions", form.body(self._info.model, prompt, room))
            if answer.status not in _NOT_LIKE_THIS:
                self._require_answer(answer)
                self._form = form
                return self._read(answer, prompt, form)
        raise Unanswered("refused")

    def _try(self, method: str, path: str, content: dict[str, Any]) -> Answer:
        """Ask until there is an answer that asking again would not change.

        Raises:
            Unanswered: there is none after some tries.
            JudgeError: a redirect.
        """
        tries = 0
        while True:
            tries += 1
            self._pace.take_turn()
            try:
                return self._once(method, path, content)
            except Transient as failure:
                if tries == TRIES or self._closed.is_set():
                    raise Unanswered(failure.why) from None
                if failure.away is not None:
                    self._pace.stay_away(failure.away)
            self._clock.wait(wait_after(tries))

    def _once(self, method: str, path: str, content: dict[str, Any]) -> Answer:
        if self._closed.is_set():
            raise Transient("failed")
        try:
            answer = self._connection.send(method, path, content)
        except RuntimeError:
            if self._closed.is_set():  # in the middle of it
                raise Transient("failed") from None
            raise
        busy = answer.status == HTTPStatus.TOO_MANY_REQUESTS and not _spent(answer)
        if busy or (answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in _NOT_LIKE_THIS):
            raise Transient("failed", answer.away)
        if answer.status == HTTPStatus.REQUEST_TIMEOUT:
            raise Transient("slow", answer.away)
        if answer.status == HTTPStatus.OK and _choice(answer) is None:
            raise Transient("failed")  # broken off, or no such server
        return answer

    def _require_answer(self, answer: Answer) -> None:
        host = self._connection.place.address.host
        if answer.status == HTTPStatus.OK:
            return
        if answer.status in NO_ENTRY:
            raise self._connection.no_entry()
        if answer.status in _NO_SUCH:
            raise JudgeError(
                N_(
                    "{host} knows no model “{model}”, or does not answer below {base}. Check both; the address usually "
                    "ends in /v1."
                ),
                host=host,
                model=self._info.model,
                base=self._connection.place.address.base,
            )
        if answer.status == HTTPStatus.PAYMENT_REQUIRED or _spent(answer):
            raise JudgeError(
                N_("The account at {host} has nothing left to pay with. Top it up, or choose another judge."), host=host
            )
        raise Unanswered("refused")

    def _read(self, answer: Answer, prompt: Prompt, form: Form) -> tuple[Reply, bool]:
        content, choice = answer.json(), _choice(answer)
        assert choice is not None
        said = choice["message"]
        text = _text(said.get("content"))
        if self._connection.key is not None:
            text = self._connection.key.hidden_in(text)
        if choice.get("finish_reason") == "content_filter" or (said.get("refusal") and not text):
            raise Unanswered("refused")
        usage = content.get("usage")
        read, written = (_count(usage, f"{part}_tokens") for part in ("prompt", "completion"))
        cut = choice.get("finish_reason") == "length"
        thinks = bool(said.get("reasoning_content") or said.get("reasoning")) or not text or "<think>" in text
        return Reply(text, read, written, cut, form.structured and _holds_to(prompt, text)), thinks


def _choice(answer: Answer) -> dict[str, Any] | None:
    """The one reply in an answer; None where it has not the form of one."""
    choices = answer.json().get("choices")
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], dict):
        return None
    choice: dict[str, Any] = choices[0]
    return choice if isinstance(choice.get("message"), dict) else None


def _text(content: object) -> str:
    """What a message says: a text, or a list of parts of which some are texts."""
    if isinstance(content, list):
        content = "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return whole(content) if isinstance(content, str) else ""


def _count(usage: object, name: str) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


def _holds_to(prompt: Prompt, text: str) -> bool:
    """Whether the whole reply is the object that was asked for."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and set(content) == set(prompt.schema["required"])


def _spent(answer: Answer) -> bool:
    """Whether a server that says "too many" means money: waiting does not help."""
    error = answer.json().get("error")
    return answer.status == HTTPStatus.TOO_MANY_REQUESTS and (
        isinstance(error, dict) and "insufficient_quota" in (error.get("code"), error.get("type"))
    )
