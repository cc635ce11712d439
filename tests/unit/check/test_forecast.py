"""A learning curve is continued as it began, never to a loss and never beyond all rows right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.forecast import forecast

SIZES = [100, 200, 400, 800]
shares = st.floats(0, 1)
curves = st.lists(st.tuples(shares, shares, shares, shares), min_size=2, max_size=6)


def power_law(rows: np.ndarray, top: float, drop: float, power: float) -> np.ndarray:
    return top - drop * rows**-power


@pytest.mark.parametrize(("top", "drop", "power"), [(0.95, 2.0, 0.3), (0.9, 8.0, 0.6), (1.0, 1.5, 0.2)])
def test_a_power_law_is_continued_exactly(top: float, drop: float, power: float) -> None:
    curve = power_law(np.array(SIZES), top, drop, power)
    ahead = forecast(SIZES, [curve] * 5, 0.0, start=1000, more=200)
    before, after = power_law(np.array([1000.0, 1200.0]), top, drop, power)

    assert ahead.gain == pytest.approx(after - before, abs=1e-6)
    assert ahead.low == pytest.approx(ahead.high)


def test_a_flat_curve_gains_nothing() -> None:
    assert forecast(SIZES, [[0.8] * 4] * 5, 0.0, 1000, 200).gain == 0


def test_a_falling_curve_is_no_forecast_of_a_loss() -> None:
    assert forecast(SIZES, [[0.9, 0.88, 0.86, 0.84]] * 5, 0.0, 1000, 200).gain == 0


def test_folds_that_disagree_and_luck_widen_the_interval() -> None:
    steep, flat = [0.5, 0.6, 0.7, 0.8], [0.7, 0.71, 0.72, 0.73]
    sure = forecast(SIZES, [np.mean([steep, flat], axis=0)] * 4, 0.0, 1000, 200)
    unsure = forecast(SIZES, [steep, flat] * 2, 0.0, 1000, 200)
    lucky = forecast(SIZES, [steep, flat] * 2, 0.0004, 1000, 200)

    widths = [one.high - one.low for one in (sure, unsure, lucky)]
    assert widths == sorted(widths)
    assert widths[0] < widths[1] < widths[2]


@given(curves, st.floats(0, 0.01), st.integers(800, 100_000), st.integers(50, 1000))
def test_whatever_the_curve_the_forecast_stays_within_reason(
    curves: list[tuple[float, ...]], luck: float, start: int, more: int
) -> None:
    ahead = forecast(SIZES, curves, luck, start, more)

    assert 0 <= ahead.gain <= 1
    assert ahead.low <= ahead.gain <= ahead.high
