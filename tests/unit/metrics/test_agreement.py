"""Agreement beyond chance: 0 for labels dealt out at random, and its spread is that of such deals."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.metrics.agreement import agreement, alpha, kappa_interval

classes = st.integers(0, 3)
pairs = st.lists(st.tuples(classes, classes), min_size=2, max_size=60)


@given(pairs)
def test_it_is_cohens_kappa(rows: list[tuple[int, int]]) -> None:
    truth, predicted = (list(side) for side in zip(*rows, strict=True))
    if len({*truth, *predicted}) == 1:
        assert agreement(truth, predicted, 4).kappa == 0
    else:
        assert agreement(truth, predicted, 4).kappa == pytest.approx(cohen_kappa_score(truth, predicted))


def test_the_spread_is_that_of_all_deals_of_the_labels() -> None:
    truth, predicted = [0, 0, 1, 2, 1, 0], [0, 1, 1, 2, 0, 0]
    deals = [agreement(deal, predicted, 3).kappa for deal in itertools.permutations(truth)]

    assert np.mean(deals) == pytest.approx(0, abs=1e-9)
    assert agreement(truth, predicted, 3).error == pytest.approx(np.std(deals))


def test_random_labels_are_within_chance_and_real_ones_far_beyond() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 5, 1000)
    half_right = np.where(random.random(1000) < 0.5, truth, random.integers(0, 5, 1000))

    assert abs(agreement(truth, random.integers(0, 5, 1000), 5).z) < 3
    assert agreement(truth, half_right, 5).z > 20


def test_predictions_of_one_class_say_nothing() -> None:
    found = agreement([0, 1, 1, 0], [1, 1, 1, 1], 2)

    assert (found.kappa, found.z) == (0, 0)


@given(pairs, st.sampled_from([(0, None), (1, "linear"), (2, "quadratic")]))
def test_kappa_with_an_interval_is_cohens_weighted_or_not(rows: list[tuple[int, int]], kind) -> None:
    truth, predicted = (list(side) for side in zip(*rows, strict=True))
    power, weights = kind
    found = kappa_interval(truth, predicted, 4, power=power)
    if len({*truth, *predicted}) == 1:
        assert found is None
    elif found is not None:
        assert found.value == pytest.approx(cohen_kappa_score(truth, predicted, weights=weights, labels=range(4)))
        assert found.low <= found.high


def test_kappa_of_guesses_has_an_interval_around_0_that_shrinks_with_rows() -> None:
    random = np.random.default_rng(0)
    wide, narrow = (kappa_interval(random.integers(0, 3, n), random.integers(0, 3, n), 3) for n in (40, 2000))

    assert wide is not None and narrow is not None
    assert wide.low < 0 < wide.high and narrow.low < 0 < narrow.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 4


# Four observers, twelve units: section C of Krippendorff 2011.
OBSERVED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    table = np.array(OBSERVED, dtype=float)

    assert alpha(table, numeric=False) == pytest.approx(0.743, abs=5e-4)
    assert alpha(table, numeric=True) == pytest.approx(0.849, abs=5e-4)


def test_alpha_needs_two_ratings_of_one_item_and_a_difference_somewhere() -> None:
    nothing = float("nan")

    assert alpha([[1, nothing], [nothing, 2]], numeric=True) is None
    assert alpha([[1, 1], [1, 1]], numeric=True) is None
    assert alpha([[1, 2], [1, 2]], numeric=True) == 1
