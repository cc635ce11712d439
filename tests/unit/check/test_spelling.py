"""Spellings of one label fold together; labels that mean something else never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.check.spelling import fold, is_tidy, resemblance, visible


@pytest.mark.parametrize(
    "other",
    [
        *(
            " 差评",
            "差评 ",
            "　差评",
            "差评\u200b",
            "差　评",
            "差 评",
            "\ufeff差评",
            "差评。",
            "差评！",
            "差评\t",
            "差\u00ad评",
        ),
        *("差評", "差評 ", "差评\u00a0", "差评..."),
    ],
)
def test_what_nobody_sees_is_no_difference(other):
    assert fold(other) == fold("差评")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("Refund", "refund"),
            ("REFUND.", "refund"),
            ("ＶＰＮ", "vpn"),
            ("VPN 问题", "VPN问题"),
            ("credit  card", "credit card"),
        ),
        *(
            ("網絡", "网络"),
            ("軟體", "软体"),
            ("帳號", "账号"),
            ("Ａ１", "a1"),
            ("ｶﾞｽ", "ガス"),
            ("2〜3", "2〜3"),
            ("café", "cafe\u0301"),
        ),
    ],
)
def test_width_case_script_and_composition_are_no_difference(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(
            ("C", "C++"),
            ("C", "C#"),
            ("A/B", "AB"),
            ("A/B", "A B"),
            ("+", "-"),
            ("1", "-1"),
            ("10²", "102"),
            ("①", "1"),
        ),
        *(("creditcard", "credit card"), ("1.5", "15"), ("好评", "差评"), (">1", "1"), ("1-2", "12"), ("no", "not")),
    ],
)
def test_what_means_something_stays_and_is_not_even_asked_about(one, other):
    assert fold(one) != fold(other)
    assert resemblance(one) != resemblance(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "01"), ("1", "1.0"), ("credit card", "credit_card"), ("credit-card", "credit_card"), ("spam", "spam?")],
)
def test_what_may_mean_something_is_a_question(one, other):
    assert fold(one) != fold(other)
    assert resemblance(one) == resemblance(other)


@pytest.mark.parametrize("sign", ["-", "?", "...", "。", "."])
def test_a_label_of_signs_alone_keeps_them(sign):
    assert fold(sign)


@given(st.text(min_size=1))
def test_spaces_and_hidden_characters_around_any_label_are_no_difference(label):
    assert fold(f" \ufeff{label}\u200b\u3000") == fold(label)


def test_invisible_differences_are_written_out():
    assert [visible(label) for label in (" 差评", "差评\u200b", "　差评", "a b")] == [
        "␣差评",
        "差评<U+200B>",
        "<U+3000>差评",
        "a b",
    ]


def test_tidy_means_nothing_hidden():
    assert is_tidy("差评。") and is_tidy("credit card")
    assert not any(map(is_tidy, (" 差评", "差评\u200b", "差　评", "credit  card", "a\u00a0b")))
