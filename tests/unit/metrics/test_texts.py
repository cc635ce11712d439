"""Figures of written answers: as computed by hand, as the libraries compute them, and in Chinese as in English."""

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.chrf import CHRF

from pipeline.metrics import resampled, texts
from pipeline.settings import Workspace

TRUE = ("Restart the router, then retry.", "打印机无法连接网络，请重启。", "ok", "", "The same  text.", "猫坐在垫子上")
SAID = ("Please restart your router.", "打印机可以连接网络。", "", "something", "The same text.\n", "那只猫坐在地上")


def rows(true: tuple[str, ...], said: tuple[str, ...]) -> resampled.Table:
    """The table of answers whose bits do not matter."""
    return texts.table(true, said, np.zeros(len(true)))


def test_chrf_is_what_one_gets_by_hand(home: Workspace) -> None:
    one_letter_off, half, chinese = texts.chrf(rows(("abc", "ab", "打印机"), ("abd", "a", "打字机")))
    assert one_letter_off == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)  # of lengths 1, 2 and 3, both ways
    assert half == pytest.approx(5 * 1 * 0.5 / (4 * 1 + 0.5))  # F2: what was said is all right, half of it is missing
    assert chinese == pytest.approx((2 / 3 + 0 + 0) / 3)


def test_chrf_is_that_of_sacrebleu_row_by_row_and_over_all_rows(home: Workspace) -> None:
    table = rows(TRUE, SAID)
    judge = CHRF()
    one_by_one = [judge.sentence_score(said, [true]).score / 100 for true, said in zip(TRUE, SAID, strict=True)]
    assert texts.chrf(table).tolist() == pytest.approx(one_by_one)
    together = judge.corpus_score(SAID, [TRUE]).score / 100
    assert resampled.interval(table, texts.chrf).value == pytest.approx(together)
    assert together != pytest.approx(np.mean(one_by_one), abs=0.05)


def test_rouge_counts_words_in_order_in_chinese_too(home: Workspace) -> None:
    table = rows(("打印机无法连接", "a b c d"), ("打印机可以连接", "c d a b"))
    assert table[:, texts._ROUGE].tolist() == pytest.approx([2 / 3, 1 / 2])  # 打印机/无法/连接
    english = RougeScorer(["rougeL"]).score(TRUE[0], SAID[0])["rougeL"].fmeasure
    both = rows((TRUE[0], "打印机"), (SAID[0], "打印机"))
    assert resampled.interval(both, texts.rouge_l).value == pytest.approx((english + 1) / 2)


def test_blanks_alone_make_no_answer_wrong(home: Workspace) -> None:
    table = rows(("a  b ", "a b", "打印机", "Yes"), ("a\nb", "ab", "打印机", "yes"))
    assert texts.is_exact(table).tolist() == [1, 0, 1, 0]
    assert resampled.interval(table, texts.exact_match).value == 0.5


def test_bits_are_spread_over_the_characters_of_all_answers(home: Workspace) -> None:
    table = texts.table(("abcd", " 打印 ", ""), ("", "", ""), [10.0, 20.0, 3.0])
    found = resampled.interval(table, texts.bits_per_character)
    assert found.value == pytest.approx(33 / 6)
    assert found.low < found.value < found.high


def test_a_difference_is_of_the_same_rows(home: Workspace) -> None:
    table = rows(TRUE * 20, SAID * 20)
    same = resampled.difference(table, table, texts.chrf)
    assert (same.low, same.value, same.high) == (0, 0, 0)
    better = resampled.difference(rows(TRUE * 20, TRUE * 20), table, texts.chrf)
    assert better.low > 0


def test_answers_and_bits_of_two_lengths_are_refused(home: Workspace) -> None:
    with pytest.raises(ValueError, match="equally many"):
        texts.table(("a",), ("a", "b"), [0.0])
    with pytest.raises(ValueError, match="equally many"):
        texts.table((), (), [])
