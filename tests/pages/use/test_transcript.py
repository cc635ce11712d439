"""A conversation as one file: everything escaped, nothing from elsewhere, no scripts."""

import re
from datetime import datetime

from pages.use.transcript import as_html
from pipeline.actions.talk import Answer, Exchange, Talk
from pipeline.actions.write import Partner
from pipeline.inference.events import Token
from pipeline.inference.sampling import GREEDY, Sampling

HOSTILE = '<script>alert(1)</script><img src="http://evil.example/a.png">'


def test_every_word_is_escaped_and_nothing_is_fetched() -> None:
    talk = Talk()
    partner = Partner("model", "m", f"model {HOSTILE}", "decoder", "")
    answers = tuple(
        Answer(partner, sampling, state="done", tokens=[Token(HOSTILE), Token(" 你好\n line")])
        for sampling in (Sampling(seed=7), GREEDY)
    )
    talk.exchanges.append(Exchange(f"asked {HOSTILE}", answers))
    page = as_html(talk, "zh_CN", datetime(2026, 1, 2, 3, 4))
    assert page.count("&lt;script&gt;") == 5
    tags = set(re.findall(r"<([a-z0-9]+)", page))
    assert tags == {"html", "head", "meta", "title", "style", "body", "h1", "p", "div"}
    assert "url(" not in page
    assert 'lang="zh-CN"' in page
    assert "default-src &#x27;none&#x27;" in page
    assert "你好\n line" in page
    assert "2026-01-02 03:04" in page
    assert "seed 7" in page
    assert "always the most probable text" in page
