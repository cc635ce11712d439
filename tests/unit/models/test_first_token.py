"""Computing the last layer for token 0 only changes nothing but the time."""

from typing import Any

import pytest
import torch
from torch import Tensor

from pipeline.models.first_token import first_token_top, reads_first_token
from pipeline.models.halves import LowerHalf, layers, upper_half
from tests.unit.models.test_halves import CONFIGS, batch_for, build

SERVED = ["BERT", "RoBERTa", "XLM-R", "ELECTRA", "DistilBERT"]


def learn(model: Any, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    model.zero_grad()
    output = model(**batch, labels=torch.tensor([0, 1, 2]))
    output.loss.backward()
    return output.logits.detach(), {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("family", SERVED)
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_logits_and_every_gradient_stay_the_same(family: str, attention: str) -> None:
    model, batch = build(family).double(), batch_for(family)
    model.set_attn_implementation(attention)
    logits, gradients = learn(model, batch)
    with first_token_top(model):
        short_logits, short_gradients = learn(model, batch)
    torch.testing.assert_close(short_logits, logits, atol=1e-9, rtol=0)
    assert short_gradients.keys() == gradients.keys()
    for name, gradient in gradients.items():
        torch.testing.assert_close(short_gradients[name], gradient, atol=1e-9, rtol=0, msg=name)


def test_it_works_on_the_upper_half_of_a_model() -> None:
    model, batch = build("BERT").double(), batch_for("BERT")
    hidden = LowerHalf(model, 2).hidden(batch)
    with torch.no_grad():
        whole = model(**batch).logits
        with upper_half(model, 2) as upper, first_token_top(model):
            torch.testing.assert_close(upper(hidden, **batch).logits, whole, atol=1e-9, rtol=0)


def test_it_does_leave_the_other_tokens_out() -> None:
    model, batch = build("BERT"), batch_for("BERT")
    with first_token_top(model), torch.no_grad():
        assert model.base_model(**batch).last_hidden_state.shape[1] == 1


def test_attention_dropout_is_on_in_training() -> None:
    model, batch = build("BERT"), batch_for("BERT")
    layers(model)[-1].attention.self.dropout.train()
    with first_token_top(model), torch.no_grad():
        assert not torch.equal(model(**batch).logits, model(**batch).logits)


def test_the_model_is_as_before_afterwards() -> None:
    model, batch = build("BERT"), batch_for("BERT")
    names = set(model.state_dict())
    with first_token_top(model):
        assert set(model.state_dict()) == names
    with torch.no_grad():
        assert model.base_model(**batch).last_hidden_state.shape[1] == batch["input_ids"].shape[1]


@pytest.mark.parametrize("family", [name for name in CONFIGS if name not in SERVED])
def test_models_whose_head_reads_something_else_are_left_alone(family: str) -> None:
    model, batch = build(family), batch_for(family)
    assert not reads_first_token(model)
    with torch.no_grad():
        before = model(**batch).logits
        with first_token_top(model):
            assert torch.equal(model(**batch).logits, before)


def test_wrapped_projections_are_left_alone() -> None:
    model = build("BERT")
    top = layers(model)[-1].attention.self
    top.query = torch.nn.Sequential(top.query)
    assert not reads_first_token(model)
