"""The label texts as a trie: every label is one way through it, and the tokenizer can tell them apart."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ModelError
from pipeline.models.label_texts import LabelTexts, nearest, number_grid, read_labels
from tests.tiny import tiny_unigram

END = 1
LABEL_SETS = st.lists(st.lists(st.integers(2, 5), max_size=5).map(tuple), min_size=2, max_size=12, unique=True)


@given(LABEL_SETS)
def test_each_label_is_another_way_through_the_branches(words: list[tuple[int, ...]]) -> None:
    trie = LabelTexts(tuple((*word, END) for word in words))
    shape = (len(words), *trie.allowed.shape)
    ways = {tuple(map(tuple, np.argwhere(taken))) for taken in trie.taken.reshape(shape)}
    assert len(ways) == len(words)
    for sequence, taken in zip(trie.sequences, trie.taken.reshape(shape), strict=True):
        for branch, way in np.argwhere(taken):
            beginning, tokens = trie.branches[branch]
            assert sequence[: len(beginning) + 1] == (*beginning, tokens[way])
    for (path, length), (beginning, _) in zip(trie.places, trie.branches, strict=True):
        assert trie.paths[path][:length] == beginning


def test_a_decoder_is_asked_only_where_there_is_a_choice() -> None:
    trie = LabelTexts(((5, 6, 7, 1), (5, 6, 8, 1), (9, 1)))
    assert trie.branches == (((), (5, 9)), ((5, 6), (7, 8)))
    assert trie.paths == ((5, 6),)  # reading it passes the first branch too


def test_a_label_that_begins_as_another_ends_by_the_end_token() -> None:
    labels = read_labels(tiny_unigram(), ["log", "log log", "refund"], END)
    assert all(sequence[-1] == END and END not in sequence[:-1] for sequence in labels.sequences)
    for one, other in itertools.permutations(labels.sequences, 2):
        assert other[: len(one)] != one


def test_labels_that_the_tokenizer_reads_as_the_same_are_named() -> None:
    with pytest.raises(ModelError, match="“退款” and “物流”"):
        read_labels(tiny_unigram(), ["refund", "退款", "物流"], END)


@pytest.mark.parametrize(
    ("low", "high", "first", "second", "last"),
    [
        (0.0, 5.0, "0.0", "0.2", "5.0"),  # STS-B, as the T5 paper reads it
        (1.0, 10.0, "1.0", "1.5", "10.0"),
        (0.0, 1.0, "0.00", "0.05", "1.00"),
        (-3.0, 3.0, "-3.0", "-2.8", "3.0"),
        (17.0, 64_900.0, "0", "5000", "65000"),
        (0.00012, 0.00055, "0.00012", "0.00014", "0.00056"),
    ],
)
def test_numbers_become_round_texts(low: float, high: float, first: str, second: str, last: str) -> None:
    grid = number_grid(low, high)
    assert (grid[0], grid[1], grid[-1]) == (first, second, last)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(0, 1))
def test_any_range_is_covered_by_few_different_texts(low: float, width: float, share: float) -> None:
    grid = number_grid(low, low + width)
    values = [float(text) for text in grid]
    assert 10 <= len(grid) <= 33
    assert values == sorted(set(values))
    number = low + share * width
    step = values[1] - values[0]
    found = values[nearest(grid, np.array([number]))[0]]
    assert abs(found - number) <= step * 0.501 + 1e-9 * abs(number)
