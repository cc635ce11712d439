"""Every page that speaks of a run, for one that writes its answers."""

import csv
import io
from pathlib import Path

import pytest

from pipeline.evaluation.report import load_report
from pipeline.evaluation.said import as_csv, said_rows
from pipeline.settings import Workspace
from tests.pages.staged_texts import BASE, TEXTS, stage_texts
from tests.pages.visit import visit, words

BEACON = "![x](http://127.0.0.1/beacon)"


def test_the_report_says_how_near_its_answers_are_and_compares_them_with_the_base_model(
    home: Workspace, tmp_path: Path
) -> None:
    app = visit("results/report.py", run=stage_texts(tmp_path).run)
    said = words(app)
    assert "similar to the right ones. It answers better than the base model." in app.header[0].value.replace("\\", "")
    assert f"Measured on {TEXTS} test rows" in said and "Base model, untuned: " in said
    assert "The right answers surprise it less than the base model: " in said
    assert f"in {TEXTS} of {TEXTS} rows, further from it in 0." in said
    figures = [figure.proto.alt for figure in app.get("plotly_chart")]
    assert len(figures) == 5
    assert all("This model" in alt and "Base model, untuned" in alt for alt in figures[:4])
    assert [link.page for link in app.page_link][:1] == ["playground"]


@pytest.mark.parametrize(
    ("said", "bits", "first", "advice"),
    [
        (lambda number, true: "", 120, "It answers worse than the base model.", "Do not use it as it is."),
        (lambda number, true: BASE[number % 2].format(n=number), 120, "Nothing was learned", "Do not use it."),
        (lambda number, true: true, 130, "is not certain.", "Read its answers beside those of the base model"),
    ],
)
def test_a_run_that_is_not_better_says_what_to_do(
    home: Workspace, tmp_path: Path, said: object, bits: float, first: str, advice: str
) -> None:
    app = visit("results/report.py", run=stage_texts(tmp_path, said, bits=bits).run)
    assert first in app.header[0].value.replace("\\", "")
    assert advice in words(app)


def test_answers_stand_side_by_side_the_worst_first_a_page_at_a_time(home: Workspace, tmp_path: Path) -> None:
    staged = stage_texts(tmp_path)
    app = visit("results/errors.py", run=staged.run)
    assert words(app).startswith(f"What it answers to {TEXTS} test rows")
    worst = said_rows(load_report(staged.run))[0]
    shown = [element.value for element in app.text]
    assert shown[:2] == [worst.asked, worst.truth] and worst.said in shown
    assert "(nothing)" in words(app)
    assert len(app.subheader) == 10
    app.pagination[0].set_value(3).run()
    assert len(app.subheader) == TEXTS - 20
    app.selectbox(key="order").select("file").run()
    assert [head.value for head in app.subheader][:2] == ["Row 1", "Row 2"]


def test_rows_are_found_by_their_words(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/errors.py", run=stage_texts(tmp_path).run)
    app.text_input(key="words").set_value("PARCEL 12 ").run()
    assert [head.value for head in app.subheader] == ["Row 13"]
    assert not app.pagination
    app.text_input(key="words").set_value("no such words").run()
    assert "No row has these words." in words(app)


def test_what_a_model_says_is_shown_letter_by_letter(home: Workspace, tmp_path: Path) -> None:
    staged = stage_texts(tmp_path, lambda number, true: BEACON)
    for page in ("results/errors.py", "results/report.py"):
        app = visit(page, run=staged.run)
        assert BEACON in [element.value for element in app.text]
        shown = [element.value for kind in (app.header, app.subheader, app.markdown, app.caption) for element in kind]
        assert not any("](http" in str(value) for value in shown)


def test_answers_are_taken_away_without_formulas(home: Workspace, tmp_path: Path) -> None:
    staged = stage_texts(tmp_path, lambda number, true: "=1+1")
    content = as_csv(said_rows(load_report(staged.run))[:2], list("abcdefg"))
    header, first, _ = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert header == list("abcdefg")
    assert first[4] == "'=1+1"
    assert 0 <= float(first[6]) <= 1


def test_home_monitor_and_the_pages_about_labels_know_that_it_writes(home: Workspace, tmp_path: Path) -> None:
    staged = stage_texts(tmp_path)
    front = visit("home.py")
    assert front.metric[0].label == "Similarity (chrF)"
    assert "bits a character" in words(front) and "It answers better than the base model." in words(front)
    monitor = visit("train/monitor.py", run=staged.run)
    assert words(monitor).startswith("Done: its answers are ")
    assert "The right answers surprise it by " in words(monitor)
    assert [button.key for button in monitor.button if button.key in ("fill", "results", "ask")] == ["results"]
    assert "kind run writes answers. It has no labels to give." in words(visit("use/ask.py", run=staged.run))
    (program,) = visit("use/export.py", run=staged.run).code
    assert "apply_chat_template" in program.value
