"""The report says first how good a run is, then shows why."""

from pathlib import Path

from pipeline.settings import Workspace
from tests.pages.staged_run import WRONG, stage
from tests.pages.visit import visit, words


def test_the_first_line_is_the_score_and_what_it_is_worth(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)
    app = visit("results/report.py", run=staged.run)
    assert app.header[0].value.startswith("83\\.3\\% of the texts get the right label")
    said = words(app)
    assert "Measured on 18 test rows that it has never seen; 95% interval" in said
    assert "TF-IDF + logistic regression: 72.2%" in said
    assert "About 17 of 100 rows get the wrong label" in said


def test_scores_stand_beside_both_baselines(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/report.py", run=stage(tmp_path).run)
    for figure in app.get("plotly_chart")[:2]:
        for name in ("This model", "TF-IDF + logistic regression", "Most frequent label"):
            assert name in figure.proto.alt


def test_every_class_has_its_own_figures(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/report.py", run=stage(tmp_path).run)
    table = next(frame.value for frame in app.dataframe if "recall" in frame.value)
    assert list(table["label"]) == ["billing", "login", "shipping"]
    assert table["support"].sum() == 18
    assert table["recall"].between(0, 100).all()


def test_the_most_frequent_mistakes_are_listed_beside_the_matrix(home: Workspace, tmp_path: Path) -> None:
    app = visit("results/report.py", run=stage(tmp_path).run)
    table = next(frame.value for frame in app.dataframe if "predicted" in frame.value)
    assert table["rows"].sum() == WRONG


def test_a_class_named_in_markdown_is_shown_letter_by_letter(home: Workspace, tmp_path: Path) -> None:
    image = "![x](http://127.0.0.1/beacon)"
    rows = [["text", "queue"], *([f"text {n} {n * n}", image if n % 2 else "other"] for n in range(60))]
    app = visit("results/report.py", run=stage(tmp_path, rows, name=image).run)
    shown = [element.value for kind in (app.header, app.subheader, app.markdown, app.caption) for element in kind]
    assert not any("](http" in str(value) for value in shown)


def test_without_a_run_the_page_leads_to_training(home: Workspace) -> None:
    app = visit("results/report.py")
    assert "Nothing has been trained yet." in words(app)
    assert app.page_link
