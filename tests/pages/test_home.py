"""Home: where was I?"""

from pathlib import Path

from pipeline.actions.samples import samples
from pipeline.settings import Workspace
from tests.pages.run_under_way import under_way
from tests.pages.staged_run import stage
from tests.pages.visit import visit, words


def test_a_newcomer_is_told_what_this_is_and_offered_every_sample(home: Workspace) -> None:
    app = visit("home.py")

    assert app.header[0].value.startswith("Turn a table")
    assert {f"sample-{sample.name}" for sample in samples()} <= {button.key for button in app.button}


def test_a_missing_starter_model_is_offered_for_download(home: Workspace) -> None:
    app = visit("home.py")

    assert "fetch-all-MiniLM-L6-v2" in {button.key for button in app.button}


def test_a_finished_run_is_shown_with_its_score(home: Workspace, tmp_path: Path) -> None:
    stage(tmp_path)

    app = visit("home.py")

    assert "Nothing is running" in app.header[0].value
    assert [metric.label for metric in app.metric] == ["Test accuracy"]
    assert app.metric[0].value.endswith("%")


def test_a_run_that_goes_on_comes_first(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        going.learn(step=10, loss=0.9, accuracy=0.6)
        app = visit("home.py")

    assert "1 run is going on" in words(app)
    assert app.progress[0].value == 25


def test_the_bar_names_dataset_and_run_of_the_url_on_every_page(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)

    app = visit("home.py", run=staged.run, dataset=staged.dataset.id)

    assert app.selectbox(key="bar_dataset").value == staged.dataset.id
    assert app.selectbox(key="bar_run").value == staged.run


def test_a_page_that_chooses_the_newest_run_by_itself_names_it_in_the_bar(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)

    app = visit("train/monitor.py")

    assert app.selectbox(key="bar_run").value == staged.run


def test_the_language_of_the_browser_is_spoken_until_another_one_is_chosen(home: Workspace) -> None:
    app = visit("home.py")
    app.selectbox(key="language").select("zh_CN").run()

    assert "示例" in words(app)
    assert app.query_params["lang"] == "zh_CN"
