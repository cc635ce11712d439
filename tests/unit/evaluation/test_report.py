"""The verdict says what the same test rows bear out, and the report reads back as it was written."""

import subprocess
import sys

import numpy as np
import pytest

from pipeline.errors import RunError
from pipeline.evaluation.report import build_report, judge, load_report
from pipeline.metrics.intervals import Interval
from pipeline.runs.answers import Answers, save_answers

from .conftest import LABELS, Run


def right_in(run: Run, count: int) -> np.ndarray:
    """Predictions of which ``count`` are right, spread evenly over the rows."""
    order = np.random.default_rng(0).permutation(len(run.truth))
    predicted = 1 - run.truth
    predicted[order[:count]] = run.truth[order[:count]]
    return predicted


@pytest.mark.parametrize(
    ("model", "tfidf", "verdict"),
    [
        (195, 160, "beyond_baseline"),
        (180, 178, "not_distinguishable"),
        (150, 195, "worse"),
        (122, 100, "nothing_learned"),
    ],
)
def test_the_verdict_follows_from_the_right_rows(run: Run, model: int, tfidf: int, verdict: str) -> None:
    run.answer("model", right_in(run, model))
    run.answer("tfidf", right_in(run, tfidf))
    run.answer("majority", [0] * 200)
    report = build_report(run.id, run.folder, run.spec)
    assert report.verdict == verdict
    assert report.accuracy.value == model / 200
    best = max(tfidf, 120)
    assert report.difference.value == pytest.approx((model - best) / 200)
    assert report.baselines["tfidf"].accuracy.value == tfidf / 200


def test_always_answering_the_most_frequent_class_is_nothing_learned(run: Run) -> None:
    for name in ("model", "tfidf", "majority"):
        run.answer(name, [0] * 200)
    assert build_report(run.id, run.folder, run.spec).verdict == "nothing_learned"


def test_what_is_no_better_than_the_majority_is_nothing_learned_even_beside_a_worse_baseline() -> None:
    assert judge(Interval(0.2, 0.1, 0.3), Interval(0.01, -0.01, 0.03)) == "nothing_learned"
    assert judge(Interval(0.2, 0.1, 0.3), Interval(-0.1, -0.2, -0.05)) == "nothing_learned"


def test_the_report_reads_back_as_it_was_written(run: Run) -> None:
    run.answer("model", right_in(run, 190))
    run.answer("tfidf", right_in(run, 170))
    run.answer("majority", [0] * 200)
    report = build_report(run.id, run.folder, run.spec)
    assert load_report(run.id) == report
    assert report.labels == LABELS
    assert sum(map(sum, report.confusion)) == report.test_rows == 200
    assert [row.support for row in report.per_class] == [120, 80]
    assert report.confusion[0][0] == round(report.per_class[0].recall * 120)


def test_rows_without_a_label_are_not_measured(run: Run) -> None:
    truth = run.truth.copy()
    truth[:50] = -1
    certain = np.eye(2)[run.truth]
    for name in ("model", "tfidf", "majority"):
        save_answers(Answers(np.arange(200), truth, certain, LABELS), run.folder, name)
    assert build_report(run.id, run.folder, run.spec).test_rows == 150
    save_answers(Answers(np.arange(200), np.full(200, -1), certain, LABELS), run.folder, "model")
    with pytest.raises(RunError, match="no test row has a label"):
        build_report(run.id, run.folder, run.spec)


def test_a_run_without_a_report_says_so(run: Run) -> None:
    with pytest.raises(RunError, match="no report"):
        load_report(run.id)


def test_a_page_that_shows_a_report_imports_no_heavy_library() -> None:
    program = (
        "import sys, pipeline.evaluation.report, pipeline.evaluation.errors\n"
        "heavy = {'torch', 'transformers', 'evaluate', 'sklearn', 'scipy', 'datasets'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
