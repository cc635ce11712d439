"""Label sets: figures as scikit-learn gives them, and thresholds that serve the rows they were chosen on."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from pipeline.metrics import label_sets
from pipeline.settings import Workspace

RANDOM = np.random.default_rng(0)
TRUTH = (RANDOM.random((200, 4)) < [0.5, 0.2, 0.1, 0.01]).astype(int)
SCORES = np.clip(0.3 * TRUTH + 0.5 * RANDOM.random((200, 4)), 0, 1)


def test_figures_are_those_of_scikit_learn(home: Workspace) -> None:
    guess = SCORES > 0.4
    figures = label_sets.compute(TRUTH, guess)
    assert figures["micro_f1"] == pytest.approx(f1_score(TRUTH, guess, average="micro"))
    assert figures["macro_f1"] == pytest.approx(f1_score(TRUTH, guess, average="macro"))
    assert figures["exact_match"] == pytest.approx((guess == TRUTH).all(axis=1).mean())
    rows = label_sets.per_label(TRUTH, guess)
    assert [row.f1 for row in rows] == pytest.approx(f1_score(TRUTH, guess, average=None).tolist())
    assert [row.support for row in rows] == TRUTH.sum(axis=0).tolist()


def test_a_label_that_neither_side_has_does_not_count(home: Workspace) -> None:
    assert label_sets.compute([[1, 0], [0, 0]], [[1, 0], [0, 0]])["macro_f1"] == 1
    assert label_sets.compute([[1, 0], [0, 0]], [[1, 0], [0, 1]])["macro_f1"] == 0.5


def test_no_threshold_is_better_on_the_rows_that_it_was_chosen_on(home: Workspace) -> None:
    chosen = label_sets.best_thresholds(TRUTH, SCORES)
    for label in range(3):
        reached = f1_score(TRUTH[:, label], SCORES[:, label] >= chosen[label])
        others = [f1_score(TRUTH[:, label], SCORES[:, label] >= line) for line in np.arange(0, 1, 0.01)]
        assert reached >= max(others)


def test_a_label_of_few_rows_gets_the_threshold_of_all() -> None:
    assert TRUTH[:, 3].sum() < label_sets.LEAST_ROWS
    assert label_sets.best_thresholds(TRUTH, SCORES)[3] == label_sets.shared_threshold(TRUTH, SCORES)


def test_rows_with_the_same_probability_are_on_one_side() -> None:
    truth = np.array([[1], [1], [1], [1], [1], [0], [0]])
    scores = np.array([[0.9], [0.9], [0.6], [0.6], [0.6], [0.6], [0.1]])
    (line,) = label_sets.best_thresholds(truth, scores)
    assert line == pytest.approx(0.35)


def test_tables_of_two_shapes_are_refused(home: Workspace) -> None:
    with pytest.raises(ValueError, match="one shape"):
        label_sets.compute([[1, 0]], [[1]])
