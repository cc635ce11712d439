"""Asking a model, through the model host. Light: imports no torch, so pages and the server use it.

Starts the host where none answers. Knows HTTP on loopback and nothing of models.
"""

import contextlib
import dataclasses
import http.client
import json
import math
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import errors, system
from pipeline.data.conversation import Conversation
from pipeline.errors import N_, JobError, SettingError, TuneDeskError
from pipeline.inference.events import Ended, Event, from_content
from pipeline.inference.host import ADDRESS, CONTACT, ERROR, FAILURE, LOG
from pipeline.inference.neighbours import Neighbour
from pipeline.inference.sampling import Sampling
from pipeline.inference.shelf import Kind
from pipeline.settings import workspace

__all__ = ["Classified", "Neighbour", "classify", "find_key", "generate", "keep_key", "stop"]

# More texts than anybody pastes; a file of them is filled by a job, which shows how far it is.
MOST_TEXTS = 5_000
# Texts in one request: an answer comes soon, and others get their turn in between.
BATCH = 64
# Far beyond what a model reads of one text.
MOST_CHARACTERS = 20_000
# Loading the largest model of the catalogue from a cold disk, and one batch of the longest texts.
ANSWER_SECONDS = 180.0
START_SECONDS = 60.0
# A host that is told to end does so between two requests; what takes longer is stuck.
STOP_SECONDS = 10.0
_LOOK_SECONDS = 5.0

# Hosts that this process has started, by workspace: kept until they end, so that none stays behind as a zombie.
_children: dict[Path, subprocess.Popen[bytes]] = {}
_starting = threading.Lock()


@dataclass(frozen=True)
class Classified:
    """What a model says about one text, or about two that it compares."""

    text: str
    label: str  # the most probable one; "": the answer is a number
    confidence: float  # probability of the answer, 0 to 1 (of several labels: of the least sure); nan for a number
    probabilities: tuple[tuple[str, float], ...]  # every label with its probability, the most probable first; () so
    nearest: tuple[Neighbour, ...]  # labelled training rows most like the text, the most similar first
    labels: tuple[str, ...] = ()  # the answer: one label; where a row may have several, all of them, or none
    number: float | None = None  # the answer, where it is a number
    second: str = ""  # what the text was compared with


@dataclass(frozen=True)
class _Contact:
    port: int
    token: str


def classify(
    run_id: str, texts: Sequence[str], second: Sequence[str] | None = None, timeout: float = ANSWER_SECONDS
) -> list[Classified]:
    """What the model of a run says about each text, in their order.

    Args:
        run_id: a run of this workspace with a sealed bundle.
        texts: at most 5,000; of each, the first 20,000 characters are read.
        second: what each text is compared with, for a model that compares two.
        timeout: seconds to wait for one answer of 64 texts.

    Raises:
        RunError: the run has no model, or its files are damaged.
        SettingError: too many texts, or not one to compare with for each (or one where none is asked for).
        JobError: the model host could not be started, did not answer in time, or died while it answered; in
            that case it has been started again.
    """
    if len(texts) > MOST_TEXTS:
        raise SettingError(
            N_("{count} texts are too many at once: at most {limit}. Put them into a file and fill it instead."),
            count=len(texts),
            limit=MOST_TEXTS,
        )
    if second is not None and len(second) != len(texts):
        raise SettingError(
            N_("{count} texts and {others} to compare them with: give one for each."),
            count=len(texts),
            others=len(second),
        )
    found: list[Classified] = []
    for start in range(0, len(texts), BATCH):
        others = None if second is None else second[start : start + BATCH]
        found += _post(_host(), run_id, texts[start : start + BATCH], others, timeout)
    return found


def generate(
    kind: Kind,
    name: str,
    conversation: Conversation,
    sampling: Sampling,
    *,
    format: str = "",
    own: str = "",
    openings: Sequence[str] = (),
    timeout: float = ANSWER_SECONDS,
) -> Generator[Event]:
    """The answer to the last message, event by event; closing the generator ends the writing soon.

    Args:
        kind: what ``name`` names: a run by its id, or a base model of this machine.
        conversation: the last turn is a user's.
        sampling: how tokens are chosen.
        format: the prompt format; "": the model's.
        own: the template of the format ``own``.
        openings: texts of which the answer has to begin with one; () for any beginning.
        timeout: seconds to wait for the next sign of the host: loading a model is the longest.

    Raises:
        RunError, ModelError: there is no such model, it is damaged, or it writes nothing.
        SettingError, UnfitData: the conversation does not fit the model, or the format.
        OutOfMemory: there was not enough of it.
        JobError: the model host could not be started, did not answer in time, or died while it answered.
    """
    content = {
        "kind": kind,
        "name": name,
        "turns": [dataclasses.astuple(turn) for turn in conversation],
        "sampling": dataclasses.asdict(sampling),
        "format": format,
        "own": own,
        "openings": list(openings),
    }
    with contextlib.closing(_lines(_host(), content, timeout)) as lines:
        for line in lines:
            if line["event"] == ERROR:
                raise _rebuilt(line)
            if line["event"] == FAILURE:
                raise _failed(http.HTTPStatus.INTERNAL_SERVER_ERROR)
            event = from_content(line)
            yield event
            if isinstance(event, Ended):
                return
    raise _died()


def _lines(contact: _Contact, content: dict[str, Any], timeout: float) -> Generator[dict[str, Any]]:
    """What the host writes, line by line, until it ends or dies; closing this closes the connection."""
    connection = http.client.HTTPConnection(ADDRESS, contact.port, timeout=timeout)
    response = None
    try:
        response = _send(connection, contact, "POST", "/generate", content)
        if response.status != http.HTTPStatus.OK:
            raise _failed(response.status)
        for line in response:
            yield json.loads(line)
    except TimeoutError as error:
        raise _too_slow(timeout) from error
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return  # a line that was cut off, or none: who reads misses the end
    finally:
        if response is not None:
            response.close()
        connection.close()


@dataclass(frozen=True)
class HeldModel:
    """A model that the host holds in memory."""

    kind: Kind
    name: str  # id of a run, name of a base model
    bytes: int  # of its weights


def held() -> tuple[HeldModel, ...]:
    """What the model host holds, the one unused for longest first; () where no host runs. Starts none."""
    contact = _contact()
    if contact is None or not _answers(contact):
        return ()
    _, answer = _request(contact, "GET", "/state", None, _LOOK_SECONDS)
    return tuple(HeldModel(**one) for one in answer["held"])


def keep_key(origin: str, key: str) -> None:
    """Have the model host keep the key of a server in its memory, for half a day; "" forgets it.

    Raises:
        JobError: the model host could not be started, or died.
    """
    try:
        _request(_host(), "POST", "/keys", {"origin": origin, "key": key}, _LOOK_SECONDS)
    except (OSError, http.client.HTTPException) as error:
        raise _died() from error


def find_key(origin: str) -> str:
    """The key of a server; "" where none is known, or not any more. Starts no host."""
    contact = _contact()
    if contact is None or not _answers(contact):
        return ""
    _, answer = _request(contact, "POST", "/keys/find", {"origin": origin}, _LOOK_SECONDS)
    return str(answer.get("key", ""))


def stop() -> None:
    """End the model host of this workspace, if there is one, within seconds. Who asks next starts another."""
    contact, child = _contact(), _children.pop(workspace().home, None)
    answers = contact is not None and _answers(contact)
    if contact is not None and answers:
        _request(contact, "POST", "/stop", {}, _LOOK_SECONDS)
    if child is None:
        return
    try:
        # One that is just starting hears nobody yet, and nobody waits for it.
        child.wait(STOP_SECONDS if answers else 0)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _post(
    contact: _Contact, run_id: str, texts: Sequence[str], second: Sequence[str] | None, timeout: float
) -> list[Classified]:
    content = {"run": run_id, "texts": _cut(texts), "second": None if second is None else _cut(second)}
    try:
        status, answer = _request(contact, "POST", "/classify", content, timeout)
    except TimeoutError as error:
        raise _too_slow(timeout) from error
    except (OSError, http.client.HTTPException) as error:
        raise _died() from error
    if status == http.HTTPStatus.UNPROCESSABLE_ENTITY:
        raise _rebuilt(answer)
    if status != http.HTTPStatus.OK:
        raise _failed(status)
    pairs = zip(texts, second or [""] * len(texts), answer["answers"], strict=True)
    return [_classified(text, other, answer["labels"], one) for text, other, one in pairs]


def _too_slow(timeout: float) -> JobError:
    return JobError(
        N_("The model did not answer within {seconds} seconds. Ask again with fewer or shorter texts."),
        seconds=round(timeout),
    )


def _died() -> JobError:
    """The host has died; starts another one."""
    _host()
    return JobError(
        N_(
            "The model process ended while it was answering, perhaps for want of memory. It has been started "
            "again: ask once more, and close other programs or ask fewer texts at once if it ends again."
        )
    )


def _failed(status: int) -> JobError:
    return JobError(
        N_("The model process could not answer (code {status}). What went wrong stands in {log}."),
        status=int(status),
        log=str(workspace().home / LOG),
    )


def _cut(texts: Sequence[str]) -> list[str]:
    return [text[:MOST_CHARACTERS] for text in texts]


def _classified(text: str, second: str, labels: Sequence[str], answer: dict[str, Any]) -> Classified:
    nearest = tuple(Neighbour(**neighbour) for neighbour in answer["nearest"])
    if answer["number"] is not None:
        return Classified(text, "", math.nan, (), nearest, number=answer["number"], second=second)
    ranked = sorted(zip(labels, answer["scores"], strict=True), key=lambda pair: -pair[1])
    said = tuple(answer["labels"])
    return Classified(text, ranked[0][0], answer["confidence"], tuple(ranked), nearest, said, second=second)


def _rebuilt(answer: dict[str, Any]) -> TuneDeskError:
    kind: type[TuneDeskError] = getattr(errors, answer["kind"])
    return kind(answer["message"], **answer["values"])


def _host() -> _Contact:
    """Who answers for this workspace; started first where nobody does."""
    contact = _contact()
    if contact is not None and _answers(contact):
        return contact
    with _starting:
        return _start()


def _start() -> _Contact:
    deadline = time.monotonic() + START_SECONDS
    home = workspace().home
    while time.monotonic() < deadline:
        contact = _contact()
        if contact is not None and _answers(contact):
            return contact
        # A host that finds another one alive leaves again; if that one was just about to end, it is needed after all.
        if home not in _children or _children[home].poll() is not None:
            _children[home] = _spawn(home)
        time.sleep(0.05)
    raise JobError(
        N_("The model process did not start within {seconds} seconds. What went wrong stands in {log}."),
        seconds=round(START_SECONDS),
        log=str(workspace().home / LOG),
    )


def _spawn(home: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pipeline.inference.host", str(home)]
    with (home / LOG).open("ab") as output:
        return system.start_detached(command, output)


def _contact() -> _Contact | None:
    path = workspace().home / CONTACT
    try:
        return _Contact(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _answers(contact: _Contact) -> bool:
    """Whether the host lives: a killed one leaves its contact behind, and its port may be somebody else's by now."""
    try:
        status, answer = _request(contact, "GET", "/state", None, _LOOK_SECONDS)
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return False
    return status == http.HTTPStatus.OK and "pid" in answer


def _request(
    contact: _Contact, method: str, path: str, content: dict[str, Any] | None, timeout: float
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection(ADDRESS, contact.port, timeout=timeout)
    try:
        response = _send(connection, contact, method, path, content)
        answer: dict[str, Any] = json.loads(response.read())
        return response.status, answer
    finally:
        connection.close()


def _send(
    connection: http.client.HTTPConnection, contact: _Contact, method: str, path: str, content: dict[str, Any] | None
) -> http.client.HTTPResponse:
    body = None if content is None else json.dumps(content, ensure_ascii=False).encode()
    connection.request(method, path, body, {"Authorization": f"Bearer {contact.token}"})
    return connection.getresponse()
