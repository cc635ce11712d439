"""A conversation is written in the background, by one model or two, and can be stopped, taken back and gone on with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.actions import talk as talks
from pipeline.actions.talk import find_talk, new_talk
from pipeline.actions.write import Partner
from pipeline.errors import ModelNotReady
from pipeline.inference import client
from pipeline.inference.sampling import GREEDY, Sampling
from pipeline.settings import Workspace
from tests.tiny_writers import ANSWERS, write_base

ENDLESS = Sampling(temperature=1.5, top_k=0, top_p=1.0, max_new_tokens=240)
ASKED = "打印机坏了"


@pytest.fixture
def partner(home: Workspace) -> Iterator[Partner]:
    """A base model that knows a few answers by heart; whatever host is started for it ends with the test."""
    folder: Path = write_base(home.models / "writer")
    yield Partner("model", folder.name, folder.name, "decoder", "")
    client.stop()


def test_one_model_answers_with_its_prompt_and_speed(partner: Partner) -> None:
    talk = new_talk()
    talk.ask(ASKED, [partner], GREEDY)
    assert talk.writing
    talk.wait()
    (answer,) = talk.exchanges[0].answers
    assert (answer.state, answer.text) == ("done", ANSWERS[ASKED])
    assert answer.prompt is not None
    assert answer.prompt.prompt == f"<|user|>{ASKED}<|end|><|assistant|>"
    assert answer.rate > 0


def test_two_go_on_each_from_its_own_answers(partner: Partner) -> None:
    talk = new_talk()
    talk.ask("hello", [partner, partner], GREEDY, system="Be kind.")
    talk.wait()
    talk.exchanges[0].answers[1].tokens.clear()  # the second one has said nothing that it could go on from
    talk.ask(ASKED, [partner, partner], GREEDY)
    talk.wait()
    first, second = (answer.prompt.prompt for answer in talk.exchanges[1].answers if answer.prompt)
    assert first == f"<|user|>hello<|end|><|assistant|>{ANSWERS['hello']}<|end|><|user|>{ASKED}<|end|><|assistant|>"
    assert second == f"<|user|>{ASKED}<|end|><|assistant|>"
    opening = talk.exchanges[0].answers[0].prompt
    assert opening is not None
    assert opening.prompt.startswith("<|system|>Be kind.<|end|>")


def test_what_was_stopped_keeps_what_there_is_and_grows_no_more(partner: Partner) -> None:
    talk = new_talk()
    talk.ask("hello", [partner], ENDLESS)
    (answer,) = talk.exchanges[0].answers
    while not answer.tokens:
        pass
    talk.stop()
    assert not talk.writing
    talk.wait()
    written = len(answer.tokens)
    assert answer.state == "stopped"
    assert 0 < written < 240
    assert talk.take_back() == "hello"
    assert talk.exchanges == []


def test_a_failure_is_part_of_the_conversation_and_what_comes_after_does_not_remember_it(partner: Partner) -> None:
    talk = new_talk()
    talk.ask("hello", [Partner("model", "SmolLM2-135M-Instruct", "SmolLM2", "decoder", "")], GREEDY)
    talk.wait()
    (answer,) = talk.exchanges[0].answers
    assert answer.state == "failed"
    assert isinstance(answer.error, ModelNotReady)
    talk.ask(ASKED, [partner], GREEDY)
    talk.wait()
    assert talk.exchanges[1].answers[0].text == ANSWERS[ASKED]


def test_what_nobody_looks_at_is_stopped(partner: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talks, "ABANDONED_SECONDS", -1.0)
    talk = new_talk()
    talk.ask("hello", [partner], ENDLESS)
    talk.wait()
    assert talk.exchanges[0].answers[0].state == "stopped"
    assert len(talk.exchanges[0].answers[0].tokens) < 240


def test_conversations_are_found_again_by_an_id_that_nobody_guesses_and_the_oldest_leaves(
    home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talks, "MOST_TALKS", 2)
    first, second = new_talk(), new_talk()
    assert len(first.id) >= 12
    assert find_talk(first.id) is first
    new_talk()
    assert find_talk(second.id) is None
    assert find_talk(first.id) is first
