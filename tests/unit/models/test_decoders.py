"""A decoder's answer is that of its last real token, whatever else stands in the batch and however it is padded."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import pad

from tests.unit.models.test_halves import VOCABULARY, build

DECODERS = ["GPT-2", "Llama", "Qwen2", "Qwen3", "Gemma 3"]
PAD = 0


def texts() -> list[Tensor]:
    """Seven texts of 1 to 20 tokens; two of them have the padding token within, as a text that quotes it would."""
    generator = torch.Generator().manual_seed(3)
    found = [torch.randint(1, VOCABULARY, (length,), generator=generator) for length in (1, 2, 5, 8, 13, 19, 20)]
    found[3][2] = PAD
    found[5][-1] = PAD
    return found


def batch(some: list[Tensor], extra: int = 0, side: str = "right") -> dict[str, Tensor]:
    longest = max(len(text) for text in some) + extra
    ways = [(0, longest - len(text)) if side == "right" else (longest - len(text), 0) for text in some]
    ids = torch.stack([pad(text, way, value=PAD) for text, way in zip(some, ways, strict=True)])
    masks = [pad(torch.ones_like(text), way) for text, way in zip(some, ways, strict=True)]
    return {"input_ids": ids, "attention_mask": torch.stack(masks)}


@torch.no_grad()
def alone(model: Any) -> Tensor:
    return torch.cat([model(**batch([text])).logits for text in texts()])


@pytest.mark.parametrize("family", DECODERS)
@pytest.mark.parametrize("extra", [0, 1, 30])
def test_padding_on_the_right_changes_nothing(family: str, extra: int) -> None:
    model = build(family).double()
    with torch.no_grad():
        together = model(**batch(texts(), extra)).logits
    torch.testing.assert_close(together, alone(model), atol=1e-9, rtol=0)


@pytest.mark.parametrize("family", DECODERS)
def test_other_texts_of_the_batch_change_nothing(family: str) -> None:
    model, all_ = build(family).double(), texts()
    expected = alone(model)
    for chosen in ([0, 6], [5, 1, 2], [6, 6, 3]):
        with torch.no_grad():
            answers = model(**batch([all_[number] for number in chosen])).logits
        torch.testing.assert_close(answers, expected[chosen], atol=1e-9, rtol=0)


@pytest.mark.parametrize("family", [name for name in DECODERS if name != "GPT-2"])
def test_padding_on_the_left_changes_nothing_where_positions_are_relative(family: str) -> None:
    """GPT-2 counts from the left; its tokenizer is therefore told to pad on the right (test_load)."""
    model = build(family).double()
    usual = [text for text in texts() if len(text) > 1]  # whose first token may be the last real one
    with torch.no_grad():
        together = model(**batch(usual, 4, "left")).logits
    # The library turns positions into angles in float32, whatever the model's own precision.
    torch.testing.assert_close(together, alone(model)[1:], atol=1e-5, rtol=0)


@pytest.mark.parametrize("family", DECODERS)
def test_the_head_reads_the_last_real_token(family: str) -> None:
    model = build(family).double()
    one = texts()[4]
    with torch.no_grad():
        states = model.base_model(**batch([one])).last_hidden_state
        torch.testing.assert_close(model(**batch([one], 6)).logits, model.score(states[:, -1]), atol=1e-9, rtol=0)


@pytest.mark.parametrize("family", DECODERS)
def test_both_orders_added_before_the_head_are_the_sum_of_both_answers(family: str) -> None:
    """The head has no bias: what the GPT paper does for similarity (section 3.3) needs no class of its own."""
    model = build(family).double()
    assert model.score.bias is None
    one, other = texts()[2], texts()[4]
    orders = [torch.cat([one, other]), torch.cat([other, one])]
    with torch.no_grad():
        states = [model.base_model(**batch([order])).last_hidden_state[:, -1] for order in orders]
        answers = model(**batch(orders)).logits
    torch.testing.assert_close(answers.sum(dim=0), model.score(sum(states))[0], atol=1e-9, rtol=0)
