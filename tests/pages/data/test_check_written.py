"""The Check page of a file with answers to write: no word of labels, and pictures of the answers."""

import csv
from pathlib import Path

from pages.data.overview import overview
from pipeline.actions import jobs
from pipeline.actions.check import check_of, start_check
from pipeline.actions.data import Dataset, create_dataset
from pipeline.data.new_view import with_steps
from pipeline.data.source import import_source
from pipeline.data.steps import leave_out
from pipeline.runs.spec import LONGEST_WRITTEN
from pipeline.settings import Workspace
from tests.pages.visit import visit, words
from tests.unit.check.checked import different_texts

ROWS = 60


def bring(folder: Path) -> Dataset:
    """Instructions with an input in every other row, of which one has no answer and another one repeats its input."""
    path = folder / "faq.csv"
    table = [["instruction", "input", "output"]]
    for number, text in enumerate(different_texts(ROWS)):
        answer = f"This is what one says to number {number}, and it takes a sentence of some length."
        table.append([text, "about a card" if number % 2 else "", answer])
    table[5][2], table[6][2] = "", table[6][1]
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(table)
    source = import_source(path, "faq.csv")
    return create_dataset(source.id, name="faq", text=("instruction", "input"), label="output", written=True)


def test_the_page_shows_findings_and_lengths_and_says_nothing_of_labels(home: Workspace, tmp_path: Path) -> None:
    dataset = bring(tmp_path)
    done = jobs.wait(start_check(dataset))
    assert done.state == "finished" and "learnability" not in done.result
    report = check_of(dataset)
    assert report is not None and report.complete and report.learnability is None and report.budget is None
    app = visit("data/check.py", dataset=dataset.id)
    said = words(app)
    assert "Nothing to worry about" in said
    assert "Rows with an instruction and no answer: 1." in said
    assert "Answers that repeat what was asked word for word: 1." in said
    assert "Length of the answers" in said and "Instruction and answer together" in said
    assert f"{LONGEST_WRITTEN} tokens" in said
    assert "label" not in said.lower()


def test_what_is_left_out_is_not_measured(home: Workspace, tmp_path: Path) -> None:
    view = bring(tmp_path).view
    found = overview(view)
    assert (len(found.answers), len(found.lengths)) == (ROWS - 1, ROWS - 1)
    assert found.lengths[0] > found.answers[0]
    assert len(overview(with_steps(view, [leave_out([0])])).answers) == ROWS - 2
