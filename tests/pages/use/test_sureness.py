"""How sure a model was, word by word: characters of several tokens are one word, and nothing in a word is obeyed."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.use.sureness import mean_sureness, visible, words
from pipeline.inference.events import Token

HOSTILE = '<img src=x onerror=alert(1)> "quoted" & <style>'


def test_tokens_that_are_one_character_together_are_one_word() -> None:
    tokens = [
        Token("", 0.5, (("\ufffd", 0.5),)),
        Token("请", 0.8),
        Token(" next", 0.25, ((" next", 0.25), (" it", 0.2))),
    ]
    found = words(tokens)
    assert [(word.text, word.probability) for word in found] == [("请", pytest.approx(0.4)), (" next", 0.25)]
    assert found[0].alternatives == ()
    assert found[1].alternatives[1] == (" it", 0.2)


def test_where_beams_were_followed_there_is_nothing_to_show() -> None:
    assert words([Token("a"), Token("b", 0.5)]) == []
    assert mean_sureness([Token("a")]) is None
    assert mean_sureness([]) is None
    assert mean_sureness([Token("a", 0.25), Token("b", 1.0)]) == pytest.approx(0.5)


@pytest.mark.parametrize(("text", "shown"), [(" a b", "␣a b"), ("\n\n", "⏎⏎"), ("a ", "a␣"), ("a", "a"), ("", "")])
def test_blanks_that_nobody_would_see_get_a_sign(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_hostile_words_stay_words() -> None:
    def script(hostile: str) -> None:
        from pages.components.text import show_markup
        from pages.use.sureness import markup
        from pipeline.inference.events import Token

        show_markup(markup([Token(hostile, 0.05, ((hostile, 0.05), (f"{hostile}!", 0.9)))]))

    app = AppTest.from_function(script, args=(HOSTILE,)).run()
    assert not app.exception
    body = app.get("html")[0].proto.body
    assert "<img" not in body
    assert body.count("&lt;img src=x onerror=alert(1)&gt; &quot;quoted&quot; &amp; &lt;style&gt;") == 3
    assert body.count("<style>") == 1
