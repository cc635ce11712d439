"""A conversation that is longer than what a model reads loses its oldest exchanges; one message too long is refused."""

import pytest

from pipeline.data.conversation import Conversation, Turn
from pipeline.errors import SettingError, UnfitData
from pipeline.inference.prompt import Prompt, write_prompt
from pipeline.templates.formats import registry
from tests.tiny_writers import byte_tokenizer

TOKENIZER = byte_tokenizer()
LONG: Conversation = (
    Turn("system", "Be brief."),
    *(Turn(role, f"{role} number {number}") for number in range(5) for role in ("user", "assistant")),  # type: ignore[arg-type]
    Turn("user", "And now?"),
)


def write(conversation: Conversation, *, wanted: int = 10, context: int | None = None) -> tuple[str, Prompt]:
    prompt = write_prompt(conversation, registry.get("chat", TOKENIZER), TOKENIZER, wanted=wanted, context=context)
    return TOKENIZER.decode(prompt.ids), prompt


def test_a_conversation_that_fits_is_read_as_a_whole() -> None:
    text, prompt = write(LONG, context=1_000)
    assert (prompt.left_out, prompt.room) == (0, 10)
    assert text == write(LONG)[0]
    assert text.startswith(
        "<|system|>Be brief.<|end|><|user|>user number 0<|end|><|assistant|>assistant number 0<|end|>"
    )


def test_the_oldest_exchanges_are_left_out_and_what_was_told_for_all_of_it_stays() -> None:
    text, prompt = write(LONG, context=100)
    assert text.startswith("<|system|>Be brief.<|end|><|user|>user number")
    assert text.endswith("<|user|>And now?<|end|><|assistant|>")
    assert prompt.left_out > 0
    assert prompt.left_out % 2 == 0
    assert len(prompt.ids) + 10 <= 100
    assert write(LONG, context=200)[1].left_out < prompt.left_out


def test_a_long_answer_that_is_allowed_does_not_cost_the_conversation() -> None:
    whole = len(write(LONG)[1].ids)
    _, prompt = write(LONG, wanted=10_000, context=whole * 2)
    assert (prompt.left_out, prompt.room) == (0, whole)


def test_the_last_message_keeps_what_room_there_is_for_its_answer() -> None:
    asked = (Turn("user", "x" * 40),)
    length = len(write(asked)[1].ids)
    _, prompt = write(asked, wanted=30, context=length + 7)
    assert (prompt.left_out, prompt.room) == (0, 7)
    with pytest.raises(SettingError, match=f"The prompt has {length} tokens; this model reads at most {length}"):
        write(asked, wanted=30, context=length)


@pytest.mark.parametrize("conversation", [(), (Turn("user", "a"), Turn("assistant", "b"))])
def test_without_a_question_there_is_nothing_to_answer(conversation: Conversation) -> None:
    with pytest.raises(UnfitData, match="nothing to answer"):
        write(conversation)
