"""Every family learns, alone and with adapters; what it leaves says the same here and to a stranger."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import Terms, make_split, save_split
from pipeline.errors import ModelError, SettingError
from pipeline.export.hf import TOLERANCE, export_bundle
from pipeline.inference.classify import Classifier
from pipeline.models import store
from pipeline.runs.answers import load_answers
from pipeline.runs.bundle import read_info
from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs
from pipeline.training import checkpoints
from pipeline.training.run import Trained
from pipeline.training.seal import finish_bundle
from tests.tiny import FILLERS, SIGNS, tiny_base
from tests.unit.training.conftest import Witness

Make = Callable[..., RunSpec]
Carry = Callable[..., Trained]
FAMILIES = ["encoder", "decoder", "encoder-decoder"]
WRITES = {"epochs": 24, "trained_layers": -1, "learning_rate": 1e-2, "label_smoothing": 0.0}


def scores(home: Workspace, name: str) -> np.ndarray:
    return load_answers(home.runs / name, "model").scores


def share_right(home: Workspace, name: str) -> float:
    answers = load_answers(home.runs / name, "model")
    return float((answers.scores.argmax(axis=1) == answers.truth).mean())


@pytest.fixture
def pairs(home: Workspace, tmp_path: Path) -> Callable[..., RunSpec]:
    """A function that gives a spec: 150 pairs of texts, and a number from 0 to 4 by the first words of both."""
    (home.home / "runs").mkdir(exist_ok=True)
    random = np.random.default_rng(0)
    words = list(SIGNS.values())
    rows = []
    for _ in range(150):
        one, other = (str(word) for word in random.choice(words, 2))
        texts = [" ".join([word, *random.choice(FILLERS, random.integers(0, 3))]) for word in (one, other)]
        rows.append({"a": texts[0], "b": texts[1], "score": f"{words.index(one) + words.index(other):.1f}"})
    frame = pd.DataFrame(rows)
    frame.to_csv(tmp_path / "pairs.csv", index=False)
    source = import_source(tmp_path / "pairs.csv", "pairs.csv")
    view = make_view(source.id, ["a"], "score", second="b", number=True)
    split = make_split(
        source.id, list(frame["a"] + " | " + frame["b"]), list(frame["score"]), Terms(test_rows=range(40))
    )
    save_split(split)

    def make(family: str, **settings: object) -> RunSpec:
        folder = home.models / f"tiny-{family}"
        if not folder.exists():
            tiny_base(folder, family)
        base = store.get(folder.name)
        quick = {"epochs": 4, "batch_size": 16, "trained_layers": 2, "learning_rate": 3e-3, "max_length": 24}
        recipe = Recipe(**{**quick, **settings})  # type: ignore[arg-type]
        return RunSpec(view, split.id, "regression", base.name, base.fingerprint, recipe)

    return make


def test_an_encoder_decoder_learns_to_write_the_label(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    spec = make_spec("encoder-decoder", **WRITES)
    carry_out(spec, "a")
    assert share_right(home, "a") > 0.8
    np.testing.assert_allclose(scores(home, "a").sum(axis=1), 1, atol=1e-9)
    bundle = home.runs / "a" / "bundle"
    info = read_info(bundle)
    assert (info.prefix, info.texts) == ("classify: ", spec.view.labels)
    texts = ["log please", "refund twice"]
    tokenizer, model = AutoTokenizer.from_pretrained(bundle), AutoModelForSeq2SeqLM.from_pretrained(bundle)
    written = model.generate(**tokenizer(texts, padding=True, return_tensors="pt"), max_new_tokens=8, do_sample=False)
    said = Classifier.load(bundle).scores(Inputs(tuple(texts)))
    assert tokenizer.batch_decode(written, skip_special_tokens=True) == [info.texts[n] for n in said.argmax(axis=1)]


@pytest.mark.parametrize("layers", [0, 2])
def test_the_lower_layers_of_its_encoder_stay_and_its_decoder_learns(
    home: Workspace, make_spec: Make, carry_out: Carry, layers: int
) -> None:
    witness = Witness()
    carry_out(make_spec("encoder-decoder", trained_layers=layers), "a", witness)
    assert "Computing the lower layers" in witness.phases
    before = load_file(home.models / "tiny-encoder-decoder" / "model.safetensors")
    after = load_file(home.runs / "a" / "bundle" / "model.safetensors")
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    blocks = {name.split(".")[2] for name in changed if name.startswith("encoder.block")}
    assert blocks == {str(number) for number in range(3 - layers, 3)}
    assert {name.split(".")[2] for name in changed if name.startswith("decoder.block")} == {"0", "1", "2"}
    assert "shared.weight" not in changed
    assert "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight" not in changed


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("adapter", ["lora", "dora"])
def test_adapters_are_kept_alone_and_merged_at_the_end(
    home: Workspace, make_spec: Make, carry_out: Carry, family: str, adapter: str
) -> None:
    spec = make_spec(family, adapter=adapter, epochs=2, lora_rank=4)
    carry_out(spec, "a")
    newest = checkpoints.last_whole(home.runs / "a" / "checkpoints")
    assert newest is not None
    kept = load_file(newest / "model.safetensors")
    assert any("lora_" in name for name in kept)
    heads = ("lora_", "classifier", "pooler", "score")
    assert all(any(part in name for part in heads) for name in kept)
    plan = next(event.values for event in read_metrics(home.runs / "a") if event.kind == "plan")
    assert sum(value.numel() for value in kept.values()) == plan["trained_parameters"] < 0.3 * plan["parameters"]
    bundle = home.runs / "a" / "bundle"
    assert not any("lora" in name for name in load_file(bundle / "model.safetensors"))
    texts = [f"{sign} please" for sign in SIGNS.values()]
    assert Classifier.load(bundle).scores(Inputs(tuple(texts))).shape == (3, 3)


def test_adapters_learn(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    carry_out(make_spec(adapter="lora", trained_layers=3, epochs=24, learning_rate=1e-2), "a")
    assert share_right(home, "a") > 0.8


def test_a_killed_run_with_adapters_goes_on_to_the_same_end(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    spec = make_spec(adapter="lora")
    carry_out(spec, "whole")
    with pytest.raises(KeyboardInterrupt):
        carry_out(spec, "a", Witness(die_at=8))
    assert carry_out(spec, "a").resumed_from == 6
    assert np.array_equal(scores(home, "a"), scores(home, "whole"))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_stranger_gets_the_same_from_a_pair_with_a_number(
    home: Workspace, pairs: Make, carry_out: Carry, tmp_path: Path, family: str
) -> None:
    settings = WRITES if family == "encoder-decoder" else {"epochs": 8}
    spec = pairs(family, **settings)
    carry_out(spec, "a")
    answers = load_answers(home.runs / "a", "model")
    assert np.isfinite(answers.scores).all()
    finish_bundle(home.runs / "a", "pairs", {})
    save_spec(spec, home.runs / "a")
    exported = export_bundle(home.runs / "a", tmp_path / "model.zip")
    assert exported.parity <= TOLERANCE
    classifier = Classifier.load(home.runs / "a" / "bundle")
    one, other = ("log the", "refund"), ("refund", "log the")
    said = classifier.scores(Inputs((one[0], other[0]), (one[1], other[1])))
    if family == "decoder":
        assert classifier.info.orders == 2
        np.testing.assert_allclose(said[0], said[1], atol=1e-5)
    if family == "encoder-decoder":
        numbers = [float(text) for text in classifier.info.texts]
        assert (numbers[0], numbers[-1]) == (0.0, 4.0)
        assert 0.0 <= said.min() <= said.max() <= 4.0
        assert float(np.corrcoef(answers.scores[:, 0], answers.truth)[0, 1]) > 0.5


def test_a_stranger_gets_the_same_from_a_model_that_writes(
    home: Workspace, make_spec: Make, carry_out: Carry, tmp_path: Path
) -> None:
    spec = make_spec("encoder-decoder", **WRITES)
    carry_out(spec, "a")
    finish_bundle(home.runs / "a", "a", {"accuracy": 0.9})
    save_spec(spec, home.runs / "a")
    assert export_bundle(home.runs / "a", tmp_path / "model.zip").parity <= TOLERANCE


def test_a_decoder_may_go_on_learning_to_continue_texts(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    spec = make_spec("decoder", lm_weight=0.5, trained_layers=-1, epochs=2)
    folder = home.models / "tiny-decoder"
    with pytest.raises(SettingError, match="set lm_weight to 0"):  # its output layer is another matrix
        carry_out(spec, "untied")
    from tests.tiny import tie

    tie(folder)
    carry_out(make_spec("decoder", lm_weight=0.5, trained_layers=-1, epochs=2), "with")
    carry_out(make_spec("decoder", trained_layers=-1, epochs=2), "without")
    losses = {
        name: [event.values["loss"] for event in read_metrics(home.runs / name) if event.kind == "train"]
        for name in ("with", "without")
    }
    # A model that knows nothing is off by about the logarithm of its vocabulary, half of which is added.
    assert losses["with"][0] > losses["without"][0] + 1
    bundle = load_file(home.runs / "with" / "bundle" / "model.safetensors")
    assert "lm_head.weight" not in bundle


def test_the_language_model_loss_needs_a_model_that_writes(make_spec: Make, carry_out: Carry) -> None:
    with pytest.raises(SettingError, match="set lm_weight to 0"):
        carry_out(make_spec("encoder", lm_weight=0.5), "a")


def test_labels_that_cannot_be_told_apart_are_named_before_training(
    home: Workspace, make_spec: Make, carry_out: Carry
) -> None:
    import json

    spec = make_spec("encoder-decoder")
    path = home.models / "tiny-encoder-decoder" / "tokenizer.json"
    content = json.loads(path.read_text())
    keep = [
        piece for piece in content["model"]["vocab"] if not any(sign in piece[0] for word in SIGNS for sign in word)
    ]
    content["model"]["vocab"] = keep
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match="knows too few of their"):
        carry_out(spec, "a")
