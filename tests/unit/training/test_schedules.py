"""The learning rate rises in the warm-up and falls as its schedule says."""

import math
from collections.abc import Callable

import pytest

from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.spec import RunSpec
from pipeline.settings import Workspace

RATE, STEPS, WARM = 1e-3, 18, 4  # 3 epochs of 6 steps, of which 0.22 warm up

LEFT = {
    "linear": lambda share: 1 - share,
    "cosine": lambda share: (1 + math.cos(math.pi * share)) / 2,
    "constant": lambda share: 1.0,
}


@pytest.mark.parametrize("schedule", LEFT)
def test_each_step_has_the_rate_that_its_schedule_says(
    home: Workspace, make_spec: Callable[..., RunSpec], carry_out: Callable[..., object], schedule: str
) -> None:
    settings = {"learning_rate": RATE, "warmup_ratio": 0.22, "schedule": schedule, "trained_layers": 0}
    carry_out(make_spec(head_factor=1.0, **settings), "a")
    rates = [event.values["learning_rate"] for event in read_metrics(home.runs / "a") if event.kind == "train"]
    assert len(rates) == STEPS
    for step, rate in enumerate(rates):  # the first step is made with a rate of 0
        share = min(step / WARM, 1) if step <= WARM else LEFT[schedule]((step - WARM) / (STEPS - WARM))
        assert rate == pytest.approx(RATE * share, abs=RATE * 1e-6), step
