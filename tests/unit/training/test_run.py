"""Training carries a spec out: it learns, repeats itself exactly, survives kills, and says what went wrong."""

import statistics
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipeline import cache
from pipeline.baselines.tfidf import fit_tfidf
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import Terms, make_split, save_split
from pipeline.errors import RunError, SettingError
from pipeline.inference.classify import Classifier
from pipeline.runs.answers import load_answers
from pipeline.runs.bundle import is_whole, read_info
from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.spec import RunSpec
from pipeline.settings import Workspace
from pipeline.tasks.classification import CLASSIFICATION
from pipeline.tasks.examples import load_examples
from pipeline.tasks.task import Inputs
from pipeline.training.phases import RECALLING, TESTING
from pipeline.training.run import SAVING, Trained
from pipeline.training.seal import finish_bundle
from tests.tiny import tickets
from tests.unit.training.conftest import Witness

Make = Callable[..., RunSpec]
Carry = Callable[..., Trained]
STEPS = 18


def probabilities(home: Workspace, name: str) -> np.ndarray:
    return load_answers(home.runs / name, "model").scores


def accuracy(home: Workspace, name: str) -> float:
    answers = load_answers(home.runs / name, "model")
    return float((answers.predicted == answers.truth).mean())


@pytest.mark.parametrize("family", ["encoder", "decoder", "encoder-decoder"])
def test_it_learns_what_the_labels_follow_from(home: Workspace, make_spec: Make, carry_out: Carry, family: str) -> None:
    trained = carry_out(make_spec(family, epochs=12), "a")
    assert trained == Trained(stopped=False, step=12 * 6, resumed_from=0)
    # One of three classes by chance. The tiny decoder at this rate ends between 0.67 and 0.8, as its sums are rounded.
    assert accuracy(home, "a") > (0.5 if family == "decoder" else 0.7)


@pytest.mark.parametrize("family", ["encoder", "decoder", "encoder-decoder"])
def test_products_in_bfloat16_leave_vectors_that_find_what_a_text_is_like(
    home: Workspace, make_spec: Make, carry_out: Carry, family: str
) -> None:
    for name, precision in (("short", "bfloat16"), ("long", "float32")):
        carry_out(make_spec(family, epochs=1, learning_rate=1e-8, precision=precision), name)
    short, long = (np.load(home.runs / name / "neighbours.npz")["vectors"] for name in ("short", "long"))
    # Hardly anything was learned, so both read the same: the cosine of a row with itself is its own best.
    assert np.allclose((short * long).sum(axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("layers", [0, 1, 3, -1])
def test_any_number_of_layers_can_be_trained(home: Workspace, make_spec: Make, carry_out: Carry, layers: int) -> None:
    # One of three classes by chance. With eight seeds three layers and all end at 0.9 to 1.0; a head or one layer alone
    # reads features that nobody has trained: 0.45 to 0.73.
    carry_out(make_spec(trained_layers=layers, epochs=8), "a")
    assert accuracy(home, "a") > (0.4 if layers in (0, 1) else 0.8)
    before = load_file(home.models / "tiny-encoder" / "model.safetensors")
    after = load_file(home.runs / "a" / "bundle" / "model.safetensors")
    changed = [not torch.equal(before[f"encoder.layer.{n}.output.dense.weight"], after[name]) for n, name in _layers()]
    assert changed == [n >= 3 - layers or layers < 0 for n in range(3)]
    words = "embeddings.word_embeddings.weight"
    assert torch.equal(before[words], after[f"bert.{words}"]) == (layers >= 0)


def _layers() -> list[tuple[int, str]]:
    return [(n, f"bert.encoder.layer.{n}.output.dense.weight") for n in range(3)]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_it_leaves_is_a_stock_folder_that_answers_the_same(
    home: Workspace, make_spec: Make, carry_out: Carry, precision: str
) -> None:
    spec = make_spec(precision=precision)
    carry_out(spec, "a")
    bundle = home.runs / "a" / "bundle"
    assert is_whole(bundle)
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(bundle), AutoTokenizer.from_pretrained(bundle)
    assert tokenizer.model_max_length == 24
    assert tuple(model.config.id2label.values()) == spec.view.labels
    inputs = load_examples(CLASSIFICATION, spec.view, spec.split).test.inputs
    batch = tokenizer(list(inputs.first), padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        stock = model.eval()(**batch).logits.softmax(-1).numpy()
    np.testing.assert_allclose(stock, probabilities(home, "a"), atol=1e-5)
    np.testing.assert_allclose(Classifier.load(bundle).scores(inputs), probabilities(home, "a"), atol=1e-6, rtol=0)


def test_the_figures_of_the_test_rows_join_the_bundle(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    carry_out(make_spec(epochs=1), "a")
    finish_bundle(home.runs / "a", "mine", {"accuracy": 0.5})
    assert read_info(home.runs / "a" / "bundle").metrics == {"accuracy": 0.5}
    assert is_whole(home.runs / "a" / "bundle")


def test_training_rows_are_kept_with_vectors_that_find_their_like(
    home: Workspace, make_spec: Make, carry_out: Carry
) -> None:
    spec = make_spec(epochs=12)
    carry_out(spec, "a")
    train = load_examples(CLASSIFICATION, spec.view, spec.split).train
    with np.load(home.runs / "a" / "neighbours.npz") as kept:
        rows, vectors = kept["rows"], kept["vectors"]
    assert rows.tolist() == train.rows.tolist()
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    asked = Classifier.load(home.runs / "a" / "bundle").embed(train.inputs)
    np.testing.assert_allclose(asked, vectors, atol=1e-5)
    alike = vectors @ vectors.T - 2 * np.eye(len(vectors))
    assert (train.targets[alike.argmax(axis=1)] == train.targets).mean() > 0.9


def test_the_log_tells_the_whole_story(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    carry_out(make_spec(), "a")
    events = read_metrics(home.runs / "a")
    plan = next(event.values for event in events if event.kind == "plan")
    assert (plan["steps"], plan["epochs"], plan["train_rows"]) == (STEPS, 3, 91)
    assert 0 < plan["trained_parameters"] < plan["parameters"]
    assert [event.values["step"] for event in events if event.kind == "validation"] == [0, 6, 12, 18]
    losses = [event.values for event in events if event.kind == "train"]
    assert [values["step"] for values in losses] == list(range(1, STEPS + 1))
    epochs = [statistics.fmean(values["loss"] for values in losses[at : at + 6]) for at in (0, 12)]
    assert epochs[1] < epochs[0]
    assert all(values["rows_per_second"] > 0 for values in losses)


def test_the_best_model_on_validation_is_the_one_that_stays(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    spec = make_spec(epochs=6)
    carry_out(spec, "a")
    validation = load_examples(CLASSIFICATION, spec.view, spec.split).validation
    predicted = Classifier.load(home.runs / "a" / "bundle").scores(validation.inputs).argmax(axis=1)
    events = [event.values for event in read_metrics(home.runs / "a") if event.kind == "validation"]
    best = max(event["macro_f1"] for event in events[1:])
    chosen = next(event for event in events[1:] if event["macro_f1"] == best)
    assert chosen["best"]
    assert (predicted == validation.targets).mean() == pytest.approx(chosen["accuracy"])


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_same_spec_gives_the_same_answers_with_and_without_what_was_kept(
    home: Workspace, make_spec: Make, carry_out: Carry, precision: str
) -> None:
    carry_out(make_spec(precision=precision), "first")
    carry_out(make_spec(precision=precision), "again")
    with cache.off():
        carry_out(make_spec(precision=precision), "off")
    carry_out(make_spec(seed=1, precision=precision), "other")
    assert np.array_equal(probabilities(home, "first"), probabilities(home, "again"))
    assert np.array_equal(probabilities(home, "first"), probabilities(home, "off"))
    assert not np.array_equal(probabilities(home, "first"), probabilities(home, "other"))


def test_the_lower_layers_are_computed_once(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    first, again = Witness(), Witness()
    carry_out(make_spec(), "a", first)
    carry_out(make_spec(seed=1, epochs=1), "b", again)
    assert "Computing the lower layers" in first.phases
    assert "Computing the lower layers" not in again.phases
    assert first.phases[-3:] == [TESTING, RECALLING, SAVING]


def test_states_too_large_to_keep_change_nothing_but_rounding(
    home: Workspace, make_spec: Make, carry_out: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out(make_spec(), "kept")
    monkeypatch.setattr("pipeline.training.lower._BYTES", 10**9)
    carry_out(make_spec(), "live")
    np.testing.assert_allclose(probabilities(home, "live"), probabilities(home, "kept"), atol=1e-3)


@pytest.mark.parametrize(("step", "precision"), [(3, "float32"), (6, "float32"), (10, "float32"), (10, "bfloat16")])
def test_a_stopped_run_can_be_used_and_goes_on_to_the_very_same_end(
    home: Workspace, make_spec: Make, carry_out: Carry, step: int, precision: str
) -> None:
    spec = make_spec(precision=precision)
    carry_out(spec, "whole")
    stopped = carry_out(spec, "a", Witness(stop_at=step))
    assert stopped == Trained(stopped=True, step=step, resumed_from=0)
    assert Classifier.load(home.runs / "a" / "bundle").scores(Inputs(("refund",))).shape == (1, 3)
    resumed = carry_out(spec, "a")
    assert resumed == Trained(stopped=False, step=STEPS, resumed_from=step)
    assert np.array_equal(probabilities(home, "a"), probabilities(home, "whole"))
    assert [event.values for event in read_metrics(home.runs / "a") if event.kind == "resumed"] == [{"step": step}]


def test_a_killed_run_goes_on_from_its_last_checkpoint(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    carry_out(make_spec(), "whole")
    with pytest.raises(KeyboardInterrupt):
        carry_out(make_spec(), "a", Witness(die_at=15))
    assert carry_out(make_spec(), "a").resumed_from == 12
    assert np.array_equal(probabilities(home, "a"), probabilities(home, "whole"))


def test_a_damaged_checkpoint_is_passed_over(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    carry_out(make_spec(), "whole")
    with pytest.raises(KeyboardInterrupt):
        carry_out(make_spec(), "a", Witness(die_at=15))
    _flip_a_bit(home.runs / "a" / "checkpoints" / "checkpoint-12" / "optimizer.pt")
    (home.runs / "a" / "checkpoints" / "checkpoint-13").mkdir()  # killed while it was written
    assert carry_out(make_spec(), "a").resumed_from == 6
    assert np.array_equal(probabilities(home, "a"), probabilities(home, "whole"))


def _flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_checkpoints_are_small_and_few_and_hold_no_pickled_settings(
    home: Workspace, make_spec: Make, carry_out: Carry
) -> None:
    carry_out(make_spec(epochs=6, trained_layers=1), "a")
    folders = sorted((home.runs / "a" / "checkpoints").iterdir())
    assert 2 <= len(folders) <= 3
    assert all(is_whole(folder) for folder in folders)
    kept = load_file(folders[-1] / "model.safetensors")
    assert not [name for name in kept if "embeddings" in name or "layer.0." in name or "layer.1." in name]
    assert not (folders[-1] / "training_args.bin").exists()


def test_a_loss_that_is_no_number_ends_the_run_with_advice(make_spec: Make, carry_out: Carry) -> None:
    with pytest.raises(RunError, match="lower learning rate"):
        carry_out(make_spec(learning_rate=1e30, gradient_clip=1e9), "a")


def test_a_task_that_nobody_knows_is_refused(make_spec: Make, carry_out: Carry) -> None:
    import dataclasses

    with pytest.raises(SettingError, match="translation"):
        carry_out(dataclasses.replace(make_spec(), task="translation"), "a")


def test_a_class_that_only_the_newest_rows_have_stops_neither_training_nor_the_baseline(
    home: Workspace, tmp_path: Path, make_spec: Make, carry_out: Carry
) -> None:
    frame = tickets(120, seed=0)
    frame["text"] += [f" {row * 7919}" for row in range(120)]
    frame["day"] = [f"2024-01-{row // 4 + 1:02}" for row in range(120)]
    frame.loc[110:, "label"] = "新"
    frame.to_csv(tmp_path / "dated.csv", index=False)
    view = make_view(import_source(tmp_path / "dated.csv", "dated.csv").id, ["text"], "label", time="day")
    split = make_split(view.source, list(frame["text"]), list(frame["label"]), Terms(order=list(frame["day"])))
    save_split(split)
    carry_out(replace(make_spec(epochs=1), view=view, split=split.id), "late")
    assert probabilities(home, "late").shape == (len(split.test), 4)
    examples = load_examples(CLASSIFICATION, view, split.id)
    late = view.labels.index("新")
    assert late in examples.test.targets
    assert late not in examples.train.targets
    validation = examples.validation
    tfidf = fit_tfidf(
        examples.train.inputs.first, examples.train.targets, validation.inputs.first, validation.targets, 4
    )
    assert tfidf.probabilities(examples.test.inputs.first).shape == (len(split.test), 4)


def test_training_ends_early_where_nothing_gets_better(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    trained = carry_out(make_spec(epochs=30, patience=2, learning_rate=1e-8), "a")
    scores = [event.values["macro_f1"] for event in read_metrics(home.runs / "a") if event.kind == "validation"]
    assert len(set(scores)) == 1
    assert trained == Trained(stopped=False, step=3 * 6, resumed_from=0)
    assert is_whole(home.runs / "a" / "bundle")


def test_a_killed_run_ends_early_where_it_would_have(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    spec = make_spec(epochs=30, patience=2, learning_rate=1e-8)
    with pytest.raises(KeyboardInterrupt):
        carry_out(spec, "a", Witness(die_at=14))
    assert carry_out(spec, "a") == Trained(stopped=False, step=3 * 6, resumed_from=12)


def test_class_weights_change_what_is_learned(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    for kind in ("none", "sqrt", "balanced"):
        carry_out(make_spec(epochs=1, class_weights=kind), kind)
    assert not np.array_equal(probabilities(home, "none"), probabilities(home, "sqrt"))
    assert not np.array_equal(probabilities(home, "sqrt"), probabilities(home, "balanced"))
