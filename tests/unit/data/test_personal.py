"""Personal data is found by its form and its check digit, masked on request, and nothing else is touched."""

import pytest

from pipeline.data.personal import KINDS, find_personal, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请回复到 li.wei@example.com.cn，谢谢", "请回复到 [email]，谢谢"),
        ("电话13812345678转账", "电话[phone]转账"),
        ("call +86 138-1234-5678 now", "call [phone] now"),
        ("座机 010-62345678", "座机 [phone]"),
        ("ring +44 20 7946 0958.", "ring [phone]."),
        ("ring (212) 555-0123", "ring [phone]"),
        ("身份证11010519491231002X。", "身份证[id]。"),
        ("卡号 4111 1111 1111 1111", "卡号 [card]"),
        ("卡号6222021234567890123456", "卡号6222021234567890123456"),
        ("订单 202401150001234567", "订单 202401150001234567"),
        ("身份证110105194912310021", "身份证110105194912310021"),
        ("版本 1.2.3.4 端口 8080", "版本 1.2.3.4 端口 8080"),
        ("日期 2024-01-15 12:30:45", "日期 2024-01-15 12:30:45"),
        ("价格 1,234,567.00 元", "价格 1,234,567.00 元"),
        ("SN A13812345678B", "SN A13812345678B"),
        ("", ""),
    ],
)
def test_personal_data_and_only_that_is_masked(text, masked):
    assert mask(text, KINDS) == masked


def test_only_the_kinds_that_were_asked_for_are_masked():
    text = "a@b.com 13812345678"
    assert mask(text, ["email"]) == "[email] 13812345678"
    assert mask(text, []) == text


def test_places_are_those_of_the_text():
    text = "给 a@b.com 打 13812345678"
    assert [(found.kind, text[found.start : found.end]) for found in find_personal(text)] == [
        ("email", "a@b.com"),
        ("phone", "13812345678"),
    ]
