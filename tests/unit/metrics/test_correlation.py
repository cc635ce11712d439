"""Correlations are scipy's, ties included, and their intervals widen where rows are few."""

import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metrics.correlation import correlation_interval, kendall, partial_interval, pearson, spearman

few_values = st.integers(0, 4)
rows = st.lists(st.tuples(few_values, few_values), min_size=3, max_size=40)
FIGURES = {
    pearson: scipy.stats.pearsonr,
    spearman: scipy.stats.spearmanr,
    kendall: scipy.stats.kendalltau,
}


@given(rows)
def test_each_is_scipys_on_numbers_with_many_ties(pairs: list[tuple[int, int]]) -> None:
    one, other = (list(side) for side in zip(*pairs, strict=True))
    for ours, theirs in FIGURES.items():
        found = correlation_interval(ours, one, other)
        if len(set(one)) == 1 or len(set(other)) == 1:
            assert found is None
        elif found is not None:
            assert found.value == pytest.approx(theirs(one, other).statistic, abs=1e-9)


@pytest.mark.parametrize("figure", FIGURES)
def test_each_is_scipys_on_random_numbers(figure) -> None:
    random = np.random.default_rng(1)
    one = random.normal(size=200)
    other = one + random.normal(size=200)

    found = correlation_interval(figure, one, other)

    assert found is not None
    assert found.value == pytest.approx(FIGURES[figure](one, other).statistic)
    assert found.low < found.value < found.high


@pytest.mark.parametrize("figure", FIGURES)
def test_the_interval_is_that_of_rows_drawn_again_and_again(figure) -> None:
    random = np.random.default_rng(2)
    one = random.integers(0, 6, 60).astype(float)
    other = np.clip(one + random.integers(-3, 4, 60), 0, 6)
    draws = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2000):
            chosen = random.integers(0, 60, 60)
            draws.append(FIGURES[figure](one[chosen], other[chosen]).statistic)

    found = correlation_interval(figure, one, other)

    assert found is not None
    assert [found.low, found.high] == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.03)


def test_two_rows_say_nothing() -> None:
    assert correlation_interval(pearson, [1, 2], [3, 4]) is None


def test_what_both_owe_to_a_third_is_taken_out() -> None:
    random = np.random.default_rng(3)
    given_one = random.normal(size=400)
    one, other = (given_one + 0.5 * random.normal(size=400) for _ in range(2))

    without, found = correlation_interval(spearman, one, other), partial_interval(one, other, given_one)

    assert without is not None and without.low > 0.6
    assert found is not None and found.low < 0 < found.high
    ranks = [scipy.stats.rankdata(side) for side in (one, other, given_one)]
    rest = [side - np.polyval(np.polyfit(ranks[2], side, 1), ranks[2]) for side in ranks[:2]]
    assert found.value == pytest.approx(scipy.stats.pearsonr(*rest).statistic)


def test_nothing_is_left_where_one_side_is_the_third() -> None:
    assert partial_interval([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], [1, 2, 3, 4, 5]) is None
