"""Texts become token numbers once, and batches of one length hold every row."""

import numpy as np
import pytest

from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs
from pipeline.tasks.tokens import by_length, tokenize, tokenize_now
from tests.tiny import tiny_tokenizer

TEXTS = ["refund", "", "the printer is on fire", "打印机卡纸了", "refund " * 50]


def test_tokens_are_those_of_the_tokenizer_cut_at_the_longest(home: Workspace) -> None:
    tokenizer = tiny_tokenizer()
    tokens = tokenize(tokenizer, "print", Inputs(tuple(TEXTS)), 16)
    expected = tokenizer(TEXTS, truncation=True, max_length=16)["input_ids"]
    assert [tokens.ids[a:b].tolist() for a, b in zip(tokens.starts, tokens.starts[1:], strict=False)] == expected
    assert tokens.lengths.max() == 16
    batch = tokens.batch([0, 2], padding=tokenizer.pad_token_id)
    padded = tokenizer([TEXTS[0], TEXTS[2]], padding=True, return_tensors="pt")
    assert batch["input_ids"].tolist() == padded["input_ids"].tolist()
    assert batch["attention_mask"].tolist() == padded["attention_mask"].tolist()


def test_the_same_texts_are_not_read_twice_for_one_tokenizer(home: Workspace) -> None:
    read: list[int] = []

    class Counting:
        eos_token_id, pad_token_id = 3, 0
        inner = tiny_tokenizer()

        def __call__(self, texts: list[str], **options: object) -> object:
            read.append(len(texts))
            return self.inner(texts, **options)

    first = tokenize(Counting(), "print", Inputs(tuple(TEXTS)), 16)
    again = tokenize(Counting(), "print", Inputs(tuple(TEXTS)), 16)
    assert read == [len(TEXTS)]
    assert np.array_equal(first.ids, again.ids)
    assert first.digest == again.digest
    assert tokenize(Counting(), "print", Inputs(tuple(TEXTS)), 8).digest != first.digest
    assert tokenize(Counting(), "print", Inputs(tuple(TEXTS[:2])), 16).digest != first.digest
    assert len(read) == 3


def test_texts_that_join_to_the_same_are_told_apart(home: Workspace) -> None:
    tokenizer = tiny_tokenizer()
    one = tokenize(tokenizer, "p", Inputs(("log in", "fire")), 16)
    other = tokenize(tokenizer, "p", Inputs(("log", "in fire")), 16)
    assert one.starts.tolist() != other.starts.tolist()


def test_a_text_that_a_tokenizer_makes_nothing_of_is_still_a_token() -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.backend_tokenizer.post_processor = None  # no special tokens, as decoders have it
    assert tokenize_now(tokenizer, Inputs(("", "refund")), 16).lengths.min() == 1


@pytest.mark.parametrize("at_once", [1, 10, 10_000])
def test_batches_of_one_length_hold_every_row_once(at_once: int) -> None:
    lengths = np.random.default_rng(0).integers(1, 9, 200)
    batches = list(by_length(lengths, at_once))
    assert sorted(np.concatenate(batches).tolist()) == list(range(200))
    for rows in batches:
        assert len(set(lengths[rows])) == 1
        assert len(rows) == 1 or lengths[rows].sum() <= at_once


def test_no_texts_make_no_batch() -> None:
    assert list(by_length(np.empty(0, np.int64), 10)) == []
    assert len(tokenize_now(tiny_tokenizer(), Inputs(()), 16)) == 0
