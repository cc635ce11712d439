"""QLoRA: small matrices beside layers in four bits, merged into the whole weights. Needs bitsandbytes, but no GPU."""

import dataclasses
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pipeline.data.view import View
from pipeline.models.adapters import targets
from pipeline.models.four_bit import keep_in, shrink
from pipeline.models.load import load_writer
from pipeline.runs.bundle import is_whole, read_info
from pipeline.runs.spec import Recipe
from pipeline.runs.texts import BASE, MODEL, load_texts
from pipeline.settings import Workspace
from pipeline.training.writing.trainee import writer_trainee
from tests.tiny import tiny_writer
from tests.unit.training.conftest import Witness
from tests.writing import carry_out, writing_spec, written_view

pytest.importorskip("bitsandbytes")


@pytest.fixture
def view(home: Workspace, tmp_path: Path) -> View:
    return written_view(tmp_path)


def test_it_learns_and_leaves_whole_weights_behind(home: Workspace, view: View) -> None:
    carry_out(writing_spec(view, adapter="qlora", learning_rate=1e-2, epochs=20), "a")
    model, base = load_texts(home.runs / "a", MODEL), load_texts(home.runs / "a", BASE)
    # Matrices beside random layers, under words that stay random, can do only so much.
    assert model.bits.sum() < 0.6 * base.bits.sum()
    bundle = home.runs / "a" / "bundle"
    assert is_whole(bundle)
    assert read_info(bundle).four_bit
    before = load_file(home.models / "writer-decoder" / "model.safetensors")
    after = load_file(bundle / "model.safetensors")
    assert {name: weight.dtype for name, weight in after.items()} == dict.fromkeys(before, torch.float32)
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(".layers." in name and name.endswith("proj.weight") for name in changed)
    assert "quantization_config" not in (bundle / "config.json").read_text()


def test_the_layers_take_a_seventh_of_their_bytes_meanwhile_and_come_back_as_they_were(home: Workspace) -> None:
    model = load_writer(tiny_writer(home.models / "writer"))
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    names = targets(model, 0)
    full = sum(model.get_submodule(name).weight.nbytes for name in names)
    shrink(model, "cpu")
    assert sum(model.get_submodule(name).weight.nbytes for name in names) < full / 7
    with writer_trainee(model, Recipe(adapter="qlora", trained_layers=-1)):
        assert {name for name, its in model.named_parameters() if its.requires_grad} == {
            name for name, _ in model.named_parameters() if ".lora_" in name
        }
    after = model.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_in_half_the_bytes_positions_stay_exact(home: Workspace) -> None:
    model = load_writer(tiny_writer(home.models / "writer"))
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    assert before
    keep_in(model, torch.bfloat16)
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}
    assert all(torch.equal(before[name], buffer) for name, buffer in model.named_buffers())
    with torch.no_grad():
        assert model(input_ids=torch.arange(5)[None]).logits.isfinite().all()


def test_stopped_and_resumed_it_ends_with_the_very_same_weights(home: Workspace, view: View) -> None:
    spec = writing_spec(view, adapter="qlora", learning_rate=1e-2, epochs=2)
    carry_out(spec, "whole")
    assert carry_out(spec, "parts", Witness(stop_at=12)).stopped
    assert carry_out(dataclasses.replace(spec), "parts").resumed_from == 12
    whole, parts = (load_file(home.runs / name / "bundle" / "model.safetensors") for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
