"""Text from outside is shown letter by letter."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.components.text import plain, told_apart

HOSTILE = "![x](http://evil.example/a.png) <img src=http://evil.example/b.png> :red[y] **z** $1$ `c` [l](http://e)"


def test_every_character_that_markdown_reads_is_escaped() -> None:
    escaped = plain(HOSTILE)

    for sign in "![]()<>:*$`":
        assert escaped.count(sign) == escaped.count("\\" + sign)


@pytest.mark.parametrize(
    "address", ["http://evil.example", "HTTPS://evil.example", "www.evil.example", "me@evil.example"]
)
def test_a_bare_address_is_broken_by_a_character_that_nobody_sees(address: str) -> None:
    shown = plain(address)
    assert "\u2060" in shown
    assert shown.replace("\u2060", "").replace("\\", "") == address


def test_a_line_break_cannot_start_a_block() -> None:
    assert plain("a\n# b\n- c") == "a \\# b \\- c"


def test_names_that_are_the_same_get_numbers_the_oldest_none_and_the_order_stays() -> None:
    newest_first = {"d": "a.csv", "c": "a.csv (2)", "b": "b.csv", "a": "a.csv"}
    assert list(told_apart(newest_first).items()) == [
        ("d", "a.csv (3)"),
        ("c", "a.csv (2)"),
        ("b", "b.csv"),
        ("a", "a.csv"),
    ]


@pytest.mark.parametrize("show", ["show_heading", "show_line", "show_note", "show_problem", "show_warning"])
def test_what_is_shown_reaches_the_page_escaped(show: str) -> None:
    def script(name: str, hostile: str) -> None:
        from pages.components import text

        getattr(text, name)(hostile)

    app = AppTest.from_function(script, args=(show, HOSTILE)).run()

    shown = [*app.header, *app.markdown, *app.caption, *app.error, *app.warning]
    assert [element.value for element in shown] == [plain(HOSTILE)]
