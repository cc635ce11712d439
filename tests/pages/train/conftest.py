"""A base model small enough to be estimated and started within a test."""

from pathlib import Path

import pytest
from transformers import BertConfig, BertModel

from pipeline.models import store
from pipeline.settings import Workspace
from tests.tiny import tiny_tokenizer


@pytest.fixture
def tiny_model(home: Workspace, tmp_path: Path) -> str:
    """The name of a two-layer BERT that stands in the place of the recommended English model."""
    folder = tmp_path / "tiny"
    tokenizer = tiny_tokenizer()
    BertModel(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=48,
            max_position_embeddings=64,
        )
    ).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return store.bring(folder, "all-MiniLM-L6-v2").name
