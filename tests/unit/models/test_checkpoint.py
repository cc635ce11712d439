"""A model from elsewhere is opened without running anything of it, and told what is wrong with it."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.errors import ModelError, UnsafeModel
from pipeline.models import store
from pipeline.models.formats.checkpoint import convert
from pipeline.models.load import load_text_to_text
from pipeline.settings import Workspace
from tests.tiny import tiny_base
from tests.unit.models.conftest import build_tiny_bert


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    return tmp_path / "target"


class Evil:
    """Runs code when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):  # type: ignore[no-untyped-def]
        return Path.touch, (self.path,)


def test_a_pickle_that_would_run_code_is_refused(target: Path, tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "evil", pickled=True)
    torch.save({"x": Evil(tmp_path / "ran")}, folder / "pytorch_model.bin")
    with pytest.raises(UnsafeModel, match="could run code"):
        convert(folder, target)
    assert not (tmp_path / "ran").exists()


def test_code_that_comes_with_a_known_kind_of_model_is_ignored(target: Path, tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "coded")
    for name, entry in (("config.json", "AutoModel"), ("tokenizer_config.json", "AutoTokenizer")):
        content = json.loads((folder / name).read_text())
        content["auto_map"] = {entry: "modeling.Thing"}
        (folder / name).write_text(json.dumps(content))
    (folder / "modeling.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    convert(folder, target)
    assert "auto_map" not in (target / "config.json").read_text() + (target / "tokenizer_config.json").read_text()
    assert not (target / "modeling.py").exists()
    assert not (tmp_path / "ran").exists()


def test_a_kind_of_model_that_needs_its_own_code_is_refused(target: Path, tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "own")
    (folder / "config.json").write_text(json.dumps({"model_type": "ours", "auto_map": {"AutoModel": "m.M"}}))
    with pytest.raises(UnsafeModel, match="program code of its own"):
        convert(folder, target)


def test_an_unknown_kind_of_model_is_named(target: Path, tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "own")
    (folder / "config.json").write_text(json.dumps({"model_type": "ours"}))
    with pytest.raises(ModelError, match=r"kind \(ours\)"):
        convert(folder, target)


@pytest.mark.parametrize("content", ["not json", "[1]"])
def test_a_damaged_config_is_named(target: Path, tmp_path: Path, content: str) -> None:
    folder = build_tiny_bert(tmp_path / "damaged")
    (folder / "config.json").write_text(content)
    with pytest.raises(ModelError, match=r"config\.json of the model is damaged"):
        convert(folder, target)


def test_weights_of_another_model_are_noticed(target: Path, tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "other")
    save_file({"something.else": torch.zeros(2)}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match="do not fit"):
        convert(folder, target)


def test_a_model_without_tokenizer_is_told_so(target: Path, tmp_path: Path) -> None:
    folder = build_tiny_bert(tmp_path / "mute")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="tokenizer is missing or damaged"):
        convert(folder, target)


def text_to_text_model(folder: Path, *, pickled: bool, **config: object) -> Path:
    """A folder as ChatLM-mini-Chinese is published: T5 under a class name of its own, and code beside it."""
    tiny_base(folder, "encoder-decoder")
    settings = json.loads((folder / "config.json").read_text())
    settings |= {"architectures": ["TextToTextModel"], "auto_map": {"AutoModelForSeq2SeqLM": "chat.TextToTextModel"}}
    (folder / "config.json").write_text(json.dumps(settings | config))
    (folder / "chat.py").write_text(f"open({str(folder / 'ran')!r}, 'w')")
    for name in (store.FACTS, "manifest.json"):
        (folder / name).unlink()
    if pickled:
        torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()
    return folder


@pytest.mark.parametrize("pickled", [False, True])
def test_a_t5_under_another_class_name_is_brought_and_loaded_without_its_code(
    home: Workspace, tmp_path: Path, pickled: bool
) -> None:
    folder = text_to_text_model(tmp_path / "chat", pickled=pickled)
    original = torch.load(folder / "pytorch_model.bin") if pickled else load_file(folder / "model.safetensors")
    brought = store.bring(folder, "ChatLM")
    assert brought.family == "encoder-decoder"
    model = load_text_to_text(brought.path)
    assert type(model).__name__ == "T5ForConditionalGeneration"
    assert all(torch.equal(model.state_dict()[name], value) for name, value in original.items())
    assert not (folder / "ran").exists()


def test_an_output_layer_of_its_own_is_not_lost_under_another_class_name(target: Path, tmp_path: Path) -> None:
    folder = text_to_text_model(tmp_path / "chat", pickled=False, tie_word_embeddings=False)
    weights = load_file(folder / "model.safetensors")
    weights["lm_head.weight"] = torch.randn_like(weights["shared.weight"])
    torch.save(weights, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    convert(folder, target)
    assert torch.equal(load_text_to_text(target).lm_head.weight, weights["lm_head.weight"])
