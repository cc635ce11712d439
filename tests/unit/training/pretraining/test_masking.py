"""Which words are hidden: whole ones, 15 % of the tokens, 80/10/10; Chinese ones as jieba cuts them."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.training.pretraining.masking import LONGEST_WORD, choose_words, hide, whole_words
from pipeline.training.pretraining.pieces import cut_texts
from pipeline.training.pretraining.rows import MaskedRows, masked_rows
from pipeline.training.writing.rows import IGNORED
from tests.pretraining import CONTEXT, texts
from tests.tiny import tiny_tokenizer
from tests.tiny_writers import byte_tokenizer


def words_of(text: str, tokenizer: object) -> list[int]:
    (piece,) = cut_texts([text], [0], tokenizer, 1_000)
    return piece.words.tolist()


def rows_of(some: list[str], epoch: int = 0, seed: int = 0, room: int = CONTEXT) -> MaskedRows:
    tokenizer = tiny_tokenizer(CONTEXT)
    pieces = cut_texts(some, range(len(some)), tokenizer, room)
    return masked_rows(pieces, tokenizer, len(tokenizer), seed, epoch)


def test_chinese_words_are_jiebas_and_others_the_tokenizers():
    # 打印机 / 坏 / 了, each character a token; then two words in WordPieces, and a sign.
    offsets = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (6, 9), (9, 12), (13, 15), (15, 16)]
    assert whole_words("打印机坏了 fireman on!", offsets, [0, 1, 2, 3, 4, 5, 5, 6, 7]).tolist() == [
        *(0, 0, 0, 1, 2),
        *(3, 3, 4, 5),
    ]


def test_bytes_of_a_character_belong_together():
    # 打印机 is nine bytes, of which the tokenizer knows no words.
    assert words_of("打印机坏了", byte_tokenizer()) == [0] * 9 + [1] * 3 + [2] * 3


def test_what_is_too_long_to_be_a_word_counts_token_by_token():
    length = LONGEST_WORD + 1
    offsets = [(place, place + 1) for place in range(length + 2)]
    words = whole_words("x" * length + " y", [*offsets[:length], offsets[-1]], [0] * length + [1])
    assert words.tolist() == list(range(length + 1))
    words = whole_words("x" * LONGEST_WORD, offsets[:LONGEST_WORD], [0] * LONGEST_WORD)
    assert words.tolist() == [0] * LONGEST_WORD


def test_words_are_hidden_whole_and_fifteen_percent_of_the_tokens_are():
    random = np.random.default_rng(0)
    words = np.repeat(np.arange(60), np.tile([1, 2, 3, 1], 15)).astype(np.int32)
    counts = []
    for _ in range(200):
        hidden = choose_words(words, random)
        counts.append(hidden.sum())
        chosen = set(words[hidden].tolist())
        assert hidden.tolist() == [word in chosen for word in words.tolist()]
    assert max(counts) == round(0.15 * len(words))
    assert np.mean(counts) / len(words) == pytest.approx(0.15, abs=0.005)


def test_of_a_short_text_one_word_is_hidden_and_each_gets_its_turn():
    words = np.array([0, 0, 0, 1], np.int32)
    random = np.random.default_rng(0)
    drawn = [tuple(choose_words(words, random).tolist()) for _ in range(50)]
    assert {*drawn} == {(True, True, True, False), (False, False, False, True)}


def test_of_hidden_tokens_most_are_masked_some_swapped_some_stay():
    random = np.random.default_rng(0)
    ids, others = np.full(20_000, 7, np.int32), np.arange(10, 20, dtype=np.int32)
    hidden = np.arange(20_000) % 2 == 0
    read = hide(ids, hidden, random, 4, others)
    assert (read[~hidden] == 7).all()
    shares = [(read[hidden] == 4).mean(), np.isin(read[hidden], others).mean(), (read[hidden] == 7).mean()]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.01)
    assert {*read[np.isin(read, others)].tolist()} == {*others.tolist()}


def test_special_tokens_are_never_hidden_nor_put_in_a_words_place():
    rows = rows_of(texts(60))
    special = {*tiny_tokenizer().all_special_ids} - {rows.mask}
    for epoch in range(3):
        batch = rows.of_epoch(epoch).collate(range(len(rows)))
        ids, labels = batch["input_ids"], batch["labels"]
        assert (ids[:, 0] == rows.before[0]).all() and (labels[:, 0] == IGNORED).all()
        asked = labels != IGNORED
        assert int(asked.sum()) == rows.of_epoch(epoch).learned(range(len(rows)))
        assert not {*ids[asked].tolist()} & special
        assert not {*labels[asked].tolist()} & {*tiny_tokenizer().all_special_ids} - {tiny_tokenizer().unk_token_id}
        assert (batch["attention_mask"].sum(1) == (ids != rows.padding).sum(1)).all()


def test_other_words_are_hidden_in_every_epoch_and_the_same_ones_whenever_it_comes_again():
    rows = rows_of(texts(40))
    first, second = (rows.of_epoch(epoch).collate(range(40))["labels"] for epoch in (0, 1))
    assert not bool((first == second).all())
    assert bool((rows.of_epoch(1).collate(range(40))["labels"] == second).all())
    # Beside others or alone, in any order: what is hidden of a row follows from the row.
    alone = rows.of_epoch(1).collate([7])["labels"][0]
    assert bool((second[7][: len(alone)] == alone).all())
    assert not bool((replace(rows, seed=1).collate(range(40))["labels"] == first).all())


def test_the_same_text_in_two_rows_is_hidden_differently():
    labels = rows_of(["the printer is on fire and nobody can log in"] * 20).collate(range(20))["labels"]
    assert len({tuple(row) for row in labels.tolist()}) > 5


def test_a_tokenizer_without_a_mask_is_refused():
    with pytest.raises(ModelError, match="no mask"):
        masked_rows([], byte_tokenizer(), 100, 0, 0)


def test_a_mark_of_the_model_in_a_text_is_read_as_text():
    rows = rows_of(["please [MASK] the [SEP] printer"])
    assert not {*rows.rows[0].ids.tolist()} & {rows.mask, rows.behind[0]}
