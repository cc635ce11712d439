"""Personal data is found by its form and its check digit, masked on request, and nothing else is touched."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.personal import KINDS, find_personal, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("请回复到 li.wei@example.com.cn，谢谢", "请回复到 [email]，谢谢"),
        ("邮箱abc@qq.com谢谢", "邮箱[email]谢谢"),
        ("邮箱ａｂｃ＠qq．com谢谢", "邮箱[email]谢谢"),
        ("电话13812345678转账", "电话[phone]转账"),
        ("call +86 138-1234-5678 now", "call [phone] now"),
        ("手机（+86）13812345678。", "手机[phone]。"),
        ("0086 138 1234 5678", "[phone]"),
        ("138-12345678，1381-234-5678", "[phone]，[phone]"),
        ("我的号码１３８１２３４５６７８", "我的号码[phone]"),
        ("13812345678/13987654321,15012345678", "[phone]/[phone],[phone]"),
        ("2024-01-15 13812345678 13987654321", "2024-01-15 [phone] [phone]"),
        ("座机 010-62345678", "座机 [phone]"),
        ("座机（0755）8234 5678转801", "座机[phone]"),
        ("(010) 62345678-8001", "[phone]"),
        ("0755－82345678", "[phone]"),
        ("电话：62345678", "电话：[phone]"),
        ("电话 01062345678", "电话 [phone]"),
        ("+86 10 6234 5678", "[phone]"),
        ("ring +44 20 7946 0958.", "ring [phone]."),
        ("+6581234567", "[phone]"),
        ("ring (212) 555-0123 or 212.555.0124", "ring [phone] or [phone]"),
        ("Call 09061701461 or 07946 095812.", "Call [phone] or [phone]."),
        ("身份证11010519491231002X。", "身份证[id]。"),
        ("身份证 110105 19491231 002x", "身份证 [id]"),
        ("身份证号：110105491231002", "身份证号：[id]"),
        ("卡号 4111 1111 1111 1111", "卡号 [card]"),
        ("卡号6222021234567890128", "卡号[card]"),
        ("3782-822463-10005", "[card]"),
    ],
)
def test_personal_data_is_masked_in_every_form_that_people_write(text, masked):
    assert mask(text, KINDS) == masked


@pytest.mark.parametrize(
    "text",
    [
        # fails its check digit, or belongs to nobody
        *("卡号6222021234567890123456", "身份证110105194912310021", "身份证 999999194912310029", "6222 0000 0000 0000"),
        # numbers of things
        *("订单 202401150001234567", "订单号13812345678", "订单号：13812345678", "order no. 13812345678"),
        *("运单 6212345678901", "单号SO-13812345678", "#13812345678", "SN A13812345678B", "id_13812345678_2"),
        *("https://x.com/item/13812345678", "uuid 550e8400-e29b-41d4-a716-446655440000", "350000991332123"),
        *("123-456-7890", "99999999999", "12345678901234567890", "14102000441"),
        # times and dates
        *("1700000000000", "20240115123045", "20240115123045123", "2024011512304512", "日期 2024-01-15 12:30:45"),
        *("手机 20240115 下单", "call 2024-01-15 10:30", "来电 10:30-11:45", "UTC+8 2024", "10:30:45.1234567"),
        # addresses and versions of machines
        *("IP 192.168.100.200 10.212.255.0123", "版本 1.2.3.4 端口 8080", "icon@2x.png", "a@b", "pkg@1.2.3"),
        # amounts and rows of numbers
        *("涨幅+3.14%", "+12345678.00", "+100 200 300", "合计13812345678元", "¥13812345678", "13812345678.55"),
        *("150 2000 3000 4000", "价格 1,234,567.00 元", "3.1415926535897932", "4000-5000-6000-7000"),
        # of a company, or masked already
        *("拨打 95588", "致电400-820-8820", "800-555-0199 toll free", "138****5678", ""),
    ],
)
def test_other_numbers_stay(text):
    assert mask(text, KINDS) == text


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


@given(st.text(st.sampled_from("0123456789 １（）+-.@aX电话订单号\n"), max_size=80))
def test_any_text_is_masked_piece_by_piece(text):
    found = list(find_personal(text))
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(text[one.start : one.end].strip() for one in found)
    assert list(find_personal(mask(text, KINDS))) == []
