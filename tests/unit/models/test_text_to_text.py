"""An encoder-decoder says labels only: its probabilities sum to 1, are the model's own, and can be learned."""

import itertools
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from transformers import T5Config, T5ForConditionalGeneration

from pipeline.models import text_to_text
from pipeline.models.label_texts import LabelTexts
from pipeline.models.text_to_text import TextToText

END, VOCABULARY = 1, 30
WORDS = st.lists(st.lists(st.integers(3, VOCABULARY - 1), max_size=4).map(tuple), min_size=2, max_size=9, unique=True)
LABELS = LabelTexts(((7, 8, 1), (7, 9, 1), (7, 9, 10, 1), (11, 1), (12, 13, 14, 15, 1)))


def build(**changes: object) -> T5ForConditionalGeneration:
    torch.manual_seed(0)
    config = {
        "vocab_size": VOCABULARY, "d_model": 16, "d_kv": 8, "d_ff": 24, "num_layers": 2, "num_heads": 2,
        "pad_token_id": 0, "eos_token_id": END, "decoder_start_token_id": 0, "dropout_rate": 0.0,
    }  # fmt: skip
    model = T5ForConditionalGeneration(T5Config(**{**config, **changes}))
    with torch.no_grad():  # fresh ones answer nearly the same to everything
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return model.double().eval()


def texts(rows: int = 4, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(3, VOCABULARY, (rows, 9), generator=generator)
    mask = (torch.arange(9)[None] < torch.randint(1, 10, (rows, 1), generator=generator)).long()
    return ids * mask, mask


@torch.no_grad()
def answers(model: T5ForConditionalGeneration, labels: LabelTexts, ids: Tensor, mask: Tensor) -> Tensor:
    reader = TextToText(model, labels)
    return reader.log_probabilities(reader.encode(ids, mask), mask).exp()


@torch.no_grad()
def one_by_one(model: T5ForConditionalGeneration, labels: LabelTexts, ids: Tensor, mask: Tensor) -> Tensor:
    """The definition, without any of the code that is tested: token after token, shared among what may follow."""
    rows = []
    for row in range(len(ids)):
        probabilities = []
        for sequence in labels.sequences:
            p = 1.0
            for length, token in enumerate(sequence):
                following = {other[length] for other in labels.sequences if other[:length] == sequence[:length]}
                read = torch.tensor([[0, *sequence[:length]]])
                given = {"input_ids": ids[row : row + 1], "attention_mask": mask[row : row + 1]}
                logits = model(**given, decoder_input_ids=read).logits[0, -1]
                p *= float(logits[token].exp() / sum(logits[other].exp() for other in following))
            probabilities.append(p)
        rows.append(probabilities)
    return torch.tensor(rows, dtype=torch.float64)


@settings(max_examples=30, deadline=None)
@given(WORDS, st.integers(0, 1000))
def test_probabilities_sum_to_1_whatever_the_labels(words: list[tuple[int, ...]], seed: int) -> None:
    labels = LabelTexts(tuple((*word, END) for word in words))
    probabilities = answers(build(), labels, *texts(seed=seed))
    assert probabilities.shape == (4, len(words))
    assert bool((probabilities > 0).all())
    torch.testing.assert_close(probabilities.sum(dim=1), torch.ones(4, dtype=torch.float64), atol=1e-12, rtol=0)


def test_they_are_the_models_own_token_by_token() -> None:
    model, (ids, mask) = build(), texts()
    torch.testing.assert_close(
        answers(model, LABELS, ids, mask), one_by_one(model, LABELS, ids, mask), atol=1e-9, rtol=0
    )


def test_they_do_not_depend_on_the_batch_or_on_padding() -> None:
    model, (ids, mask) = build(), texts()
    together = answers(model, LABELS, ids, mask)
    padded = torch.nn.functional.pad(ids, (0, 5)), torch.nn.functional.pad(mask, (0, 5))
    torch.testing.assert_close(answers(model, LABELS, *padded), together, atol=1e-9, rtol=0)
    for row in range(len(ids)):
        length = int(mask[row].sum())
        alone = answers(model, LABELS, ids[row : row + 1, :length], mask[row : row + 1, :length])
        torch.testing.assert_close(alone[0], together[row], atol=1e-9, rtol=0)


def test_rows_that_do_not_fit_at_once_are_asked_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    model, (ids, mask) = build(), texts(7)
    whole = answers(model, LABELS, ids, mask)
    monkeypatch.setattr(text_to_text, "_LOGITS_AT_ONCE", 2 * VOCABULARY * 4 * len(LABELS.paths))
    torch.testing.assert_close(answers(model, LABELS, ids, mask), whole, atol=1e-12, rtol=0)


def greedy(model: T5ForConditionalGeneration, labels: LabelTexts, ids: Tensor, mask: Tensor) -> list[int]:
    """What the library's own constrained greedy decoding writes."""

    def allowed(_row: int, written: Tensor) -> list[int]:
        beginning: Sequence[int] = written.tolist()[1:]
        following = {s[len(beginning)] for s in labels.sequences if [*s[: len(beginning)]] == beginning != [*s]}
        return sorted(following) or [0]

    written = model.generate(
        input_ids=ids, attention_mask=mask, prefix_allowed_tokens_fn=allowed, do_sample=False, max_new_tokens=8
    )
    texts_ = [tuple(itertools.takewhile(lambda token: token != 0, row[1:])) for row in written.tolist()]
    return [labels.sequences.index(text) for text in texts_]


def test_greedy_decoding_writes_the_most_probable_label_where_it_has_more_than_half() -> None:
    agreed = 0
    for scale in (1.0, 3.0):
        model = build()
        with torch.no_grad():
            model.lm_head.weight.mul_(scale)
        ids, mask = texts(24, seed=5)
        probabilities = answers(model, LABELS, ids, mask)
        written = greedy(model, LABELS, ids, mask)
        for row, label in enumerate(written):
            if probabilities[row].max() > 0.5:
                agreed += 1
                assert label == int(probabilities[row].argmax())
    assert agreed > 10


def test_the_loss_is_the_librarys_added_up_by_row() -> None:
    model, (ids, mask) = build(), texts()
    reader, targets = TextToText(model, LABELS), torch.tensor([4, 1, 3, 2])
    losses = reader.loss(reader.encode(ids, mask), mask, targets)
    for row, target in enumerate(targets.tolist()):
        wanted = torch.tensor([LABELS.sequences[target]])
        given = {"input_ids": ids[row : row + 1], "attention_mask": mask[row : row + 1], "labels": wanted}
        torch.testing.assert_close(
            losses[row], model(**given).loss * wanted.numel(), atol=1e-4, rtol=0, check_dtype=False
        )


def test_it_learns_which_label_follows_from_a_text() -> None:
    model = build().float()
    ids, mask = texts(40, seed=2)
    targets = ids[:, 0] % len(LABELS.sequences)
    reader = TextToText(model, LABELS)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        optimizer.zero_grad()
        reader.loss(reader.encode(ids, mask), mask, targets).mean().backward()
        optimizer.step()
    assert (answers(model, LABELS, ids, mask).argmax(dim=1) == targets).float().mean() > 0.95
