"""Several labels of a row are seen where the cells prove them, and a label with a comma in it stays whole."""

import pandas as pd
import pytest

from pipeline.data.several import guess_label_columns, guess_separators, split_labels

TAGS = ["退款", "物流", "退款{}物流", "售后", "售后{} 退款", "", "物流"]


@pytest.mark.parametrize("mark", [*",;|、，；"])
def test_a_separator_is_guessed_where_the_parts_are_labels_of_their_own(mark: str) -> None:
    assert guess_separators([cell.format(mark) for cell in TAGS]) == mark


def test_marks_of_both_widths_separate_where_people_mix_them() -> None:
    assert guess_separators(["a", "b", "a,b", "b,a", "a，b", "b， a"]) == ",，"


@pytest.mark.parametrize(
    "cells",
    [
        ["Trinidad, Tobago"] * 5 + ["Cuba"] * 5,
        ["Sales, EMEA", "Sales, APAC", "Support, EMEA", "Support, APAC"] * 3,
        ["Hardware", "Hardware, other", "Software", "Software, own"] * 3 + ["Network, any, place"] * 3,
        ["a", "b", "a,b"] + ["c"] * 20,
        ["I paid, but nothing came", "Nothing came, so I paid again", "hello"],
        ["x", "y"] * 4,
        ["", " "],
    ],
)
def test_a_label_with_a_comma_in_it_stays_whole(cells: list[str]) -> None:
    assert guess_separators(cells) == ""


def test_labels_of_a_cell_come_once_each_without_spaces() -> None:
    assert split_labels(" a， b,a,, ", ",，") == ("a", "b")
    assert split_labels("Trinidad, Tobago", "") == ("Trinidad, Tobago",)
    assert split_labels(" ", ",") == ()
    assert split_labels("a|b]c", "|]") == ("a", "b", "c")


def test_columns_of_0_and_1_side_by_side_are_labels() -> None:
    rows = pd.DataFrame(
        {
            "id": ["1", "0", "1"],
            "text": ["a", "b", "c"],
            "退款": ["1", "0", "0"],
            "物流": ["1", "0", "1"],
            "售后": ["0", "是", ""],
            "score": ["1", "2", "3"],
        }
    )
    assert guess_label_columns(rows) == ("退款", "物流", "售后")


@pytest.mark.parametrize(
    "columns",
    [
        {"urgent": ["1", "0"], "vip": ["1", "1"], "text": ["a", "b"]},  # two properties
        {"a": ["1", "0", "0"], "b": ["0", "1", "0"], "c": ["0", "0", "1"]},  # one label, one column each
        {"a": ["1", "1"], "b": ["1", "1"], "c": ["1", "1"]},  # always yes
        {"a": ["0", "0"], "b": ["", ""], "c": ["0", ""]},  # never
    ],
)
def test_other_columns_of_0_and_1_are_no_labels(columns: dict[str, list[str]]) -> None:
    assert guess_label_columns(pd.DataFrame(columns)) == ()
