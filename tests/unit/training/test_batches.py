"""Batches of similar length: every row once, the same order for the same seed and epoch, little padding."""

import numpy as np
import torch

from pipeline.tasks.tokens import Tokens
from pipeline.training.batches import LengthBatches, Rows

LENGTHS = np.random.default_rng(0).integers(1, 100, 1000)


def test_every_row_stands_in_one_batch_of_an_epoch() -> None:
    for seed in (0, None):
        batches = list(LengthBatches(LENGTHS, 32, seed))
        assert sorted(row for batch in batches for row in batch) == list(range(1000))
        assert len(batches) == len(LengthBatches(LENGTHS, 32, seed)) == 32


def test_batches_for_measuring_keep_to_a_number_of_tokens() -> None:
    bounded = LengthBatches(LENGTHS, 32, None, tokens=500)
    batches = list(bounded)
    assert sorted(row for batch in batches for row in batch) == list(range(1000))
    assert len(bounded) == len(batches)
    assert all(len(batch) * LENGTHS[batch].max() <= 500 and len(batch) <= 32 for batch in batches)
    assert max(map(len, batches)) == 32
    # A text that is longer than that stands alone.
    assert list(LengthBatches(np.array([9, 2, 3]), 32, None, tokens=6)) == [[1, 2], [0]]


def test_the_order_follows_from_seed_and_epoch_alone() -> None:
    first, again, other = (LengthBatches(LENGTHS, 32, seed) for seed in (5, 5, 6))
    list(again)  # what was asked before does not matter
    first.set_epoch(3)
    again.set_epoch(3)
    other.set_epoch(3)
    assert list(first) == list(again)
    assert list(first) != list(other)
    again.set_epoch(4)
    assert list(first) != list(again)


def test_rows_of_a_batch_are_of_similar_length() -> None:
    padded = sum(len(batch) * LENGTHS[batch].max() for batch in LengthBatches(LENGTHS, 32, 0))
    at_random = sum(32 * LENGTHS[start : start + 32].max() for start in range(0, 1000, 32))
    assert padded < 1.1 * LENGTHS.sum() < 0.6 * at_random


def test_a_batch_is_padded_on_the_right_and_brings_the_states_of_its_tokens() -> None:
    tokens = Tokens(np.array([5, 6, 7, 8, 9, 3], np.int32), np.array([0, 2, 5, 6]), "")
    states = torch.arange(12.0).reshape(6, 2)
    rows = Rows(tokens, np.array([2, 1]), np.array([1, 0]), padding=0, states=states)
    batch = rows.collate([0, 1])
    assert batch["input_ids"].tolist() == [[3, 0, 0], [7, 8, 9]]
    assert rows.padded([0, 1]) == batch["input_ids"].numel()
    assert batch["attention_mask"].tolist() == [[1, 0, 0], [1, 1, 1]]
    assert batch["labels"].tolist() == [1, 0]
    assert torch.equal(batch["hidden"][1], states[2:5])
    assert torch.equal(batch["hidden"][0, 0], states[5])
