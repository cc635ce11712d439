"""A template joins columns into one text, and blank fields leave no trace."""

import pandas as pd
import pytest

from pipeline.errors import SettingError
from pipeline.templates.columns import default_template, render


def one(template: str, **cells: str) -> str:
    (text,) = render(template, list(cells), pd.DataFrame([cells], dtype="str"))
    return text


def test_a_single_column_is_the_cell_itself():
    assert default_template(["text"]) == ""
    assert one("", text=" as it {stands} ") == " as it {stands} "


def test_the_default_keeps_field_names_in_their_own_script():
    assert default_template(["标题", "业务线", "priority"]) == "{标题}\n业务线：{业务线}\npriority: {priority}"
    assert one("", 标题="打印机", 业务线="支付") == "打印机\n业务线：支付"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"title": "T", "line": "", "text": "D"}, "T\nD"),
        ({"title": "", "line": "L", "text": "D"}, "line: L\nD"),
        ({"title": "T", "line": "L", "text": " "}, "T\nline: L"),
        ({"title": "", "line": "", "text": ""}, ""),
    ],
)
def test_a_blank_field_takes_its_line_along(cells, expected):
    assert one("{title}\nline: {line}\n{text}", **cells) == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"a": "1", "b": "2"}, "1 / b: 2."),
        ({"a": "", "b": "2"}, "b: 2."),
        ({"a": "1", "b": ""}, "1."),
        ({"a": "", "b": ""}, ""),
    ],
)
def test_a_blank_field_within_a_line_takes_the_words_before_it(cells, expected):
    assert one("{a} / b: {b}.", **cells) == expected


def test_cells_that_look_like_fields_are_left_alone():
    assert one("{a}-{b}", a="{b}", b="{0}") == "{b}-{0}"


def test_columns_may_have_any_name():
    cells = {"a:b!r": "1", "a{x}": "2", "": "3", "类别.名": "4"}
    assert one("{a:b!r}|{a{x}}|{}|{类别.名}", **cells) == "1|2|3|4"


def test_unknown_and_missing_fields_are_named():
    with pytest.raises(SettingError, match=r"names \{titel\}.*title"):
        one("{titel} {title}", title="x")
    with pytest.raises(SettingError, match="no column"):
        one("just words", title="x")
