"""What figures mean in plain words."""

import pytest

from pages.components.sentences import errors
from pages.components.sentences_plan import trained_share
from pipeline.metrics.intervals import Interval


@pytest.mark.parametrize(
    ("accuracy", "words"),
    [
        (Interval(0.83, 0.75, 0.9), "About 17 of 100 rows get the wrong label."),
        (Interval(0.99, 0.98, 1.0), "About 1 of 100 rows gets the wrong label."),
        (Interval(0.998, 0.995, 1.0), "Fewer than 1 of 100 rows gets the wrong label."),
        (Interval(1.0, 0.875, 1.0), "of 100 new rows, up to 13 might."),
    ],
)
def test_a_test_without_a_fault_says_how_much_it_leaves_open(accuracy: Interval, words: str) -> None:
    assert errors(accuracy).endswith(words)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "Only the head is trained, the model itself stays as it is."),
        (0.0042, "0.42% of the model is trained, the rest stays as it is."),
        (1.0, "The whole model is trained."),
    ],
)
def test_what_is_trained_is_said_as_a_share_unless_it_is_all_or_nothing(share: float, words: str) -> None:
    assert trained_share(share) == words
