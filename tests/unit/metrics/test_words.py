"""Words are what readers of a language take for words, and cutting them leaves no trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rouge_score.tokenizers import DefaultTokenizer

from pipeline.metrics.words import han_spans, words


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("打印机无法连接网络。", ["打印机", "无法", "连接", "网络"]),
        ("Wi-Fi断了，重启router", ["wi", "fi", "断", "了", "重启", "router"]),
        ("Le CAFÉ, l’été", ["le", "café", "l", "été"]),
        ("принтер не работает", ["принтер", "не", "работает"]),
        (" …!? ", []),
    ],
)
def test_a_text_is_cut_into_its_words(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_english_is_cut_as_rouge_itself_does() -> None:
    text = "Don't panic: the e-mail from_support (2nd level) costs $3.50!"
    assert words(text) == DefaultTokenizer().tokenize(text)


def test_cutting_says_nothing_and_leaves_no_file(tmp_path: Path) -> None:
    program = "from pipeline.metrics.words import han_spans, words; words('打印机无法连接')"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_chinese_words_are_found_where_they_stand() -> None:
    text = "Printer 打印机坏了, ticket 12 已经提交"
    found = [text[begin:end] for begin, end in han_spans(text)]
    assert found == ["打印机", "坏", "了", "已经", "提交"]
    assert han_spans("no such words") == []
