"""A batch in shares is the same batch: every row once, every gradient as one whole batch gives it."""

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.models import fit, store
from pipeline.runs.answers import load_answers
from pipeline.runs.bundle import seal
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.spec import RunSpec
from pipeline.settings import Workspace
from pipeline.training.run import Trained, train
from pipeline.training.shares import Shares
from tests.tiny import tiny_base
from tests.unit.training.conftest import Witness

Make = Callable[..., RunSpec]


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 8, 32])
@pytest.mark.parametrize(("ranks", "pieces"), [(1, 1), (1, 4), (2, 1), (3, 2)])
def test_every_row_is_computed_once_and_the_factors_make_a_mean(rows: int, ranks: int, pieces: int) -> None:
    batch = list(range(100, 100 + rows))
    divided = [Shares(ranks, rank, pieces).divide(batch) for rank in range(ranks)]
    counted = [row for mine in divided for part, factor in mine if factor for row in part]
    assert counted == batch
    assert all(part for mine in divided for part, _ in mine)
    # The mean over ranks of the sums over pieces is the mean over rows.
    total = sum(factor * np.mean(part) for mine in divided for part, factor in mine) / ranks
    assert total == pytest.approx(np.mean(batch))


def test_long_texts_are_computed_in_pieces_of_so_many_tokens() -> None:
    shares = Shares(tokens=100)
    sizes = [[len(part) for part, _ in shares.divide(range(16), 16 * longest)] for longest in (6, 7, 12, 100, 1000)]
    assert sizes == [[16], [8, 8], [8, 8], [1] * 16, [1] * 16]
    assert all(sum(factor for _, factor in shares.divide(range(16), tokens)) == 1 for tokens in (16, 160, 1600))
    # Who ran out of memory has less at once, whatever the budget; two processes have half a batch each.
    assert len(Shares(pieces=2, tokens=100).divide(range(16), 200)) == 4
    assert len(Shares(ranks=2, tokens=100).divide(range(16), 200)) == 1
    assert len(Shares().divide(range(16), 10**6)) == 1


def test_batches_in_pieces_of_few_tokens_give_the_same_losses(
    home: Workspace, make_spec: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_dropout(home)
    spec = make_spec()
    whole = losses(home, spec, "whole", 0)
    monkeypatch.setitem(fit.TOKENS_AT_ONCE, "cpu", 20)
    pieces = losses(home, spec, "pieces", 0)
    np.testing.assert_allclose(pieces, whole, rtol=1e-4)
    assert pieces != whole  # or nothing was added up


def test_halved_batches_give_the_same_losses_at_the_same_steps(home: Workspace, make_spec: Make) -> None:
    without_dropout(home)
    spec = make_spec()
    whole, halved = losses(home, spec, "whole", 0), losses(home, spec, "halved", 2)
    assert len(whole) == 18
    np.testing.assert_allclose(halved, whole, rtol=1e-4)
    np.testing.assert_allclose(
        load_answers(home.runs / "halved", "model").scores,
        load_answers(home.runs / "whole", "model").scores,
        atol=1e-3,
    )


@pytest.mark.parametrize("step", [4, 9])
def test_a_resumed_run_with_halved_batches_ends_at_the_very_same_digits(
    home: Workspace, make_spec: Make, step: int
) -> None:
    spec = make_spec()
    whole = losses(home, spec, "whole", 1)
    losses(home, spec, "stopped", 1, Witness(stop_at=step))
    assert losses(home, spec, "stopped", 1) == whole
    answers = [load_answers(home.runs / name, "model").scores for name in ("whole", "stopped")]
    assert np.array_equal(*answers)


def losses(home: Workspace, spec: RunSpec, name: str, halvings: int, witness: Witness | None = None) -> list[float]:
    """Train and return the loss of every step of all sittings together."""
    folder = home.runs / name
    folder.mkdir(exist_ok=True)
    metrics = MetricsWriter(folder)
    assert isinstance(train(spec, folder, witness or Witness(), metrics, halvings), Trained)
    metrics.close()
    return [event.values["loss"] for event in read_metrics(folder) if event.kind == "train"]


def without_dropout(home: Workspace) -> None:
    """A tiny base model whose losses depend on the rows alone."""
    folder = tiny_base(home.models / "tiny-encoder")
    config = (folder / "config.json").read_text()
    assert '"hidden_dropout_prob": 0.1' in config
    (folder / "config.json").write_text(config.replace('_dropout_prob": 0.1', '_dropout_prob": 0.0'))
    seal(folder)
    assert store.get("tiny-encoder").fingerprint
