"""Agreement beyond chance: 0 for labels dealt out at random, and its spread is that of such deals."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.metrics.agreement import agreement

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
