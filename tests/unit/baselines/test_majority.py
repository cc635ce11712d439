"""The majority class answers the same whatever it is asked."""

import pytest

from pipeline.baselines.majority import majority_answers


def test_every_row_gets_the_shares_of_the_training_rows() -> None:
    majority = majority_answers([2, 2, 0, 2], 4)
    answers = majority.probabilities(3)
    assert answers.tolist() == [[0.25, 0, 0.75, 0]] * 3
    assert answers.sum(axis=1) == pytest.approx(1)
