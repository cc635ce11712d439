"""What scores say, and how that stands in a cell of somebody's file."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline.inference.cells import joiner, yes_and_no
from pipeline.inference.saying import kind_of, read_scores, write_number
from pipeline.runs.bundle import BundleInfo

INFO = BundleInfo("r", "r", "classification", "tiny", ("text",), "", "label", ("a", "b", "c"), 24, {}, {}, "")
SEVERAL = replace(INFO, task="multilabel", thresholds=(0.5, 0.2, 0.9))
NUMBER = replace(INFO, task="regression", labels=("hours",), number_range=(0.0, 80.0))


def test_a_class_is_the_most_probable_one() -> None:
    said = read_scores(INFO, np.array([[0.2, 0.7, 0.1]]))
    assert (kind_of(INFO), said.labels, said.confidence.tolist()) == ("class", (("b",),), [0.7])


def test_several_labels_are_those_from_their_own_threshold_on_and_as_sure_as_the_least_sure() -> None:
    said = read_scores(SEVERAL, np.array([[0.6, 0.3, 0.8], [0.1, 0.1, 0.6]]))
    assert said.labels == (("a", "b"), ())
    assert said.confidence.tolist() == pytest.approx([0.3, 0.4])


def test_a_number_is_itself_and_has_no_confidence() -> None:
    said = read_scores(NUMBER, np.array([[12.345]]))
    assert (said.labels, said.numbers.tolist()) == (((),), [12.345])
    assert np.isnan(said.confidence).all()


@pytest.mark.parametrize(
    ("low", "high", "number", "written"),
    [(0, 80, 12.3456, "12.35"), (0, 5, 3.14159, "3.142"), (0, 1, -0.00001, "0.000"), (0, 90_000, 1234.5678, "1235")],
)
def test_a_number_is_written_as_finely_as_its_range_bears(low: float, high: float, number: float, written: str) -> None:
    assert write_number(replace(NUMBER, number_range=(low, high)), number) == written


def test_several_labels_are_joined_as_most_cells_join_them() -> None:
    assert joiner(["a; b", "a;b", "b; c", ""], ";,") == "; "
    assert joiner(["a、b"], "、，") == "、"
    assert joiner(["a"], "|;") == "|"
    assert joiner([], "") == ", "


def test_yes_and_no_are_written_in_the_signs_of_the_column() -> None:
    assert yes_and_no(pd.Series(["1", "0", ""])) == ("1", "0")
    assert yes_and_no(pd.Series(["是", "否", "否"])) == ("是", "否")
    assert yes_and_no(pd.Series(["x", "", "x"])) == ("x", "")
    assert yes_and_no(pd.Series(["", ""])) == ("1", "0")
