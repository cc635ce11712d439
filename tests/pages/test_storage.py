"""What takes up disk space, and how it goes."""

from pathlib import Path

from pipeline.actions.data import list_datasets
from pipeline.actions.runs import list_runs
from pipeline.settings import Workspace
from tests.pages.staged_run import stage
from tests.pages.visit import visit, words


def test_an_empty_workspace_says_that_there_is_nothing(home: Workspace) -> None:
    said = words(visit("storage.py"))
    assert "There are no runs." in said
    assert "There are no datasets." in said


def test_a_run_is_deleted_only_after_it_was_asked_again(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path, name="my run")
    app = visit("storage.py")
    assert "Delete the run my run with its model? This cannot be undone." in words(app)
    assert len(list_runs()) == 1
    app.button(key=f"do-run-{staged.run}").click().run()
    assert not app.exception
    assert list_runs() == ()
    assert not (home.runs / staged.run).exists()


def test_a_run_and_its_dataset_are_deleted_and_then_their_file_can_go(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)
    app = visit("storage.py")
    app.button(key=f"do-run-{staged.run}").click().run()
    app.button(key=f"do-dataset-{staged.dataset.id}").click().run()
    assert list_datasets() == ()
    app.button(key="do-empty-unused").click().run()
    assert not (home.sources / staged.dataset.source).exists()


def test_a_cache_can_be_emptied(home: Workspace) -> None:
    entry = home.cache / "tokens" / "entry"
    entry.parent.mkdir(parents=True)
    entry.write_bytes(b"x" * 1000)
    app = visit("storage.py")
    app.button(key="do-empty-tokens").click().run()
    assert not app.exception
    assert not entry.exists()
