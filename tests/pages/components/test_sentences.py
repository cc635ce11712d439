"""What figures mean in plain words."""

import pytest

from pages.components.sentences import errors
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
