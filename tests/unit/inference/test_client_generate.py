"""Somebody asks a model that writes and gets its answer token by token, whoever else is asking."""

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.data.conversation import single
from pipeline.errors import JobError, ModelNotReady, RunError, SettingError
from pipeline.inference import client
from pipeline.inference.events import Began, Ended, Event, Token
from pipeline.inference.host import LOG, GoneError, Host
from pipeline.inference.sampling import GREEDY, Sampling
from pipeline.settings import Workspace
from tests.tiny_writers import ANSWERS, write_base, write_bundle, write_rewriter

pytestmark = pytest.mark.usefixtures("host")
ENDLESS = Sampling(temperature=1.5, top_k=0, top_p=1.0, max_new_tokens=200)
ASKED = "打印机坏了"


@pytest.fixture
def writer(home: Workspace) -> str:
    """A base model that knows a few answers by heart."""
    return write_base(home.models / "writer").name


def ask(name: str, asked: str = ASKED, sampling: Sampling = GREEDY) -> list[Event]:
    return [*client.generate("model", name, single(asked, ""), sampling)]


def text(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def state() -> dict[str, Any]:
    contact = client._contact()
    assert contact is not None
    return client._request(contact, "GET", "/state", None, 10)[1]


def pid() -> int:
    return int(state()["pid"])


def test_a_base_model_and_a_run_answer_token_by_token_and_nothing_is_written_down(writer: str, home: Workspace) -> None:
    write_bundle(home.runs / "a1" / "bundle", "mine", {"hi": "再见"})
    events = ask(writer)
    assert isinstance(events[0], Began)
    assert isinstance(events[-1], Ended)
    assert text(events) == ANSWERS[ASKED]
    assert text([*client.generate("run", "a1", single("hi", ""), GREEDY)]) == "再见"
    held = client.held()
    assert [(one.kind, one.name) for one in held] == [("model", "writer"), ("run", "a1")]
    assert all(one.bytes > 0 for one in held)
    assert "打印机" not in (home.home / LOG).read_text(encoding="utf-8")


def test_beams_of_a_rewriter_bring_the_text_at_once(home: Workspace) -> None:
    write_rewriter(home.models / "t5")
    events = ask("t5", "please refund", dataclasses.replace(GREEDY, num_beams=3, max_new_tokens=6))
    assert isinstance(events[-1], Ended)
    assert events[-1].tokens == len([event for event in events if isinstance(event, Token)])


def test_answers_that_are_written_at_once_take_turns(writer: str) -> None:
    first = client.generate("model", writer, single("hello", ""), ENDLESS)
    taken = [next(first) for _ in range(3)]
    second = ask(writer)  # is answered as a whole while the first one has hardly begun
    assert text(second) == ANSWERS[ASKED]
    rest = [*first]
    assert text([*taken, *rest]) == text(ask(writer, "hello", ENDLESS))


def test_a_label_is_given_while_a_long_answer_is_written(writer: str, make_run: Callable[..., Path]) -> None:
    make_run("a1")
    answer = client.generate("model", writer, single("hello", ""), ENDLESS)
    next(answer)
    assert client.classify("a1", ["打印机"])[0].label
    assert isinstance([*answer][-1], Ended)


def test_who_goes_away_is_noticed(writer: str) -> None:
    answer = client.generate("model", writer, single("hello", ""), ENDLESS)
    next(answer)
    answer.close()
    process = psutil.Process(pid())
    while any(link.status == psutil.CONN_ESTABLISHED for link in process.net_connections("inet")):
        pass
    assert text(ask(writer)) == ANSWERS[ASKED]


def test_nothing_more_is_written_for_who_has_left(writer: str) -> None:
    heard: list[Event] = []

    def hear(event: Event) -> None:
        heard.append(event)
        if len(heard) == 3:
            raise GoneError

    request = {"kind": "model", "name": writer, "turns": [["user", "hello", ""]], "sampling": vars(ENDLESS)}
    with Host(limit=10) as host:
        with pytest.raises(GoneError):
            host.generate(request, hear)
        assert len(heard) == 3
        host._shelf.lend("model", writer)  # it was given back, and nobody holds the lock
        host.generate(request | {"sampling": vars(GREEDY)}, heard.append)
    assert isinstance(heard[-1], Ended)


@pytest.mark.parametrize(
    ("kind", "name", "error"), [("model", "SmolLM2-135M-Instruct", ModelNotReady), ("run", "nothing", RunError)]
)
def test_what_is_wrong_with_a_model_is_said_as_the_host_says_it(
    home: Workspace, kind: str, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        next(client.generate(kind, name, single("a", ""), GREEDY))  # type: ignore[arg-type]


def test_a_prompt_that_is_too_long_is_refused_with_its_length(writer: str) -> None:
    with pytest.raises(SettingError, match="this model reads at most 256"):
        ask(writer, "x" * 300)


def test_a_host_that_dies_while_it_writes_is_started_again_and_said(writer: str) -> None:
    answer = client.generate("model", writer, single("hello", ""), ENDLESS)
    next(answer)
    process = psutil.Process(pid())
    process.kill()
    process.wait(10)
    with pytest.raises(JobError, match="ended while it was answering"):
        list(answer)
    assert pid() != process.pid
    assert text(ask(writer)) == ANSWERS[ASKED]


def test_several_who_ask_at_once_all_get_their_answers(writer: str) -> None:
    answers: list[str] = []
    asked = [*ANSWERS] * 3
    threads = [threading.Thread(target=lambda one=one: answers.append(text(ask(writer, one)))) for one in asked]  # type: ignore[misc]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(ANSWERS[one] for one in asked)
