"""Texts that models wrote come back as they were, and nobody takes them for answers with scores."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.runs.answers import Answers, load_answers, save_answers
from pipeline.runs.texts import TextAnswers, are_texts, load_texts, save_texts

KEPT = TextAnswers(
    rows=np.array([3, 9]),
    asked=("把这句话改得更客气\n\n快点修", "0:odd\x00"),
    truth=("麻烦您尽快处理一下。", "007"),
    said=("", "=SUM(1)\r\n![](http://a)"),
    bits=np.array([1 / 3, 1234.5]),
)


def test_texts_come_back_as_they_were(tmp_path: Path) -> None:
    save_texts(KEPT, tmp_path, "model")
    read = load_texts(tmp_path, "model")
    assert (read.asked, read.truth, read.said) == (KEPT.asked, KEPT.truth, KEPT.said)
    np.testing.assert_array_equal(read.rows, KEPT.rows)
    np.testing.assert_array_equal(read.bits, KEPT.bits)


def test_nothing_was_written_and_nothing_is_read(tmp_path: Path) -> None:
    nobody = TextAnswers(np.empty(0, dtype=np.int64), (), (), (), np.empty(0))
    save_texts(nobody, tmp_path, "model")
    read = load_texts(tmp_path, "model")
    assert read.said == ()
    assert read.rows.dtype == np.int64


def test_each_kind_of_answer_is_known_and_read_as_that_kind_only(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        are_texts(tmp_path)
    save_texts(KEPT, tmp_path, "model")
    assert are_texts(tmp_path)
    with pytest.raises(ValueError, match="load_texts"):
        load_answers(tmp_path, "model")
    save_answers(Answers(np.array([0]), np.array([1]), np.array([[0.5, 0.5]]), ("said", "bits")), tmp_path, "model")
    assert not are_texts(tmp_path)
    with pytest.raises(ValueError, match="load_answers"):
        load_texts(tmp_path, "model")
