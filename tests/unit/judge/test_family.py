"""Kin and size of a model are told from its name, in whichever way servers write it."""

import pytest

from pipeline.judge.family import family_of, parameters_of
from pipeline.models.catalogue import entries


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("SmolLM2-135M-Instruct", "smollm"),
        ("Qwen2.5-7B", "qwen"),
        ("Qwen/QwQ-32B", "qwen"),
        ("qwen2.5:0.5b", "qwen"),
        ("gpt-4o", "gpt"),
        ("openai/gpt-oss-20b", "gpt"),
        ("o3-mini", "gpt"),
        ("chatgpt-4o-latest", "gpt"),
        ("gpt2-medium", "gpt"),
        ("gemma-3-270m", "gemma"),
        ("gemini-2.5-flash", "gemini"),
        ("claude-sonnet-4", "claude"),
        ("meta-llama/Llama-3.1-8B-Instruct", "llama"),
        ("TinyLlama-1.1B", "llama"),
        ("Mixtral-8x7B", "mistral"),
        ("mistral:7b", "mistral"),
        ("deepseek-chat", "deepseek"),
        ("DeepSeek-R1-Distill-Qwen-7B", "deepseek"),
        ("Phi-3-mini", "phi"),
        ("glm-4-flash", "glm"),
        ("chatglm3-6b", "glm"),
        ("01-ai/Yi-6B", "yi"),
        ("flan-t5-small", "t5"),
        ("google/mt5-small", "t5"),
        ("ChatLM-mini-Chinese", "chatlm"),
        ("my own model", "my"),
        ("小模型-7B", "小模型"),
        ("7B", "7b"),
        ("", ""),
    ],
)
def test_models_of_one_family_are_known_by_their_names(model: str, family: str) -> None:
    assert family_of(model) == family


@pytest.mark.parametrize(
    ("model", "count"),
    [
        ("SmolLM2-135M-Instruct", 135_000_000),
        ("qwen2.5:0.5b", 500_000_000),
        ("Qwen2.5-7B-Instruct", 7_000_000_000),
        ("Llama-3.2-1B", 1_000_000_000),
        ("gemma-3-270m", 270_000_000),
        ("Mixtral-8x7B", None),
        ("gpt-4o", None),
        ("gpt-4o-mini", None),
        ("model-v2b1", None),
        ("", None),
    ],
)
def test_the_size_is_read_where_the_name_says_it(model: str, count: int | None) -> None:
    assert parameters_of(model) == count


def test_every_model_of_the_catalogue_has_a_family() -> None:
    assert all(family_of(entry.name) for entry in entries())
