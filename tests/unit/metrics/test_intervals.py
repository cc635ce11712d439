"""Intervals cover what resampling by hand covers, and say nothing that the rows do not bear out."""

import time

import numpy as np
import pytest
from sklearn.metrics import f1_score

from pipeline.metrics.intervals import accuracy_interval, macro_f1_interval, paired_difference


def rows(count: int, classes: int, right: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, classes, count)
    return truth, np.where(draw.random(count) < right, truth, draw.integers(0, classes, count))


def test_the_value_is_the_plain_figure_and_lies_inside_its_interval() -> None:
    truth, predicted = rows(500, 40, 0.8)
    accuracy, macro = accuracy_interval(truth, predicted), macro_f1_interval(truth, predicted, 40)
    assert accuracy.value == pytest.approx((truth == predicted).mean())
    assert macro.value == pytest.approx(f1_score(truth, predicted, average="macro"))
    for interval in (accuracy, macro):
        assert interval.low < interval.value < interval.high


def test_intervals_agree_with_resampling_row_by_row() -> None:
    truth, predicted = rows(400, 4, 0.8)
    drawn = np.random.default_rng(1).integers(0, 400, (1000, 400))
    by_hand = np.quantile([f1_score(truth[i], predicted[i], average="macro") for i in drawn], [0.025, 0.975])
    interval = macro_f1_interval(truth, predicted, 4)
    assert [interval.low, interval.high] == pytest.approx(by_hand, abs=0.01)
    by_hand = np.quantile((truth[drawn] == predicted[drawn]).mean(axis=1), [0.025, 0.975])
    interval = accuracy_interval(truth, predicted)
    assert [interval.low, interval.high] == pytest.approx(by_hand, abs=0.01)


def test_no_error_in_few_rows_is_not_certainty() -> None:
    truth = np.arange(30) % 3
    assert accuracy_interval(truth, truth).low == pytest.approx(0.9)
    assert macro_f1_interval(truth, truth, 3).low == pytest.approx(0.9)
    assert accuracy_interval(truth, (truth + 1) % 3).high == pytest.approx(0.1)


def test_pairing_finds_a_small_gain_that_two_separate_intervals_would_hide() -> None:
    truth, baseline = rows(1000, 5, 0.8)
    wrong = np.flatnonzero(truth != baseline)
    model = baseline.copy()
    model[wrong[:15]] = truth[wrong[:15]]
    gain = paired_difference(truth, model, baseline)
    assert gain.value == pytest.approx(0.015)
    assert gain.low > 0
    assert accuracy_interval(truth, model).low < accuracy_interval(truth, baseline).high


def test_equal_predictions_differ_by_nothing() -> None:
    truth, predicted = rows(100, 3, 0.7)
    same = paired_difference(truth, predicted, predicted)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_the_same_seed_gives_the_same_interval() -> None:
    truth, predicted = rows(300, 7, 0.6)
    assert macro_f1_interval(truth, predicted, 7, seed=3) == macro_f1_interval(truth, predicted, 7, seed=3)


def test_three_thousand_rows_of_many_classes_take_well_under_a_second() -> None:
    truth, predicted = rows(3000, 150, 0.8)
    started = time.perf_counter()
    macro_f1_interval(truth, predicted, 150)
    accuracy_interval(truth, predicted)
    paired_difference(truth, predicted, truth)
    assert time.perf_counter() - started < 1
