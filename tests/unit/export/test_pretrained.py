"""A model that has learned from texts alone is exported with proof, a card, and a program that runs."""

import subprocess
import sys
import zipfile

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipeline.errors import RunError, SettingError
from pipeline.evaluation.report import build_report
from pipeline.export import pretrained
from pipeline.export.hf import export_bundle
from pipeline.inference.fill import fill_file
from pipeline.runs import bundle as bundles
from pipeline.runs.spec import load_spec
from pipeline.training.seal import finish_bundle
from tests.pretraining import carry_out, reading_spec, texts_view


@pytest.mark.parametrize(
    ("family", "tag", "figure"),
    [
        ("decoder", "text-generation", "Bits per character"),
        ("encoder", "fill-mask", "Hidden tokens guessed right"),
        ("encoder-decoder", "text2text-generation", "Hidden tokens guessed right"),
    ],
)
def test_a_stranger_is_asked_for_the_same_and_surprised_as_much(home, tmp_path, family, tag, figure):
    # Some texts are longer than a piece.
    carry_out(reading_spec(texts_view(tmp_path), family, epochs=1, max_length=12), "abc")
    report = build_report("abc", home.runs / "abc", load_spec(home.runs / "abc"))
    finish_bundle(home.runs / "abc", "my reader", report.metrics)
    exported = export_bundle(home.runs / "abc", tmp_path / "model.zip")
    assert exported.parity < 1e-4
    with zipfile.ZipFile(exported.path) as archive:
        card = archive.read("README.md").decode()
        archive.extractall(tmp_path / "folder")
    assert f"pipeline_tag: {tag}" in card
    assert "# my reader" in card
    assert f"| {figure} |" in card
    info = bundles.read_info(home.runs / "abc" / "bundle")
    program = pretrained.program(info, str(tmp_path / "folder"), "the printer is", encoder=family == "encoder-decoder")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip()
    if family == "encoder":
        assert len(done.stdout.strip().splitlines()) == 5


def test_another_model_is_not_exported(home, tmp_path):
    carry_out(reading_spec(texts_view(tmp_path), "encoder", epochs=1), "abc")
    bundle = home.runs / "abc" / "bundle"
    weights = load_file(bundle / "model.safetensors")
    name = "cls.predictions.transform.dense.weight"
    weights[name] = weights[name] + 0.5 * torch.randn_like(weights[name])
    save_file(weights, bundle / "model.safetensors", {"format": "pt"})
    bundles.seal(bundle)
    with pytest.raises(RunError, match="other answers"):
        export_bundle(home.runs / "abc", tmp_path / "model.zip")


def test_it_fills_no_file(home, tmp_path):
    view = texts_view(tmp_path)
    carry_out(reading_spec(view, "decoder", epochs=1), "abc")
    with pytest.raises(SettingError, match="texts alone"):
        fill_file(home.runs / "abc" / "bundle", view.source, tmp_path / "filled.csv")
