"""T5's span corruption: a hand-written example, 15 % in stretches of three, and nothing of a text lost."""

from itertools import pairwise

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.training.pretraining.pieces import cut_texts
from pipeline.training.pretraining.rows import span_rows
from pipeline.training.pretraining.spans import choose_spans, corrupt
from tests.pretraining import CONTEXT, SENTINELS, marked_unigram, texts
from tests.tiny import tiny_unigram


def restored(read: list[int], written: list[int], sentinels: list[int]) -> list[int]:
    """The text, put together again from what the model reads and writes."""
    told: dict[int, list[int]] = {}
    for token in written:
        if token in sentinels:
            told[token] = []
        else:
            told[list(told)[-1]].append(token)
    return [token for part in read for token in (told[part] if part in sentinels else [part])]


def test_the_example_of_the_paper():
    # "Thank you for inviting me to your party last week", figure 2.
    words = ["Thank", "you", "for", "inviting", "me", "to", "your", "party", "last", "week"]
    read, written = corrupt(words, [(2, 4), (8, 9)], ["<X>", "<Y>", "<Z>"])  # type: ignore[arg-type]
    assert read == ["Thank", "you", "<X>", "me", "to", "your", "party", "<Y>", "week"]
    assert written == ["<X>", "for", "inviting", "<Y>", "last", "<Z>"]


@pytest.mark.parametrize("tokens", [2, 3, 7, 20, 100, 512])
def test_nothing_is_lost_whatever_the_length(tokens):
    marks = list(range(-100, 0))
    for seed in range(20):
        spans = choose_spans(tokens, np.random.default_rng(seed), len(marks))
        read, written = corrupt(list(range(tokens)), spans, marks)
        assert restored(read, written, marks) == list(range(tokens))
        assert all(begin > 0 and begin < end for begin, end in spans)
        assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_of_a_short_text_every_place_but_the_first_is_asked_about():
    random = np.random.default_rng(0)
    asked = {place for _ in range(200) for span in choose_spans(12, random, 100) for place in range(*span)}
    assert asked == set(range(1, 12))


def test_fifteen_percent_in_stretches_of_three():
    lengths = [end - begin for seed in range(100) for begin, end in choose_spans(200, np.random.default_rng(seed), 100)]
    assert sum(lengths) == 100 * 30
    assert np.mean(lengths) == 3.0
    assert {1, 2, 3, 4, 5} <= {*lengths}


def test_rows_are_cut_anew_in_every_epoch_and_end_with_the_end_token():
    tokenizer = marked_unigram()
    rows = span_rows(cut_texts(texts(20), range(20), tokenizer, CONTEXT), tokenizer, 0, 0)
    assert tokenizer.convert_ids_to_tokens(list(rows.sentinels)) == list(SENTINELS)
    batches = [rows.of_epoch(epoch).collate(range(20)) for epoch in (0, 1, 1)]
    assert not bool((batches[0]["labels"] == batches[1]["labels"]).all())
    assert bool((batches[1]["labels"] == batches[2]["labels"]).all())
    for place in range(20):
        batch = rows.collate([place])
        read, written = (batch[name][0].tolist() for name in ("input_ids", "labels"))
        assert read[-1] == written[-1] == tokenizer.eos_token_id
        assert restored(read[:-1], written[:-1], list(rows.sentinels)) == rows.rows[place].ids.tolist()


def test_a_tokenizer_without_the_marks_is_refused():
    with pytest.raises(ModelError, match="extra_id_0"):
        span_rows([], tiny_unigram(), 0, 0)
