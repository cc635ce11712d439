"""The part of a confusion matrix that is worth a look."""

from pages.results.confusions import mistakes, most_confused, part

COUNTS = [[8, 2, 0], [0, 10, 0], [5, 0, 5]]


def test_mistakes_come_most_frequent_first_with_their_share_of_the_class() -> None:
    first, second = mistakes(COUNTS)
    assert (first.truth, first.predicted, first.rows, first.share) == (2, 0, 5, 0.5)
    assert (second.truth, second.predicted, second.rows, second.share) == (0, 1, 2, 0.2)


def test_the_most_confused_classes_are_those_with_wrong_rows_on_either_side() -> None:
    assert most_confused(COUNTS, 2) == [0, 2]


def test_a_part_keeps_its_rows_and_columns() -> None:
    assert part(COUNTS, [0, 2]) == [[8, 0], [5, 5]]
