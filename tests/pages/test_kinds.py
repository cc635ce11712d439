"""Every page that speaks of a run, for each kind of answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.actions import jobs
from pipeline.inference import client
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.settings import Workspace, workspace
from tests.pages.staged_kinds import KINDS, OFF, stage_kind
from tests.pages.visit import visit, words


@pytest.fixture
def host(home: Workspace) -> Iterator[None]:
    """The model host that the page starts ends with the test."""
    yield
    client.stop()


def test_the_report_of_label_sets_goes_label_by_label(home: Workspace, tmp_path: Path) -> None:
    staged = stage_kind(tmp_path, "multilabel")
    app = visit("results/report.py", run=staged.run)
    said = words(app)
    assert "The labels are found with a micro-F1 of" in said and "percentage points" in said
    assert {"Micro-F1", "Macro-F1", "All labels right", "Label by label"} <= {*said.split("\n")}
    table = app.dataframe[0].value
    assert set(table["label"]) == {"refund", "parcel", "login"}
    assert set(table["threshold"]) == {40.0, 50.0, 60.0}
    assert table["missed"].sum() + table["wrong"].sum() == OFF


def test_the_report_of_numbers_draws_them(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/report.py", run=stage_kind(tmp_path, "regression").run)
    said = words(app)
    assert said.startswith("On average ") and "on numbers from 0 to " in said
    assert "Predicted beside true numbers" in said and "9 of 10 at most" in said
    assert len(app.get("plotly_chart")) == 6


def test_the_report_of_pairs_is_that_of_classes(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/report.py", run=stage_kind(tmp_path, "pair").run)
    assert "What is taken for what" in words(app)


@pytest.mark.parametrize(
    ("task", "heading", "columns"),
    [
        ("multilabel", f"Of {OFF} of", {"row", "text", "truth", "predicted", "confidence"}),
        ("pair", f"{OFF} of", {"row", "text", "second", "truth", "predicted", "confidence"}),
        ("regression", "The test rows that are off furthest", {"row", "text", "truth", "predicted", "error"}),
    ],
)
def test_wrong_rows_show_what_is_wrong_with_them(
    home: Workspace, tmp_path: Path, task: str, heading: str, columns: set[str]
) -> None:
    app = visit("results/errors.py", run=stage_kind(tmp_path, task).run)
    assert app.header[0].value.startswith(heading)
    table = app.dataframe[0].value
    assert set(table) == columns
    if task == "regression":
        assert table["error"].iloc[0] == pytest.approx(3.2)


@pytest.mark.parametrize("task", KINDS)
def test_home_monitor_and_export_speak_of_it(home: Workspace, tmp_path: Path, task: str) -> None:
    staged = stage_kind(tmp_path, task)
    figure = {"multilabel": "Micro-F1", "pair": "Test accuracy", "regression": "Correlation"}[task]
    assert visit("home.py").metric[0].label == figure
    metrics = MetricsWriter(workspace().runs / staged.run)
    measured = {
        "multilabel": {"micro_f1": 0.7, "macro_f1": 0.6},
        "pair": {"accuracy": 0.7, "macro_f1": 0.6},
        "regression": {"pearson": 0.7, "spearman": 0.6},
    }[task]
    metrics.write("baseline", name="tfidf", **measured)
    metrics.write("validation", step=1, epoch=1.0, loss=0.5, **measured, best=True)
    metrics.close()
    monitor = visit("train/monitor.py", run=staged.run)
    assert words(monitor).startswith("Done: ")
    drawn = monitor.get("vega_lite_chart")[1].proto
    assert ("0.70" if task == "regression" else "70.0%") in drawn.alt
    code = visit("use/export.py", run=staged.run).code[0].value
    expected = {"multilabel": "sigmoid", "pair": "text_pair", "regression": 'function_to_apply="none"'}[task]
    assert expected in code


@pytest.mark.parametrize("task", KINDS)
def test_the_train_page_says_what_is_learned(home: Workspace, tmp_path: Path, task: str) -> None:
    staged = stage_kind(tmp_path, task)
    learns = {
        "multilabel": "which of 3 labels",
        "pair": "to compare two texts and to choose one of 2 labels",
        "regression": "to predict a number: hours",
    }[task]
    assert learns in words(visit("train/start.py", dataset=staged.dataset.id))


@pytest.mark.slow
def test_several_labels_stand_beside_their_thresholds(host: None, tmp_path: Path) -> None:
    app = visit("use/ask.py", run=stage_kind(tmp_path, "multilabel", with_model=True).run)
    assert "gives one, several or none of 3 labels" in words(app)
    app.text_area[0].set_value("money and courier")
    app.form_submit_button[0].click().run(timeout=120)
    assert not app.exception, app.exception[0].value
    assert "A label is given from its threshold on" in words(app) and len(app.get("plotly_chart")) == 1


@pytest.mark.slow
def test_two_texts_are_asked_about_and_both_are_needed(host: None, tmp_path: Path) -> None:
    app = visit("use/ask.py", run=stage_kind(tmp_path, "pair", with_model=True).run)
    assert [field.label for field in app.text_area] == ["question1", "question2"]
    app.text_area[0].set_value("money")
    app.form_submit_button[0].click().run(timeout=120)
    assert "Type or paste both texts first." in words(app)
    app.text_area[1].set_value("courier")
    app.form_submit_button[0].click().run(timeout=120)
    assert not app.exception, app.exception[0].value
    assert app.header[1].value in ("yes", "no")


@pytest.mark.slow
def test_a_number_comes_with_its_usual_error(host: None, tmp_path: Path) -> None:
    app = visit("use/ask.py", run=stage_kind(tmp_path, "regression", with_model=True).run)
    app.text_area[0].set_value("money")
    app.form_submit_button[0].click().run(timeout=120)
    assert not app.exception, app.exception[0].value
    float(app.header[1].value.replace("\\", ""))
    assert "off on average" in words(app) and not app.get("plotly_chart")


@pytest.mark.slow
@pytest.mark.parametrize("task", ["multilabel", "regression"])
def test_blank_cells_are_filled(home: Workspace, tmp_path: Path, task: str) -> None:
    staged = stage_kind(tmp_path, task, with_model=True)
    app = visit("use/fill.py", run=staged.run)
    assert bool(app.slider) == (task == "multilabel")
    app.button(key="fill").click().run()
    job = app.query_params["job"]
    assert jobs.wait(job).state == "finished"
    again = visit("use/fill.py", run=staged.run, job=job)
    assert not again.exception
    assert "rows filled in" in words(again)
