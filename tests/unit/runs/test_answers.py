"""Answers come back bit for bit, whatever the labels look like."""

from pathlib import Path

import numpy as np

from pipeline.runs.answers import Answers, load_answers, save_answers


def test_answers_come_back_bit_for_bit_with_their_labels(tmp_path: Path) -> None:
    kept = Answers(
        rows=np.array([3, 9]),
        truth=np.array([1, -1]),
        scores=np.array([[1 / 3, 2 / 3], [0.1, 0.9]]),
        labels=("007", "a:b"),
    )
    save_answers(kept, tmp_path, "model")
    read = load_answers(tmp_path, "model")
    assert read.labels == kept.labels
    np.testing.assert_array_equal(read.scores, kept.scores)
    np.testing.assert_array_equal(read.rows, kept.rows)
    np.testing.assert_array_equal(read.truth, kept.truth)
    np.testing.assert_array_equal(read.predicted, [1, 1])
    np.testing.assert_array_equal(read.confidence, [2 / 3, 0.9])
