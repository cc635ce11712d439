"""The report of a model that writes: against the model that it was tuned from, on the same rows."""

import subprocess
import sys

import numpy as np
import pytest

from pipeline.errors import RunError
from pipeline.evaluation.report import build_report, load_report
from pipeline.evaluation.verdict import Verdict, judge_texts
from pipeline.evaluation.written_report import WrittenReport
from pipeline.metrics.intervals import Interval
from pipeline.runs.texts import TextAnswers, save_texts

from .conftest import Run

ROWS = 60
TRUE = tuple(f"请重启第{number}台打印机，然后再试一次。" for number in range(ROWS))
BETTER, SAME, WORSE = Interval(0.2, 0.1, 0.3), Interval(0.1, -0.1, 0.3), Interval(-0.2, -0.3, -0.1)


def write(run: Run, name: str, said: tuple[str, ...], bits: float) -> None:
    """Keep what a model said, and that each right answer took it about so many bits."""
    spread = bits + np.random.default_rng(1).normal(0, 1, ROWS)
    asked = tuple(f"怎么办？{number}" for number in range(ROWS))
    save_texts(TextAnswers(np.arange(ROWS), asked, TRUE, said, spread), run.folder, name)


def report_of(run: Run) -> WrittenReport:
    """Build it, read it back."""
    built = build_report(run.id, run.folder, run.spec)
    read = load_report(run.id)
    assert isinstance(read, WrittenReport)
    assert read == built
    return read


def test_figures_are_those_of_both_models_and_a_difference_above_0_is_better(run: Run) -> None:
    nearly = tuple(text.replace("请", "") if number % 2 else text for number, text in enumerate(TRUE))
    write(run, "model", nearly, 20)
    write(run, "base", ("I do not know.",) * ROWS, 60)
    report = report_of(run)
    assert report.verdict == "beyond_baseline"
    assert report.exact_match.value == 0.5
    assert report.baselines["base"].exact_match.value == 0
    assert report.baselines["base"].exact_match.high == pytest.approx(3 / ROWS)
    assert report.baselines["base"].chrf.value == 0
    assert 0.9 < report.chrf.value < 1
    assert report.row_chrf[0] == 1 > report.row_chrf[1] > 0.8
    assert report.base_row_chrf == (0,) * ROWS
    characters = sum(map(len, TRUE)) / ROWS
    assert report.bits_per_character.value == pytest.approx(20 / characters, rel=0.02)
    assert report.differences["bits_per_character"].value == pytest.approx(40 / characters)
    assert report.difference == report.differences["chrf"]
    assert all(one.low > 0 for one in report.differences.values())
    assert list(report.metrics) == ["chrf", "bits_per_character", "rouge_l", "exact_match"]


def test_writing_what_the_base_model_writes_is_nothing_learned(run: Run) -> None:
    write(run, "model", TRUE, 30)
    write(run, "base", TRUE, 30)
    report = report_of(run)
    assert report.verdict == "nothing_learned"
    assert report.difference == Interval(0, 0, 0)


@pytest.mark.parametrize(
    ("surprise", "said", "verdict"),
    [
        (BETTER, BETTER, "beyond_baseline"),
        (BETTER, SAME, "not_distinguishable"),
        (SAME, BETTER, "not_distinguishable"),
        (WORSE, BETTER, "not_distinguishable"),
        (SAME, SAME, "nothing_learned"),
        (WORSE, SAME, "nothing_learned"),
        (BETTER, WORSE, "worse"),
        (WORSE, WORSE, "worse"),
    ],
)
def test_better_is_only_what_is_better_both_ways_and_what_it_writes_decides_what_is_worse(
    surprise: Interval, said: Interval, verdict: Verdict
) -> None:
    assert judge_texts(surprise, said) == verdict


def test_a_run_without_test_rows_says_so(run: Run) -> None:
    nobody = TextAnswers(np.empty(0, dtype=np.int64), (), (), (), np.empty(0))
    save_texts(nobody, run.folder, "model")
    save_texts(nobody, run.folder, "base")
    with pytest.raises(RunError, match="no test row has an answer"):
        build_report(run.id, run.folder, run.spec)


def test_two_models_that_answered_different_rows_are_not_compared(run: Run) -> None:
    for name, row in (("model", 0), ("base", 1)):
        save_texts(TextAnswers(np.array([row]), ("q",), ("a",), ("a",), np.array([1.0])), run.folder, name)
    with pytest.raises(ValueError, match="different rows"):
        build_report(run.id, run.folder, run.spec)


def test_a_page_that_shows_it_imports_nothing_that_measures() -> None:
    program = (
        "import sys, pipeline.evaluation.written_report\n"
        "heavy = {'evaluate', 'sacrebleu', 'rouge_score', 'nltk', 'jieba', 'torch', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
