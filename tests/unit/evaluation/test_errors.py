"""The wrong rows come with their texts, the surest first, and leave as a file that runs no formula."""

import csv
import io

import numpy as np
import pytest

from pipeline.data.formulas import FORMULA_STARTS, neutral
from pipeline.errors import RunError
from pipeline.evaluation.errors import WrongRow, as_csv, wrong_rows

from .conftest import Run


def test_wrong_rows_come_with_their_own_text_the_most_confident_first(run: Run) -> None:
    predicted = run.truth.copy()
    predicted[[5, 70, 199]] = 1 - predicted[[5, 70, 199]]
    confidence = np.full(200, 0.99)
    confidence[[5, 70, 199]] = [0.6, 0.95, 0.8]
    run.answer("model", predicted, confidence)
    wrong = wrong_rows(run.id)
    assert [row.row for row in wrong] == [70, 199, 5]
    assert wrong[0] == WrongRow(70, "=SUM(70) 测试", "ham", "spam", pytest.approx(0.95))
    assert wrong[1].truth == "spam"
    assert [row.row for row in wrong_rows(run.id, limit=1)] == [70]


def test_a_run_that_is_all_right_has_no_wrong_rows(run: Run) -> None:
    run.answer("model", run.truth)
    assert wrong_rows(run.id) == []


def test_a_run_that_has_not_answered_says_so(run: Run) -> None:
    with pytest.raises(RunError, match="has not answered"):
        wrong_rows(run.id)


def test_the_file_reads_back_with_every_formula_disarmed() -> None:
    hostile = [WrongRow(0, f'{start}HYPERLINK(1),"x"', "=a", "退款", 0.5) for start in FORMULA_STARTS]
    content = as_csv(hostile, ["行", "文本", "标签", "预测", "把握"])
    assert content.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert header == ["行", "文本", "标签", "预测", "把握"]
    for given, row in zip(hostile, rows, strict=True):
        assert row == ["1", "'" + given.text, "'=a", "退款", "0.5000"]


def test_ordinary_cells_stay_as_they_are() -> None:
    assert neutral("打印机 = 坏了") == "打印机 = 坏了"
    assert neutral("") == ""
