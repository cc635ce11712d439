"""Texts as words: Chinese cut by jieba's dictionary, other scripts at whatever is no letter or digit.

A run of kana or Thai stays one word: jieba knows Chinese only.
"""

import re
import warnings
from functools import cache
from typing import TYPE_CHECKING

from pipeline.data.scripts import HAN

if TYPE_CHECKING:
    import jieba

_RUNS = re.compile(rf"(?P<han>[{HAN}]+)|[^\W_{HAN}]+")


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, without punctuation. The first Chinese one takes a second."""
    found: list[str] = []
    for run in _RUNS.finditer(text.lower()):
        found += _cutter().cut(run.group()) if run.lastgroup == "han" else [run.group()]
    return found


def han_spans(text: str) -> list[tuple[int, int]]:
    """Where each Chinese word of ``text`` begins and ends, in characters; words of other scripts are left out."""
    found: list[tuple[int, int]] = []
    for run in _RUNS.finditer(text):
        if run.lastgroup == "han":
            start = run.start()
            for word in _cutter().cut(run.group()):
                found.append((start, start + len(word)))
                start += len(word)
    return found


@cache
def _cutter() -> "jieba.Tokenizer":
    """jieba with its own dictionary, read here: left to itself it writes to standard error, and it keeps the words in a
    file of the system's temporary folder, where somebody else may have put another one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pkg_resources, where there still is one, warns of its end
        import jieba

        cutter = jieba.Tokenizer()
        cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter
