"""Conversations as files hold them."""

import json

import pytest

from pipeline.data.conversation import Turn, read_messages, single
from pipeline.errors import UnfitData

SAID = (Turn("system", "Be kind."), Turn("user", "Hi"), Turn("assistant", "Hello"))


def test_both_customs_are_read_alike():
    openai = [{"role": turn.role, "content": f" {turn.text} "} for turn in SAID]
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    sharegpt = [{"from": names[turn.role], "value": turn.text} for turn in SAID]
    for content in (openai, {"messages": openai}, {"conversations": sharegpt}, sharegpt):
        assert read_messages(json.dumps(content)) == SAID


@pytest.mark.parametrize(
    "cell",
    [
        "hello",
        "[]",
        '{"text": 1}',
        '[{"role": "user", "content": 3}]',
        '[{"role": "robot", "content": "x"}]',
        '[{"role": "assistant", "content": "x"}]',
        '[{"role": "user", "content": "x"}, {"role": "user", "content": "y"}]',
        '[{"role": "user", "content": "x"}, {"role": "system", "content": "y"}]',
        '[{"role": "system", "content": "y"}]',
    ],
)
def test_anything_else_is_refused_in_words(cell):
    with pytest.raises(UnfitData):
        read_messages(cell)


def test_an_instruction_alone_waits_for_its_answer():
    assert single(" Say it ", "", None) == (Turn("user", "Say it"),)
    assert single("Say it", " to me ", "It.") == (Turn("user", "Say it", "to me"), Turn("assistant", "It."))
