"""An exported model that writes is asked by transformers alone with the same tokens, and is as surprised as the run."""

import json
import zipfile

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.errors import RunError
from pipeline.export.hf import export_bundle
from pipeline.runs import bundle as bundles
from tests.writing import carry_out, writing_spec, written_view


@pytest.mark.parametrize(
    ("family", "settings"),
    [
        ("decoder", {"prompt_format": "chat"}),
        ("decoder", {"prompt_format": "alpaca", "max_length": 256}),
        ("decoder", {"prompt_format": "own", "own_format": "问：{instruction}\n{input}\n答：{answer}"}),
        ("encoder-decoder", {}),
    ],
)
def test_a_stranger_asks_with_the_same_tokens(home, tmp_path, family, settings):
    carry_out(writing_spec(written_view(tmp_path), family, epochs=1, **settings), "abc")
    exported = export_bundle(home.runs / "abc", tmp_path / "model.zip")
    assert exported.parity < 1e-4
    with zipfile.ZipFile(exported.path) as archive:
        names = archive.namelist()
        info = json.loads(archive.read("tunedesk.json"))
    assert "generation_config.json" in names
    assert info["format"] == settings.get("prompt_format", "plain")
    assert info["own_format"] == settings.get("own_format", "")


def test_another_model_is_not_exported(home, tmp_path):
    carry_out(writing_spec(written_view(tmp_path), epochs=1), "abc")
    bundle = home.runs / "abc" / "bundle"
    weights = load_file(bundle / "model.safetensors")
    name = next(name for name in weights if name.endswith("down_proj.weight"))
    weights[name] = weights[name] + 0.1 * torch.randn_like(weights[name])
    save_file(weights, bundle / "model.safetensors", {"format": "pt"})
    bundles.seal(bundle)
    with pytest.raises(RunError, match="other answers"):
        export_bundle(home.runs / "abc", tmp_path / "model.zip")
    assert not (tmp_path / "model.zip").exists()
