"""A large file is divided by a job: watched, found again after a refresh, stopped; a small one at once."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.actions.bring_file import is_small
from pipeline.actions.data import get_dataset, list_datasets
from pipeline.actions.jobs import cancel_job, wait
from pipeline.data.source import Source, import_source
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv
from tests.pages.staged_run import tickets
from tests.pages.visit import visit, words

pytestmark = pytest.mark.slow


@pytest.fixture
def source(home: Workspace, tmp_path: Path) -> Source:
    """A file that is divided by a job."""
    (tmp_path / "large.csv").write_bytes(as_csv(tickets(copies=25_000)))
    read = import_source(tmp_path / "large.csv", "large.csv")
    assert not is_small(read.id)
    return read


def press(source: Source, key: str) -> AppTest:
    app = visit("data/read.py", source=source.id)
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_a_large_file_is_divided_by_a_job_that_a_refresh_finds_again(source: Source) -> None:
    app = press(source, "skip")
    job = app.query_params["dividing"]
    assert "Dividing the rows of large.csv into training, validation and test" in words(app)
    assert not app.multiselect

    made = get_dataset(wait(job).result["dataset"])
    refreshed = visit("data/read.py", dividing=job, then="train/start.py")

    assert refreshed.header[0].value.startswith("Train a model on large")
    assert (made,) == list_datasets()
    # What is divided already is gone on with at once.
    assert "dividing" not in press(source, "skip").query_params


def test_stopped_nothing_is_kept_and_the_choices_are_there_again(source: Source) -> None:
    app = press(source, "next")
    job = app.query_params["dividing"]
    cancel_job(job)
    wait(job)
    app.run()

    assert "Stopped. The rows were not divided." in words(app)
    assert list_datasets() == ()
    assert not app.button(key="next").disabled


def test_an_old_link_says_so_and_shows_the_file(source: Source) -> None:
    app = visit("data/read.py", source=source.id, dividing="nobody")

    assert len(app.error) == 1
    assert app.multiselect
