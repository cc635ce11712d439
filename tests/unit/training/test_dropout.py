"""Dropout that draws its random numbers four at a time."""

import pytest
import torch
from torch import nn

from pipeline.training.dropout import dropout, quick_dropout


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_each_place_falls_out_as_often_as_asked_and_the_others_make_up_for_it(
    probability: float, kind: torch.dtype
) -> None:
    torch.manual_seed(0)

    values = dropout(torch.ones(100_001, dtype=kind), probability).float()

    # Four places share a random number: each of them must have its own chance.
    for place in range(4):
        assert (values[place::4] == 0).float().mean() == pytest.approx(probability, abs=0.01)
    assert values.max() == pytest.approx(1 / (1 - probability), rel=0.01)
    assert values.mean() == pytest.approx(1, abs=0.05)


def test_neighbouring_places_fall_out_independently() -> None:
    torch.manual_seed(0)

    fallen = dropout(torch.ones(400_000), 0.5).view(-1, 4) == 0

    assert torch.corrcoef(fallen.float().T).triu(1).abs().max() < 0.01


def test_what_falls_out_follows_from_the_seed_and_learns_nothing() -> None:
    def draw(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        torch.manual_seed(seed)
        values = torch.full((7, 5), 2.0, requires_grad=True)
        out = dropout(values, 0.3)
        out.sum().backward()
        assert values.grad is not None
        return out.detach(), values.grad

    out, gradient = draw(3)

    assert torch.equal(out, draw(3)[0])
    assert not torch.equal(out, draw(4)[0])
    assert torch.allclose(out, 2 * gradient)


def test_a_model_drops_so_while_it_learns_and_is_itself_again_afterwards() -> None:
    model = nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.5), nn.Sequential(nn.Dropout(0.0)))
    inputs = torch.randn(4, 8)
    names = set(model.state_dict())

    with quick_dropout(model):
        torch.manual_seed(1)
        learning = model(inputs)
        torch.manual_seed(1)
        expected = dropout(model[0](inputs), 0.5)
        model.eval()
        assert torch.equal(model(inputs), model[0](inputs))
        assert set(model.state_dict()) == names

    assert torch.equal(learning, expected)
    assert "forward" not in vars(model[1])
