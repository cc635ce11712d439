"""Asking a model, for one text and for a pasted column. A real, tiny model answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.inference import client
from pipeline.settings import Workspace
from tests.pages.staged_run import WORDS, stage
from tests.pages.visit import visit, words


@pytest.fixture
def host(home: Workspace) -> Iterator[None]:
    """The model host that the page starts ends with the test."""
    yield
    client.stop()


@pytest.mark.slow
def test_a_text_gets_a_label_its_probabilities_and_similar_rows(host: None, tmp_path: Path) -> None:
    app = visit("use/ask.py", run=stage(tmp_path, with_model=True).run)
    app.text_area[0].set_value("my card was charged twice")
    app.form_submit_button[0].click().run(timeout=120)
    assert not app.exception
    assert app.header[1].value in WORDS
    assert len(app.get("plotly_chart")) == 1
    assert len(app.text) == 3


@pytest.mark.slow
def test_a_pasted_column_gets_its_labels_back_line_for_line(host: None, tmp_path: Path) -> None:
    app = visit("use/ask.py", run=stage(tmp_path, with_model=True).run)
    app.get("segmented_control")[0].set_value("many").run()
    app.text_area[0].set_value("refund\n\nparcel\npassword")
    app.form_submit_button[0].click().run(timeout=120)
    assert not app.exception
    lines = app.code[0].value.split("\n")
    assert lines[1] == ""
    assert [line in WORDS for line in lines] == [True, False, True, True]
    assert list(app.dataframe[0].value["text"]) == ["refund", "", "parcel", "password"]


def test_with_several_text_columns_there_is_a_field_for_each(home: Workspace, tmp_path: Path) -> None:
    rows = [["title", "body", "queue"], *([f"title {n}", f"body {n * n}", "ab"[n % 2]] for n in range(60))]
    app = visit("use/ask.py", run=stage(tmp_path, rows, text=("title", "body")).run)
    assert [field.label for field in app.text_area] == ["title", "body"]


def test_an_empty_question_asks_nobody(home: Workspace, tmp_path: Path) -> None:
    app = visit("use/ask.py", run=stage(tmp_path).run)
    app.form_submit_button[0].click().run()
    assert "Type or paste a text first." in words(app)


def test_without_a_run_the_page_leads_to_training(home: Workspace) -> None:
    assert "Nothing has been trained yet." in words(visit("use/ask.py"))
