"""What a threshold costs and gains."""

from pages.use.thresholds import trade


def test_a_threshold_answers_fewer_rows_and_more_of_them_right() -> None:
    confidence, right = [0.9, 0.8, 0.6, 0.5], [True, True, False, True]
    everything, sure = trade(confidence, right, 0.0), trade(confidence, right, 0.8)
    assert (everything.answered, everything.right) == (1.0, 0.75)
    assert (sure.answered, sure.right) == (0.5, 1.0)


def test_a_threshold_that_nothing_reaches_answers_nothing() -> None:
    assert trade([0.5], [True], 0.95).answered == 0.0
