"""The script of a text is that of most of its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.scripts import SCRIPTS, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("打印机连不上网络", "han"),
        ("iPhone 15 Pro Max 无法充电", "han"),
        ("見 https://example.com/a/b/c/d 出错", "han"),
        ("プリンターが動きません", "kana"),
        ("可愛の打印机坏了", "han"),
        ("the printer is 坏了", "latin"),
        ("Der Drucker läßt nichts übrig", "latin"),
        ("Принтер не печатает", "cyrillic"),
        ("프린터가 인쇄되지 않습니다 도와주세요", "hangul"),
        ("الطابعة لا تعمل", "arabic"),
        ("เครื่องพิมพ์เสีย", "thai"),
        ("VPN", ""),
        ("12345 ... ?!", ""),
        ("", ""),
    ],
)
def test_most_words_decide(text: str, script: str) -> None:
    assert script_of(text) == script


@given(st.text())
def test_any_text_has_a_known_script_or_none(text: str) -> None:
    assert script_of(text) in (*SCRIPTS, "")
