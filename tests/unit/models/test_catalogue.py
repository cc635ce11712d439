"""The catalogue: facts that have to be complete, and names that find them."""

import re

import pytest

from pipeline.errors import UnknownModel
from pipeline.models.catalogue import HubSource, ModelScopeSource, WheelSource, entries, find

STARTERS = ["all-MiniLM-L6-v2", "multilingual-e5-small", "SmolLM2-135M-Instruct"]


def test_the_starters_come_first_and_from_the_package_index() -> None:
    assert [entry.name for entry in entries() if entry.starter] == STARTERS
    assert [entry.name for entry in entries()[:3]] == STARTERS
    assert all(isinstance(entry.sources[0], WheelSource) for entry in entries() if entry.starter)


@pytest.mark.parametrize(
    "name",
    [
        "hfl/minirbt-h288",
        "hfl/chinese-roberta-wwm-ext",
        "google-bert/bert-base-chinese",
        "distilbert-base-uncased",
        "answerdotai/ModernBERT-base",
        "openai-community/gpt2",
        "openai-community/gpt2-medium",
        "google/flan-t5-small",
        "google/mt5-small",
        "charent/ChatLM-mini-Chinese",
        "Qwen3-0.6B",
        "Qwen2.5-0.5B-Instruct",
    ],
)
def test_hub_models_are_known_from_the_start(name: str) -> None:
    entry = find(name)
    assert entry.name == name
    assert [type(source) for source in entry.sources] == [HubSource, ModelScopeSource]


def test_a_hub_id_or_its_last_part_finds_the_model_too() -> None:
    assert find("sentence-transformers/all-MiniLM-L6-v2").name == "all-MiniLM-L6-v2"
    assert find("gpt2").name == "openai-community/gpt2"
    assert find("Qwen/Qwen3-0.6B").name == "Qwen3-0.6B"


def test_no_name_finds_two_models() -> None:
    names = [name for entry in entries() for name in entry.aliases]
    assert len(names) == len(set(names))


def test_an_unknown_name_says_so() -> None:
    with pytest.raises(UnknownModel, match="no base model named gpt5"):
        find("gpt5")


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_fact_is_there(entry) -> None:  # type: ignore[no-untyped-def]
    assert entry.parameters > 10**6
    assert entry.download_bytes > 10**6
    assert entry.context >= 512
    assert entry.licence
    assert entry.licence_url.startswith("https://")
    assert entry.languages
    assert entry.purpose.endswith(".")
    for source in entry.sources:
        if isinstance(source, WheelSource):
            assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) for file in source.files)
        elif isinstance(source, HubSource):
            assert re.fullmatch("[0-9a-f]{40}|main", source.revision)


def test_gemma_asks_for_its_licence_and_is_put_together_from_four_wheels() -> None:
    entry = find("gemma-3-270m")
    assert entry.must_accept
    assert isinstance(entry.sources[0], WheelSource)
    assert len(entry.sources[0].packages) == 4
