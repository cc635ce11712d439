"""The wrong rows, to read, to filter and to take away."""

from pathlib import Path

from pipeline.settings import Workspace
from tests.pages.staged_run import WRONG, stage
from tests.pages.visit import visit, words


def test_the_wrong_rows_stand_there_with_text_classes_and_confidence(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/errors.py", run=stage(tmp_path).run)
    assert words(app).startswith(f"{WRONG} of 18 test rows got a wrong label")
    table = app.dataframe[0].value
    assert len(table) == WRONG
    assert (table["truth"] != table["predicted"]).all()
    assert list(table["confidence"]) == [90.0] * WRONG


def test_a_filter_leaves_the_rows_of_one_class(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/errors.py", run=stage(tmp_path).run)
    truth = app.dataframe[0].value["truth"][0]
    app.selectbox(key="truth").select(truth).run()
    assert set(app.dataframe[0].value["truth"]) == {truth}


def test_a_formula_in_a_cell_is_shown_as_it_is(home: Workspace, tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://127.0.0.1/beacon")'
    rows = [["text", "queue"], *([f"{formula} {n} {n * n}", "ab"[n % 2]] for n in range(60))]
    app = visit("results/errors.py", run=stage(tmp_path, rows).run)
    assert app.dataframe[0].value["text"].str.startswith(formula).all()


def test_without_a_run_the_page_leads_to_training(home: Workspace) -> None:
    assert "Nothing has been trained yet." in words(visit("results/errors.py"))
