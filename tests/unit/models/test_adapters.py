"""Adapters train little, leave everything below them alone, and vanish into a stock model that says the same."""

from typing import Any

import pytest
import torch
import transformers
from torch import nn

from pipeline.models.adapters import adapted, head_parts, targets
from pipeline.models.first_token import first_token_top, reads_first_token
from pipeline.models.halves import LowerHalf, layers, upper_half
from tests.unit.models.test_halves import CONFIGS, LAYERS, batch_for, build

FAMILIES = [name for name in CONFIGS if name != "T5"]
LORA: dict[str, Any] = {"kind": "lora", "rank": 4, "alpha": 8, "dropout": 0.0}


def learn(model: Any, batch: dict[str, torch.Tensor], steps: int = 3) -> float:
    """Some steps towards three labels; returns the last loss."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = model(**batch, labels=torch.tensor([0, 1, 2])).loss
        loss.backward()
        optimizer.step()
    return float(loss.detach())


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ["lora", "dora"])
def test_merged_they_say_what_they_said_beside_the_layers(family: str, kind: str) -> None:
    model, batch = build(family), batch_for(family)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with adapted(model, 2, **{**LORA, "kind": kind}):
        learn(model, batch)
        with torch.no_grad():
            beside = model(**batch).logits
    with torch.no_grad():
        torch.testing.assert_close(model(**batch).logits, beside, atol=1e-3, rtol=1e-3)
    after = model.state_dict()
    assert after.keys() == before.keys()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    inside = {f"{name}.weight" for name in targets(model, 2)}
    heads = {
        name for name, p in model.named_parameters() if any(p is q for h in head_parts(model) for q in h.parameters())
    }
    assert inside < changed <= inside | heads


@pytest.mark.parametrize("family", FAMILIES)
def test_only_adapters_and_head_are_trained_and_they_are_few(family: str) -> None:
    model = build(family)
    whole = model.num_parameters()
    with adapted(model, 2, **{**LORA, "rank": 1}):
        trained = {name: p.numel() for name, p in model.named_parameters() if p.requires_grad}
        lora = [name for name in trained if ".lora_" in name]
        assert len(lora) == 2 * len(targets_of(model))
        assert sum(trained.values()) < 0.15 * whole
    assert type(model).__name__.endswith("ForSequenceClassification")
    assert not any("lora" in name for name in model.state_dict())


def targets_of(model: Any) -> list[str]:
    return [name for name, part in model.named_modules() if hasattr(part, "base_layer")]


@pytest.mark.parametrize("family", ["BERT", "GPT-2", "Llama"])
def test_they_learn_above_kept_states_as_in_the_whole_model(family: str) -> None:
    losses = []
    for kept in (True, False):
        model, batch = build(family), batch_for(family)
        torch.manual_seed(3)
        if not kept:
            with adapted(model, 2, **LORA):
                losses.append(learn(model, batch))
            continue
        hidden = LowerHalf(model, 2).hidden(batch)
        with upper_half(model, 2) as upper, adapted(model, 2, **LORA):
            trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
            optimizer = torch.optim.AdamW(trained, lr=1e-2)
            for _ in range(3):
                optimizer.zero_grad()
                loss = upper(hidden, **batch, labels=torch.tensor([0, 1, 2])).loss
                loss.backward()
                optimizer.step()
            losses.append(float(loss.detach()))
        assert len(layers(model)) == LAYERS
        assert not any("lora" in name for name in model.state_dict())
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)


def test_the_shortcut_of_the_last_layer_steps_aside() -> None:
    model, batch = build("BERT"), batch_for("BERT")
    with adapted(model, 2, **LORA):
        assert not reads_first_token(model)
        learn(model, batch)
        with torch.no_grad():
            before = model(**batch).logits
            with first_token_top(model):
                assert torch.equal(model(**batch).logits, before)
    assert reads_first_token(model)


def test_dropout_of_what_they_read_is_on_in_training_only() -> None:
    model, batch = build("Llama"), batch_for("Llama")
    with adapted(model, 0, **{**LORA, "dropout": 0.5}):
        learn(model, batch)
        with torch.no_grad():
            assert torch.equal(model.eval()(**batch).logits, model(**batch).logits)
            assert not torch.equal(model.train()(**batch).logits, model(**batch).logits)


def test_an_encoder_decoder_has_them_on_its_whole_decoder() -> None:
    torch.manual_seed(0)
    model = transformers.T5ForConditionalGeneration(CONFIGS["T5"]())
    names = targets(model, LAYERS - 1)
    of_encoder = {name.split(".")[2] for name in names if name.startswith("encoder")}
    of_decoder = {name.split(".")[2] for name in names if name.startswith("decoder")}
    assert of_encoder == {str(LAYERS - 1)}
    assert of_decoder == {str(number) for number in range(LAYERS)}
    ids = torch.randint(3, 90, (2, 7))
    with adapted(model, LAYERS - 1, **LORA):
        model(input_ids=ids, labels=ids).loss.backward()
        trained = [p for p in model.parameters() if p.requires_grad]
        assert len(trained) == 2 * len(names)
        assert all(p.grad is not None for p in trained)
    assert not isinstance(model.lm_head, nn.Module) or model.lm_head.weight is model.shared.weight
