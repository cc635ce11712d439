"""A bundle classifies texts as stock transformers does, whatever else stands in the call."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipeline.errors import ModelError, RunError
from pipeline.inference.classify import Classifier
from pipeline.runs.bundle import MANIFEST
from pipeline.tasks.task import Inputs
from tests.tiny import MAX_LENGTH, tiny_bundle

TEXTS = ["refund", "the printer is on fire", "", "打印机卡纸了", "log in " * 40, "nobody can log in", "refund"]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    tiny_bundle(tmp_path / "bundle", ["账单", "登录", "设备"])
    return tmp_path / "bundle"


def test_it_says_what_stock_transformers_says(bundle: Path) -> None:
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(bundle), AutoTokenizer.from_pretrained(bundle)
    with torch.no_grad():
        batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt")
        stock = model.eval()(**batch).logits.double().softmax(-1).numpy()
    said = Classifier.load(bundle).scores(Inputs(tuple(TEXTS)))
    np.testing.assert_allclose(said, stock, atol=1e-5, rtol=0)
    np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-12)


def test_other_texts_of_the_call_and_their_order_do_not_matter(bundle: Path) -> None:
    classifier = Classifier.load(bundle)
    together = classifier.scores(Inputs(tuple(TEXTS)))
    alone = np.vstack([classifier.scores(Inputs((text,))) for text in TEXTS])
    # Rounding, ten times as large as on a real model: the weights of this one are.
    np.testing.assert_allclose(together, alone, atol=5e-6, rtol=0)
    np.testing.assert_allclose(together, classifier.scores(Inputs(tuple(TEXTS[::-1])))[::-1], atol=5e-6, rtol=0)
    assert classifier.scores(Inputs(())).shape == (0, 3)


def test_vectors_are_of_length_1_and_the_same_for_the_same_text(bundle: Path) -> None:
    vectors = Classifier.load(bundle).embed(Inputs(tuple(TEXTS)))
    assert vectors.shape == (len(TEXTS), 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vectors[0], vectors[-1], atol=1e-6)


def test_a_folder_that_was_not_written_to_its_end_is_refused(bundle: Path) -> None:
    (bundle / MANIFEST).unlink()
    with pytest.raises(RunError, match="not written to its end"):
        Classifier.load(bundle)


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="not a TuneDesk bundle"):
        Classifier.load(tmp_path)


def test_weights_in_a_format_that_can_run_code_are_not_loaded(bundle: Path) -> None:
    weights = bundle / "model.safetensors"
    torch.save({}, bundle / "pytorch_model.bin")
    weights.unlink()
    with pytest.raises(ModelError):
        Classifier.load(bundle)
