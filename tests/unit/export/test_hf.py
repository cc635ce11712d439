"""An export holds what it may, loads with transformers alone, and answers the same or is not written."""

import dataclasses
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from transformers import AutoTokenizer

from pipeline.errors import RunError
from pipeline.export.hf import export_bundle, open_exported
from pipeline.inference.classify import Classifier
from pipeline.runs import bundle as bundles
from pipeline.runs.answers import load_answers, save_answers
from pipeline.tasks.task import Inputs
from tests.tiny import MAX_LENGTH

MakeRun = Callable[..., Path]
TEXTS = ["refund 7", "打印机 " * 40]


def test_a_stranger_gets_the_same_probabilities(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    exported = export_bundle(run, tmp_path / "out" / "model.zip")
    assert exported.parity <= 1e-5
    assert exported.bytes == exported.path.stat().st_size
    assert [path.name for path in exported.path.parent.iterdir()] == ["model.zip"]
    with zipfile.ZipFile(exported.path) as archive:
        archive.extractall(tmp_path / "unpacked")
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert kinds["model.safetensors"] == zipfile.ZIP_STORED
    assert AutoTokenizer.from_pretrained(tmp_path / "unpacked").model_max_length == MAX_LENGTH
    assert bundles.is_whole(tmp_path / "unpacked")
    again = Classifier.load(tmp_path / "unpacked").scores(Inputs(tuple(TEXTS)))
    assert again == pytest.approx(Classifier.load(run / "bundle").scores(Inputs(tuple(TEXTS))), abs=1e-12)


def test_several_columns_are_proved_with_the_text_that_the_template_makes(make_run: MakeRun, tmp_path: Path) -> None:
    exported = export_bundle(make_run(("title", "business line")), tmp_path / "model.zip")
    assert exported.parity <= 1e-5
    with zipfile.ZipFile(exported.path) as archive:
        card = archive.read("README.md").decode()
    assert "business line: {business line}" in card
    assert "AutoModelForSequenceClassification" in card
    assert "| Accuracy | 90.0% |" in card
    assert "`账单`" in card


def test_only_what_may_leave_is_packed(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    bundle = run / "bundle"
    (bundle / bundles.MANIFEST).unlink()
    (bundle / "training_args.bin").write_bytes(b"hub token")
    (bundle / "optimizer.pt").write_bytes(b"state")
    bundles.seal(bundle)
    with zipfile.ZipFile(export_bundle(run, tmp_path / "model.zip").path) as archive:
        assert set(archive.namelist()) == {
            "README.md", "config.json", "manifest.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
            "tunedesk.json",
        }  # fmt: skip


def test_an_export_that_would_answer_otherwise_is_not_written(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    answers = load_answers(run, "model")
    others = np.roll(answers.scores, 1, axis=1)
    save_answers(dataclasses.replace(answers, scores=others), run, "model")
    with pytest.raises(RunError, match="other answers"):
        export_bundle(run, tmp_path / "out" / "model.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_weights_that_are_missing_stop_the_export(make_run: MakeRun, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    run = make_run()
    weights = run / "bundle" / "model.safetensors"
    tensors = load_file(weights)
    del tensors["classifier.weight"]
    save_file(tensors, weights, metadata={"format": "pt"})
    bundles.seal(run / "bundle")
    with pytest.raises(RunError, match=r"does not load the model whole.*classifier\.weight"):
        export_bundle(run, tmp_path / "model.zip")


def test_a_limit_of_tokens_that_did_not_travel_stops_the_export(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    path = run / "bundle" / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "model_max_length": 40}), encoding="utf-8")
    bundles.seal(run / "bundle")
    with pytest.raises(RunError, match="model_max_length 40"):
        export_bundle(run, tmp_path / "model.zip")


def test_a_damaged_run_is_not_exported(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    (run / "bundle" / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="damaged"):
        export_bundle(run, tmp_path / "model.zip")


def test_what_was_exported_answers_the_same_as_zip_and_as_folder(make_run: MakeRun, tmp_path: Path) -> None:
    run = make_run()
    zipped = export_bundle(run, tmp_path / "model.zip").path
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "folder")
    (tmp_path / "folder" / "README.md").write_text("my own notes", encoding="utf-8")
    expected = Classifier.load(run / "bundle").scores(Inputs(tuple(TEXTS)))
    for path in (zipped, tmp_path / "folder"):
        opened = open_exported(path)
        assert bundles.is_whole(opened)
        assert Classifier.load(opened).scores(Inputs(tuple(TEXTS))) == pytest.approx(expected, abs=1e-12)
