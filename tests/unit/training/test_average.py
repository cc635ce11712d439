"""The model that is measured and kept has averaged weights; training goes on with the plain ones."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from pipeline.inference.classify import Classifier
from pipeline.runs.answers import load_answers
from pipeline.runs.spec import RunSpec
from pipeline.settings import Workspace
from pipeline.tasks.classification import CLASSIFICATION
from pipeline.tasks.examples import load_examples
from pipeline.training.average import PREFIX, Average
from pipeline.training.run import Trained
from tests.unit.training.conftest import Witness

Make = Callable[..., RunSpec]
Carry = Callable[..., Trained]


def test_it_is_the_falling_average_of_what_was_seen() -> None:
    parameter = torch.nn.Parameter(torch.zeros(2))
    average = Average({"weight": parameter}, steps=4)
    expected = 0.0
    for value in (1.0, 2.0, 3.0):
        with torch.no_grad():
            parameter.fill_(value)
        average.update()
        expected += (value - expected) / 4
    average.show(True)
    average.show(True)
    assert parameter.data.tolist() == pytest.approx([expected] * 2)
    assert average.state()["weight"].tolist() == [3.0, 3.0]
    average.show(False)
    assert parameter.data.tolist() == [3.0, 3.0]
    assert average.state()[f"{PREFIX}weight"].tolist() == pytest.approx([expected] * 2)


def test_training_is_not_disturbed_and_the_averages_are_kept(
    home: Workspace, make_spec: Make, carry_out: Carry
) -> None:
    carry_out(make_spec(), "plain")
    carry_out(make_spec(averaging=0.2), "average")
    last = [
        load_file(home.runs / name / "checkpoints" / "checkpoint-18" / "model.safetensors")
        for name in ("plain", "average")
    ]
    for name, value in last[0].items():
        assert torch.equal(last[1][name], value)
    name = "model.classifier.weight"
    kept = load_file(home.runs / "average" / "bundle" / "model.safetensors")["classifier.weight"]
    checkpoints = (home.runs / "average" / "checkpoints").glob("checkpoint-*/model.safetensors")
    assert any(torch.equal(kept, load_file(path)[f"{PREFIX}{name}"]) for path in checkpoints)
    assert not torch.equal(kept, last[1][name])


def test_answers_vectors_and_bundle_are_of_one_model(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    spec = make_spec(averaging=0.2)
    carry_out(spec, "a")
    inputs = load_examples(CLASSIFICATION, spec.view, spec.split).test.inputs
    loaded = Classifier.load(home.runs / "a" / "bundle").scores(inputs)
    np.testing.assert_allclose(loaded, load_answers(home.runs / "a", "model").scores, atol=1e-6, rtol=0)


def test_a_killed_run_goes_on_to_the_very_same_average(home: Workspace, make_spec: Make, carry_out: Carry) -> None:
    spec = make_spec(averaging=0.2)
    carry_out(spec, "whole")
    with pytest.raises(KeyboardInterrupt):
        carry_out(spec, "a", Witness(die_at=15))
    assert carry_out(spec, "a").resumed_from == 12
    kept = [load_answers(home.runs / name, "model").scores for name in ("whole", "a")]
    assert np.array_equal(*kept)


def test_a_search_keeps_averages_too(
    home: Workspace, make_spec: Make, carry_out: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.training.search.MOST_TRIALS", 1)
    carry_out(make_spec(averaging=0.2), "alone")
    carry_out(make_spec(averaging=0.2, search="space"), "searched")
    kept = [load_answers(home.runs / name, "model").scores for name in ("alone", "searched")]
    np.testing.assert_allclose(*kept, atol=1e-6, rtol=0)
