"""An error keeps its message and values apart until it is shown, also across processes."""

import pickle

from pipeline.errors import TuneDeskError, UnreadableFile
from pipeline.i18n import closest_language, explain


def test_an_error_reads_as_a_sentence_and_survives_a_process_border() -> None:
    error = UnreadableFile("{file} is empty.", file="a{b}.csv")
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == "a{b}.csv is empty."
    assert type(copy) is UnreadableFile
    assert isinstance(copy, TuneDeskError)


def test_an_error_without_translation_shows_in_english() -> None:
    assert explain(TuneDeskError("{x} not in the catalogue", x=1), "zh_CN") == "1 not in the catalogue"


def test_every_chinese_tag_finds_the_chinese_translation() -> None:
    assert {closest_language(tag) for tag in ("zh", "zh-CN", "zh-Hans-CN", "zh_CN.UTF-8")} == {"zh_CN"}
    assert {closest_language(tag) for tag in ("en-GB", "de", "", None)} == {"en"}
