"""A classifier that starts from what the base model tells already is right before the first step, in every family."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.spec import RunSpec
from pipeline.settings import Workspace
from pipeline.training import head_start
from pipeline.training.run import Trained
from tests.unit.training.conftest import Witness

Make = Callable[..., RunSpec]
Carry = Callable[..., Trained]


def scores(home: Workspace, name: str) -> list[float]:
    """Macro-F1 on the validation rows, before the first step and after each epoch."""
    return [event.values["macro_f1"] for event in read_metrics(home.runs / name) if event.kind == "validation"]


@pytest.mark.parametrize("family", ["encoder", "decoder"])
def test_the_first_measurement_is_that_of_a_regression(
    home: Workspace, make_spec: Make, carry_out: Carry, family: str
) -> None:
    carry_out(make_spec(family, epochs=1), "random")
    carry_out(make_spec(family, epochs=1, head_start="regression"), "start")
    assert scores(home, "start")[0] > max(0.5, scores(home, "random")[0])


def test_it_repeats_itself_and_a_kill_does_not_make_it_start_again(
    home: Workspace, make_spec: Make, carry_out: Carry
) -> None:
    carry_out(make_spec(head_start="regression"), "whole")
    with pytest.raises(KeyboardInterrupt):
        carry_out(make_spec(head_start="regression"), "a", Witness(die_at=15))
    assert carry_out(make_spec(head_start="regression"), "a").resumed_from == 12
    kept = [np.load(home.runs / name / "neighbours.npz")["vectors"] for name in ("whole", "a")]
    assert np.array_equal(*kept)


def test_a_part_of_many_rows_is_enough(
    home: Workspace, make_spec: Make, carry_out: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_start, "MOST_ROWS", 30)
    carry_out(make_spec(epochs=1, head_start="regression"), "a")
    assert scores(home, "a")[0] > 0.6


def test_the_regression_is_folded_into_the_stock_layer() -> None:
    torch.manual_seed(0)
    targets = torch.arange(90) % 3
    features = torch.eye(3)[targets] * 0.01 + torch.randn(90, 3) * 0.001 + 5
    classifier = torch.nn.Linear(3, 3)
    head_start._regress(classifier, features, targets)
    assert (classifier(features).argmax(1) == targets).all()
