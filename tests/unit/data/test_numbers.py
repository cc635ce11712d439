"""A number is read as people write it; what is none is not made one."""

import math

import pandas as pd
import pytest

from pipeline.data.numbers import are_codes, guess_amounts, holds_numbers, read_number, read_numbers


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        *(("4.5", 4.5), (" 4 ", 4.0), ("-0.5", -0.5), ("1e3", 1000.0), (".5", 0.5), ("7.", 7.0), ("007", 7.0)),
        *(("1,200", 1200.0), ("12,345,678.9", 12345678.9), ("4,5", 4.5), ("4,75", 4.75)),
        *(("４．５", 4.5), ("$3.20", 3.2), ("80 %", 80.0), ("￥1,000", 1000.0), ("−2", -2.0)),
    ],
)
def test_a_number_is_read(cell, number):
    assert read_number(cell) == number


@pytest.mark.parametrize("cell", ["", "  ", "4 hours", "3-5", "nan", "inf", "1e999", "三", "1,2,3", "1.2.3", "-", "%"])
def test_what_is_no_number_is_none(cell):
    assert math.isnan(read_number(cell))


def test_a_column_is_read_cell_by_cell():
    numbers = read_numbers(pd.Series(["1", "x", "", "1", "2.5"]))
    assert numbers.tolist()[0::3] == [1.0, 1.0] and numbers.isna().tolist() == [False, True, True, False, False]
    assert read_numbers(pd.Series([], dtype=str)).empty


def test_amounts_are_told_from_classes_that_are_digits():
    assert guess_amounts(["0.5", "1", "4.5", ""])
    assert guess_amounts([str(number) for number in range(30)])
    assert not guess_amounts(["0", "1", "1", "0"])
    assert holds_numbers(["0", "1", "1", "0"])  # could be meant all the same
    assert not holds_numbers(["1", "1"]) and not holds_numbers(["", ""]) and not holds_numbers(["1", "2", "x"])


def test_digits_that_begin_with_0_or_are_all_as_long_are_codes() -> None:
    assert are_codes(["028816", "28816", ""]) and are_codes(["4070", "4112"])
    assert not are_codes(["0.5", "1.25"]) and not are_codes(["1", "2", "3"]) and not are_codes(["", " "])


def test_staff_numbers_are_names_of_people_and_not_amounts() -> None:
    staff = [str(400_000 + 7_919 * number % 90_000) for number in range(30)]
    assert not guess_amounts(staff * 5)
    assert not guess_amounts([f"{number:03d}" for number in range(1, 60)])
    assert guess_amounts([str(number * number) for number in range(1, 60)])
    assert guess_amounts([*staff, "400000.5"])
