"""Intervals of label sets and numbers: around their figure, narrower with more rows, and paired where rows are."""

import numpy as np
import pytest
from scipy.stats import bootstrap

from pipeline.metrics import label_sets, numbers, resampled
from pipeline.settings import Workspace

RANDOM = np.random.default_rng(0)
TRUTH = (RANDOM.random((400, 5)) < 0.3).astype(int)
GUESS = np.where(RANDOM.random((400, 5)) < 0.8, TRUTH, 1 - TRUTH)
NUMBERS = RANDOM.normal(100, 10, 400)
SAID = NUMBERS + RANDOM.normal(0, 8, 400)


def test_figures_are_those_of_the_metrics(home: Workspace) -> None:
    table = resampled.label_table(TRUTH, GUESS)
    found = {
        name: resampled.interval(table, getattr(resampled, name)) for name in ("micro_f1", "macro_f1", "exact_match")
    }
    assert {name: one.value for name, one in found.items()} == pytest.approx(label_sets.compute(TRUTH, GUESS))
    assert all(one.low < one.value < one.high for one in found.values())
    errors, moments = resampled.error_table(NUMBERS, SAID), resampled.moment_table(SAID, NUMBERS)
    expected = numbers.compute(NUMBERS, SAID)
    assert resampled.interval(errors, resampled.mae).value == pytest.approx(expected["mae"])
    assert resampled.interval(errors, resampled.rmse).value == pytest.approx(expected["rmse"])
    assert resampled.interval(moments, resampled.correlation).value == pytest.approx(expected["pearson"])


def test_an_interval_is_that_of_scipy_s_bootstrap() -> None:
    off = np.abs(SAID - NUMBERS)
    theirs = bootstrap((off,), np.mean, method="percentile", n_resamples=4000, random_state=1).confidence_interval
    ours = resampled.interval(resampled.error_table(NUMBERS, SAID), resampled.mae)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=0.03)


def test_more_rows_make_it_narrower() -> None:
    few = resampled.interval(resampled.label_table(TRUTH[:50], GUESS[:50]), resampled.micro_f1)
    many = resampled.interval(resampled.label_table(TRUTH, GUESS), resampled.micro_f1)
    assert many.high - many.low < 0.6 * (few.high - few.low)


def test_a_difference_is_of_the_same_rows() -> None:
    table = resampled.label_table(TRUTH, GUESS)
    same = resampled.difference(table, table, resampled.micro_f1)
    assert (same.low, same.value, same.high) == (0, 0, 0)
    better = resampled.difference(resampled.label_table(TRUTH, TRUTH), table, resampled.micro_f1)
    assert better.low > 0


def test_a_constant_correlates_with_nothing() -> None:
    flat = resampled.interval(resampled.moment_table(np.full(400, 3.1), NUMBERS), resampled.correlation)
    assert (flat.low, flat.value, flat.high) == (0, 0, 0)


def test_a_mean_over_few_distinct_numbers_has_the_interval_of_scipy_s_bootstrap() -> None:
    scores = np.random.default_rng(4).integers(1, 6, 400).astype(float)
    theirs = bootstrap((scores,), np.mean, method="percentile", n_resamples=4000, rng=5).confidence_interval
    ours = resampled.mean(scores)
    assert ours.value == pytest.approx(scores.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.03)
    assert ours.high - ours.low > 0.2
