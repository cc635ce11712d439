"""Text of tokens as they come: never half a character, and together what the tokenizer makes of all of them."""

import pytest

from pipeline.inference.letters import Letters
from tests.tiny import tiny_unigram
from tests.tiny_writers import byte_tokenizer

TEXTS = ["请重启打印机。", "naïve café", "👩‍👩‍👧 family", "a  b\n\n c", "", "\ufffd stays", "混合 mixed 文本"]


@pytest.mark.parametrize("text", TEXTS)
def test_bytes_become_whole_characters_that_add_up_to_the_text(text: str) -> None:
    tokenizer = byte_tokenizer()
    letters = Letters(tokenizer.decode)
    given = [letters.add(token) for token in tokenizer(text, add_special_tokens=False)["input_ids"]]
    assert "".join(given) == text
    assert all("\ufffd" not in part for part in given) or "\ufffd" in text


def test_a_space_that_a_tokenizer_keeps_at_the_front_of_a_word_is_not_lost() -> None:
    tokenizer = tiny_unigram()
    ids = tokenizer("please refund the invoice 打印机", add_special_tokens=False)["input_ids"]
    letters = Letters(tokenizer.decode)
    assert "".join(letters.add(token) for token in ids) == tokenizer.decode(ids)


def test_half_a_character_at_the_end_is_not_shown() -> None:
    tokenizer = byte_tokenizer()
    letters = Letters(tokenizer.decode)
    ids = tokenizer("好坏", add_special_tokens=False)["input_ids"]
    assert [letters.add(token) for token in ids[:-1]] == ["", "", "好", "", ""]
