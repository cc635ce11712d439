"""A model cut in two gives what the whole model gives."""

from typing import Any

import pytest
import torch
import transformers
from torch import nn

from pipeline.models.halves import LowerHalf, evaluating, layers, upper_half

CLASSES, TOKENS, VOCABULARY, LAYERS = 3, 17, 99, 4

_COMMON = {
    "hidden_size": 32,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 64,
    "num_labels": CLASSES,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
_SLIDING = {"num_key_value_heads": 2, "use_sliding_window": True, "sliding_window": 8, "max_window_layers": 2}
CONFIGS: dict[str, Any] = {
    "BERT": lambda: transformers.BertConfig(**_COMMON),
    "RoBERTa": lambda: transformers.RobertaConfig(**_COMMON),
    "XLM-R": lambda: transformers.XLMRobertaConfig(**_COMMON),
    "ELECTRA": lambda: transformers.ElectraConfig(**_COMMON, embedding_size=32),
    "DistilBERT": lambda: transformers.DistilBertConfig(
        dim=32, n_layers=LAYERS, n_heads=4, hidden_dim=48, vocab_size=VOCABULARY, num_labels=CLASSES, pad_token_id=0
    ),
    "ModernBERT": lambda: transformers.ModernBertConfig(
        **_COMMON, cls_token_id=1, sep_token_id=2, global_attn_every_n_layers=3, local_attention=8
    ),
    "GPT-2": lambda: transformers.GPT2Config(
        n_embd=32, n_layer=LAYERS, n_head=4, vocab_size=VOCABULARY, num_labels=CLASSES, pad_token_id=0,
        bos_token_id=1, eos_token_id=2,
    ),
    "Llama": lambda: transformers.LlamaConfig(**_COMMON, num_key_value_heads=2),
    "Qwen2": lambda: transformers.Qwen2Config(**_COMMON, **_SLIDING),
    "Qwen3": lambda: transformers.Qwen3Config(**_COMMON, num_key_value_heads=2, head_dim=8),
    "Gemma 3": lambda: transformers.Gemma3TextConfig(**_COMMON, num_key_value_heads=2, head_dim=8, sliding_window=8),
    "T5": lambda: transformers.T5Config(
        d_model=32, d_kv=8, d_ff=48, num_layers=LAYERS, num_heads=4, vocab_size=VOCABULARY, num_labels=CLASSES,
        pad_token_id=0, eos_token_id=2, decoder_start_token_id=0,
    ),
}  # fmt: skip


def build(family: str) -> Any:
    torch.manual_seed(0)
    model = transformers.AutoModelForSequenceClassification.from_config(CONFIGS[family]())
    with torch.no_grad():
        for parameter in model.parameters():  # the usual initialisation is so small that every layer is nearly the same
            parameter.add_(torch.randn_like(parameter) * 0.2)
    return model.eval()


def batch_for(family: str, tokens: int = TOKENS) -> dict[str, torch.Tensor]:
    """Three texts, the middle one shorter and padded on the right (T5's head wants equally many end tokens)."""
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, VOCABULARY, (3, TOKENS), generator=generator)
    mask = torch.ones_like(ids)
    ids[:, -1] = 2
    if family != "T5":
        ids[1, 11:], mask[1, 11:] = 0, 0
    extra = tokens - TOKENS
    return {
        "input_ids": nn.functional.pad(ids, (0, extra)),
        "attention_mask": nn.functional.pad(mask, (0, extra)),
    }


@pytest.mark.parametrize("family", CONFIGS)
@pytest.mark.parametrize("cut", [1, 2, LAYERS])
def test_both_halves_together_equal_the_whole_model(family: str, cut: int) -> None:
    model, batch = build(family), batch_for(family)
    with torch.no_grad():
        whole = model(**batch).logits
    hidden = LowerHalf(model, cut).hidden(batch)
    with upper_half(model, cut) as upper, torch.no_grad():
        assert torch.equal(upper(hidden, **batch).logits, whole)


@pytest.mark.parametrize("family", [name for name in CONFIGS if name != "T5"])
def test_a_state_recorded_with_other_padding_serves_as_well(family: str) -> None:
    model, batch, longer = build(family), batch_for(family), batch_for(family, TOKENS + 6)
    with torch.no_grad():
        whole = model(**batch).logits
    hidden = nn.functional.pad(LowerHalf(model, 2).hidden(batch), (0, 0, 0, 6), value=7.0)
    with upper_half(model, 2) as upper, torch.no_grad():
        torch.testing.assert_close(upper(hidden, **longer).logits, whole, atol=1e-4, rtol=0)


@pytest.mark.parametrize("family", ["BERT", "GPT-2", "Llama", "T5"])
def test_the_upper_half_learns_as_it_would_in_the_whole_model(family: str) -> None:
    model, batch = build(family), batch_for(family)
    targets = torch.tensor([0, 1, 2])
    base = layers(model)
    trained = [p for layer in list(base)[2:] for p in layer.parameters()]

    model(**batch, labels=targets).loss.backward()
    expected = [parameter.grad.clone() for parameter in trained]
    model.zero_grad()
    hidden = LowerHalf(model, 2).hidden(batch)
    with upper_half(model, 2) as upper:
        upper(hidden, **batch, labels=targets).loss.backward()

    for parameter, gradient in zip(trained, expected, strict=True):
        # Threads add the terms of a gradient in any order: rounding, about 1e-5 of its size.
        torch.testing.assert_close(parameter.grad, gradient, atol=1e-4, rtol=1e-4)
    assert all(p.grad is None for layer in list(base)[:2] for p in layer.parameters())


def test_the_model_is_whole_again_afterwards_even_after_an_error() -> None:
    model, batch = build("BERT"), batch_for("BERT")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(KeyError, match="stop"), upper_half(model, 3):
        assert len(model.state_dict()) < len(before)
        raise KeyError("stop")
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    with torch.no_grad():
        model(**batch)


def test_recording_leaves_modes_as_they_were_and_dropout_out() -> None:
    model, batch = build("BERT"), batch_for("BERT")
    model.train()
    layers(model)[0].eval()
    modes = [module.training for module in model.modules()]
    lower = LowerHalf(model, 2)
    assert torch.equal(lower.hidden(batch), lower.hidden(batch))
    assert [module.training for module in model.modules()] == modes


def test_a_recorded_state_can_be_trained_on() -> None:
    hidden = LowerHalf(build("BERT"), 1).hidden(batch_for("BERT"))
    assert not hidden.is_inference()
    assert not hidden.requires_grad


@pytest.mark.parametrize("cut", [0, LAYERS + 1])
def test_a_cut_outside_of_the_model_is_refused(cut: int) -> None:
    model = build("BERT")
    with pytest.raises(ValueError, match="between 1 and 4"):
        LowerHalf(model, cut)
    with pytest.raises(ValueError, match="between 1 and 4"), upper_half(model, cut):
        pass


def test_a_model_without_known_layers_is_named() -> None:
    with pytest.raises(ValueError, match="Linear"):
        layers(nn.Linear(2, 2))


def test_evaluating_restores_each_module() -> None:
    model = nn.Sequential(nn.Dropout(), nn.Dropout())
    model[1].eval()
    with evaluating(model):
        assert not any(module.training for module in model.modules())
    assert [model.training, model[0].training, model[1].training] == [True, True, False]
