"""Outputs of the lower layers: what the model itself computes, kept by content."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline import cache
from pipeline.models.halves import evaluating
from pipeline.models.load import load_classifier, load_tokenizer
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs
from pipeline.tasks.tokens import Tokens, tokenize
from pipeline.training.lower import fits, lower_states
from tests.tiny import tiny_base

TEXTS = ["refund", "the printer is on fire", "please log in and log in again", "refund the invoice"]


@pytest.fixture
def base(home: Workspace) -> Path:
    return tiny_base(home.models / "tiny")


def test_they_are_what_the_model_computes(base: Path) -> None:
    model, tokenizer = load_classifier(base, ["a", "b"]), load_tokenizer(base)
    tokens = tokenize(tokenizer, "print", Inputs(tuple(TEXTS)), 24)
    seen: list[int] = []
    states = lower_states(model, 2, tokens, "print", seen.append)
    batch = tokenizer(TEXTS, padding=True, return_tensors="pt")
    with torch.no_grad(), evaluating(model):
        whole = model(**batch, output_hidden_states=True).hidden_states[2]
    for number, length in enumerate(tokens.lengths):
        kept = states[tokens.starts[number] : tokens.starts[number + 1]]
        torch.testing.assert_close(kept, whole[number, :length], atol=1e-4, rtol=0)
    assert seen[-1] == len(TEXTS)


def test_they_are_computed_once_for_one_model_cut_and_content(base: Path) -> None:
    model, tokenizer = load_classifier(base, ["a", "b"]), load_tokenizer(base)
    tokens = tokenize(tokenizer, "print", Inputs(tuple(TEXTS)), 24)
    seen: list[int] = []
    first = lower_states(model, 2, tokens, "print", seen.append)
    calls = len(seen)
    assert torch.equal(lower_states(model, 2, tokens, "print", seen.append), first)
    assert len(seen) == calls
    lower_states(model, 1, tokens, "print", seen.append)
    lower_states(model, 2, tokens, "another print", seen.append)
    lower_states(model, 2, tokenize(tokenizer, "print", Inputs(tuple(TEXTS[:3])), 24), "print", seen.append)
    assert len(seen) > 2 * calls
    assert {row.kind for row in cache.usage()} == {"tokens", "lower"}


def test_what_is_only_learned_from_is_computed_faster_and_nearly_the_same(base: Path) -> None:
    model, tokenizer = load_classifier(base, ["a", "b"]), load_tokenizer(base)
    tokens = tokenize(tokenizer, "print", Inputs(tuple(TEXTS)), 24)
    plain = lower_states(model, 2, tokens, "print", lambda done: None)
    learned = np.array([0, 2])
    mixed = lower_states(model, 2, tokens, "print", lambda done: None, short=learned)
    for number in range(len(TEXTS)):
        there = slice(tokens.starts[number], tokens.starts[number + 1])
        assert torch.equal(mixed[there], plain[there]) == (number not in learned)
    torch.testing.assert_close(mixed, plain, atol=0.1, rtol=0)
    assert torch.equal(lower_states(model, 2, tokens, "print", lambda done: None), plain)


def test_what_training_does_to_a_state_does_not_reach_the_file(base: Path) -> None:
    model, tokenizer = load_classifier(base, ["a", "b"]), load_tokenizer(base)
    tokens = tokenize(tokenizer, "print", Inputs(tuple(TEXTS)), 24)
    states = lower_states(model, 1, tokens, "print", lambda done: None)
    before = states.clone()
    states.zero_()
    assert torch.equal(lower_states(model, 1, tokens, "print", lambda done: None), before)


def test_half_of_the_cache_is_the_bound(home: Workspace) -> None:
    def of(count: int) -> Tokens:
        return Tokens(np.zeros(count, np.int32), np.array([0, count]), "")

    width = home.cache_bytes // 2 // 4 // 100
    assert fits(of(100), width)
    assert not fits(of(101), width)
