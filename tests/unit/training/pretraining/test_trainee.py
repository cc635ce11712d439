"""Only hidden tokens are put to the vocabulary, in every family of encoders, and what is said of them is the same."""

from typing import Any

import pytest
import torch
import transformers
from torch import nn

from pipeline.runs.spec import Recipe
from pipeline.training.pretraining.trainee import MaskedTrainee, text_trainee
from pipeline.training.writing.rows import IGNORED

WORDS, WIDTH = 40, 16
SIZES = {
    "vocab_size": WORDS, "hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 32, "max_position_embeddings": 32, "pad_token_id": 1,
}  # fmt: skip
FAMILIES: dict[str, dict[str, Any]] = {
    "Bert": SIZES,
    "Roberta": SIZES,
    "XLMRoberta": SIZES,
    "Electra": {**SIZES, "embedding_size": WIDTH},
    "DistilBert": {
        "vocab_size": WORDS, "dim": WIDTH, "n_layers": 2, "n_heads": 2, "hidden_dim": 32,
        "max_position_embeddings": 32, "pad_token_id": 1,
    },
    "ModernBert": {**SIZES, "local_attention": 8, "bos_token_id": 2, "eos_token_id": 3, "cls_token_id": 2,
                   "sep_token_id": 3},
}  # fmt: skip


def model_of(family: str) -> Any:
    torch.manual_seed(0)
    config = getattr(transformers, f"{family}Config")(**FAMILIES[family])
    return getattr(transformers, f"{family}ForMaskedLM")(config).eval()


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_said_of_hidden_tokens_is_what_the_whole_model_says(family: str) -> None:
    model = model_of(family)
    batch = {"input_ids": torch.randint(4, WORDS, (3, 9)), "attention_mask": torch.ones(3, 9, dtype=torch.long)}
    labels = torch.full((3, 9), IGNORED)
    labels[0, 2], labels[0, 5], labels[2, 8] = 7, 8, 9
    module = MaskedTrainee(model, [])
    with torch.no_grad():
        logits, wanted, of_row = module.said(labels, **batch)
        whole = model(**batch).logits[labels != IGNORED]
        nats, _, guessed = module.guesses(labels, **batch)
    assert logits.shape == (3, WORDS)
    assert (wanted.tolist(), of_row.tolist()) == ([7, 8, 9], [0, 0, 2])
    torch.testing.assert_close(logits, whole)
    torch.testing.assert_close(nats, nn.functional.cross_entropy(whole, wanted, reduction="none"))
    assert torch.equal(guessed, whole.argmax(-1))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("settings", [{"trained_layers": -1}, {"trained_layers": 1}, {"adapter": "lora"}])
def test_every_family_can_be_trained_whole_in_part_and_beside(family: str, settings: dict[str, Any]) -> None:
    model = model_of(family)
    names = [name for name, _ in model.named_parameters()]
    labels = torch.full((1, 9), IGNORED)
    labels[0, 3] = 7
    batch = {"input_ids": torch.randint(4, WORDS, (1, 9)), "attention_mask": torch.ones(1, 9, dtype=torch.long)}
    with text_trainee(model, "masked", Recipe(**{"trained_layers": -1, **settings})) as module:
        found = module(labels, **batch)
        (found["nats"] / found["tokens"]).backward()
        assert any(parameter.grad is not None for parameter in module.parameters() if parameter.requires_grad)
    assert [name for name, _ in model.named_parameters()] == names
