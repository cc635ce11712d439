"""Models of all three families learn from texts alone; stopped and resumed, in shares, and what they leave."""

from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from pipeline.data.conversation import single
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.view import View
from pipeline.errors import ModelError, RunError, UnfitData
from pipeline.inference.events import Began, Token
from pipeline.inference.generate import Writer
from pipeline.inference.sampling import Sampling
from pipeline.models import store
from pipeline.models.load import load_classifier, load_masked
from pipeline.runs.bundle import is_whole, read_info
from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.surprise import load_shown, load_surprise
from pipeline.runs.texts import BASE, MODEL
from pipeline.settings import Workspace
from tests.pretraining import carry_out, reading_spec, texts_view
from tests.tiny import tiny_base
from tests.unit.training.conftest import Witness

FAMILIES = ("decoder", "encoder", "encoder-decoder")
SAYS = (attrgetter("said"), attrgetter("base"))


@pytest.fixture
def view(home: Workspace, tmp_path: Path) -> View:
    return texts_view(tmp_path)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_learns_how_texts_go_on(home, view, family):
    assert not carry_out(reading_spec(view, family), "a").stopped
    tuned, base = (load_surprise(home.runs / "a", name) for name in (MODEL, BASE))
    assert tuned.nats.sum() < 0.5 * base.nats.sum()
    assert tuned.right.sum() > base.right.sum() + 0.3 * base.words.sum()
    for name in ("rows", "tokens", "words", "characters"):  # both were asked the same
        assert (getattr(tuned, name) == getattr(base, name)).all()
    assert is_whole(home.runs / "a" / "bundle")
    info = read_info(home.runs / "a" / "bundle")
    assert (info.task, info.format, info.text) == ("pretraining", "own" if family == "decoder" else "", ("text",))
    assert not info.labels_texts
    shown = load_shown(home.runs / "a")
    assert len(shown) == 5
    assert all(text.asked and text.truth for text in shown)
    tuned_right, base_right = (sum(starts_or_ends_right(text.truth, said(text)) for text in shown) for said in SAYS)
    assert tuned_right > base_right, shown
    before = load_file(home.models / f"reader-{family}" / "model.safetensors")
    assert before.keys() == load_file(home.runs / "a" / "bundle" / "model.safetensors").keys()


def starts_or_ends_right(truth: str, said: str) -> bool:
    return said.startswith(truth[:2]) or said.endswith(truth[-2:])


@pytest.mark.parametrize(
    ("family", "measures"),
    [("decoder", {"bits_per_character", "perplexity"}), ("encoder", {"masked_accuracy", "perplexity"})],
)
def test_one_can_watch_it_learn(home, view, family, measures):
    carry_out(reading_spec(view, family, epochs=4), "a")
    events = read_metrics(home.runs / "a")
    measured = [event.values for event in events if event.kind == "validation"]
    samples = [event.values for event in events if event.kind == "samples"]
    assert measures <= measured[0].keys()
    assert measured[-1]["perplexity"] < measured[0]["perplexity"] == pytest.approx(np.exp(measured[0]["loss"]))
    assert [one["step"] for one in samples] == [one["step"] for one in measured]
    # The same is hidden of the same rows, whatever the step.
    assert len({tuple(answer["asked"] for answer in one["answers"]) for one in samples}) == 1
    assert {one["objective"] for one in samples} == {"causal" if family == "decoder" else "masked"}


@pytest.mark.parametrize("family", ["encoder", "encoder-decoder"])
def test_stopped_within_an_epoch_and_resumed_it_ends_with_the_very_same_weights(home, view, family):
    spec = reading_spec(view, family, epochs=3)
    carry_out(spec, "whole")
    assert carry_out(spec, "parts", Witness(stop_at=16)).stopped
    again = carry_out(spec, "parts")
    assert (again.stopped, again.resumed_from) == (False, 16)
    whole, parts = (load_file(home.runs / name / "bundle" / "model.safetensors") for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


@pytest.mark.parametrize("family", FAMILIES)
def test_halved_batches_give_the_same_steps(home, view, family):
    spec = reading_spec(view, family, epochs=1)
    carry_out(spec, "whole")
    carry_out(spec, "halved", halvings=1)
    losses = [
        [event.values["loss"] for event in read_metrics(home.runs / name) if event.kind == "validation"]
        for name in ("whole", "halved")
    ]
    # Dropout of the encoder falls otherwise where fewer rows are computed at once.
    assert losses[1] == pytest.approx(losses[0], rel=0.1 if family == "encoder" else 1e-3)


def test_adapters_learn_and_are_merged(home, view):
    carry_out(reading_spec(view, "encoder", adapter="lora", learning_rate=1e-2, epochs=4), "a")
    tuned, base = (load_surprise(home.runs / "a", name) for name in (MODEL, BASE))
    assert tuned.nats.sum() < 0.95 * base.nats.sum()
    before = load_file(home.models / "reader-encoder" / "model.safetensors")
    after = load_file(home.runs / "a" / "bundle" / "model.safetensors")
    assert before.keys() == after.keys()
    assert torch.equal(
        before["bert.embeddings.word_embeddings.weight"], after["bert.embeddings.word_embeddings.weight"]
    )


def test_kept_as_a_base_model_it_learns_labels_and_goes_on_learning_from_texts(home, view):
    carry_out(reading_spec(view, "encoder", epochs=1), "a")
    kept = store.bring(home.runs / "a" / "bundle", "my reader")
    assert kept.family == "encoder"
    trained = load_file(home.runs / "a" / "bundle" / "model.safetensors")
    classifier = load_classifier(kept.path, ["yes", "no"]).state_dict()
    layer = "bert.encoder.layer.1.output.dense.weight"
    assert torch.equal(classifier[layer], trained[layer])
    again = load_masked(kept.path).state_dict()
    assert all(torch.equal(again[name], value) for name, value in trained.items())


def test_a_model_without_a_layer_that_guesses_words_is_refused(home, view):
    tiny_base(home.models / "reader-encoder")
    with pytest.raises(ModelError, match="weights are missing"):
        carry_out(reading_spec(view, "encoder"), "a")


def test_single_words_are_refused(home, tmp_path):
    (tmp_path / "words.csv").write_text("text\n" + "fire\nprinter\nplease\n" * 10)
    view = make_view(import_source(tmp_path / "words.csv", "words.csv").id, ["text"], "text", written=True, raw=True)
    with pytest.raises(UnfitData, match="single words"):
        carry_out(reading_spec(view, "encoder"), "a")


def test_a_decoder_can_be_talked_to_and_goes_on_with_what_it_is_told(home, view):
    carry_out(reading_spec(view, "decoder", epochs=6), "a")
    writer = Writer.load(home.runs / "a" / "bundle")
    sampling = Sampling(temperature=0, max_new_tokens=12)
    events = list(writer.stream(single("please refund the", ""), sampling))
    assert isinstance(events[0], Began) and events[0].prompt == "please refund the"
    assert "".join(event.text for event in events if isinstance(event, Token)).startswith(" invoice that was")


def test_an_encoder_cannot_be_talked_to(home, view):
    carry_out(reading_spec(view, "encoder", epochs=1), "a")
    with pytest.raises(RunError, match="writes no answers"):
        Writer.load(home.runs / "a" / "bundle")
