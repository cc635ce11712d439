"""A head of several labels or of a number starts from what is common to all texts being gone."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import mse_loss

from pipeline.models.load import load_classifier, pooler
from pipeline.runs.spec import Recipe
from pipeline.tasks.predict import head
from pipeline.tasks.tokens import Tokens
from pipeline.training.batches import Rows
from pipeline.training.families import Loaded
from pipeline.training.start import centre, expect_mean, expect_shares
from pipeline.training.trainee import Trainee, trainee
from tests.tiny import tiny_base, tiny_tokenizer


@pytest.fixture
def rows() -> Rows:
    """Forty texts of three tokens each; every second one has the first label, one the second, none the third."""
    random = np.random.default_rng(0)
    ids = random.integers(5, 60, 120).astype(np.int32)
    tokens = Tokens(ids, np.arange(0, 121, 3), "")
    targets = np.zeros((40, 3), np.float32)
    targets[::2, 0] = 1
    targets[7, 1] = 1
    return Rows(tokens, np.arange(40), targets, 0)


def entering(module: Trainee, rows: Rows) -> torch.Tensor:
    """[rows, width] what enters the classifier, in evaluation mode and before the tanh's bend matters."""
    seen: list[torch.Tensor] = []
    square = pooler(module.model)
    assert square is not None
    hook = square.register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    module.eval()
    with torch.no_grad():
        module.logits(**rows.inputs(range(40)))
    hook.remove()
    return seen[0]


@pytest.fixture
def module(tmp_path_factory: pytest.TempPathFactory) -> Trainee:
    """A tiny encoder with three outputs, nothing trained."""
    base = tiny_base(tmp_path_factory.mktemp("base") / "base")
    model = load_classifier(base, ("a", "b", "c"), "multi_label_classification")
    loaded = Loaded("encoder", model, tiny_tokenizer())
    with trainee(loaded, 2, False, lambda logits, targets: logits.sum(), Recipe()) as opened:
        return opened


def test_what_all_texts_have_in_common_is_taken_away(module: Trainee, rows: Rows) -> None:
    before = entering(module, rows)
    centre(module, rows)
    after = entering(module, rows)
    assert before.mean(0).abs().max() > 0.1
    assert after.mean(0).abs().max() < 1e-5
    assert after.pow(2).mean().item() == pytest.approx(1, rel=1e-4)
    ratio = (after - after.mean(0)) / (before - before.mean(0))
    assert ratio.std() / ratio.mean() < 1e-2  # one factor for all features


def test_labels_are_expected_as_often_as_they_were_seen(module: Trainee, rows: Rows) -> None:
    expect_shares(module, rows)
    shares = torch.sigmoid(head(module.model).bias).tolist()
    assert shares == pytest.approx([0.5, 1 / 40, 1e-3], rel=1e-4)


@pytest.mark.parametrize("orders", [1, 2])
def test_a_head_without_a_bias_gives_the_mean_of_the_numbers_at_first(tmp_path: Path, rows: Rows, orders: int) -> None:
    model = load_classifier(tiny_base(tmp_path / "base", "decoder"), ("number",), "regression")
    numbers = np.linspace(10, 20, 20).astype(np.float32)[:, None]
    asked = Rows(rows.tokens, np.arange(20), numbers, 0, turned=20 * (orders - 1))
    with trainee(Loaded("decoder", model, tiny_tokenizer(), orders=orders), 1, False, mse_loss, Recipe()) as module:
        before = module.eval().logits(**asked.inputs(range(20)))
        expect_mean(module, asked)
        after = module.logits(**asked.inputs(range(20)))
    assert head(model).bias is None
    assert after.mean().item() == pytest.approx(15, rel=1e-4)
    assert abs(before.mean().item()) < 5
