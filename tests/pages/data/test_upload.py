"""A file that somebody brings: large ones are watched, a path on the server only where that is allowed."""

from pathlib import Path

import pytest

from pipeline.actions.bring_file import SMALL_BYTES
from pipeline.actions.jobs import wait
from pipeline.errors import JobError
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring
from tests.pages.staged_run import tickets
from tests.pages.visit import visit, words

LARGE = as_csv(tickets(copies=25_000))


@pytest.mark.slow
def test_a_large_file_is_watched_and_then_shown_also_after_a_refresh(home: Workspace) -> None:
    assert len(LARGE) > SMALL_BYTES
    app = bring(LARGE, "large.csv")
    job = app.query_params["import"]
    assert app.header[0].value == "Reading large\\.csv"
    assert not app.file_uploader

    wait(job)
    refreshed = visit("data/read.py", **{"import": job})

    assert "75,012 rows" in words(refreshed)
    assert "import" not in refreshed.query_params


@pytest.mark.slow
def test_a_large_file_that_cannot_be_read_says_why_and_asks_again(home: Workspace) -> None:
    app = bring(b"PK\x03\x04" + bytes(SMALL_BYTES), "large.csv")
    with pytest.raises(JobError):
        wait(app.query_params["import"])
    app.run()

    assert len(app.error) == 1
    assert app.header[0].value == "Bring your file"
    assert "import" not in app.query_params


@pytest.mark.parametrize("job", ["nobody", "../../x"])
def test_an_old_link_says_so_and_asks_for_a_file(home: Workspace, job: str) -> None:
    app = visit("data/read.py", **{"import": job})

    assert len(app.error) == 1
    assert app.header[0].value == "Bring your file"
    assert app.file_uploader


def test_without_allowed_folders_the_page_says_how_to_allow_them(home: Workspace) -> None:
    app = visit("data/read.py")

    assert "TUNEDESK_IMPORT_FOLDERS" in words(app)
    assert not app.text_input


@pytest.mark.slow
def test_a_file_in_an_allowed_folder_is_read_by_its_path(
    home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "tickets.csv").write_bytes(as_csv(tickets()))
    monkeypatch.setenv("TUNEDESK_IMPORT_FOLDERS", str(tmp_path / "files"))
    app = visit("data/read.py")
    app.text_input[0].input("tickets.csv")
    next(button for button in app.button if button.label == "Read it").click().run()

    wait(app.query_params["import"])
    app.run()

    assert "132 rows, 120 labelled, 12 to fill" in words(app)


def test_a_path_outside_is_refused(home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "secret.csv").write_bytes(as_csv(tickets()))
    monkeypatch.setenv("TUNEDESK_IMPORT_FOLDERS", str(tmp_path / "files"))
    app = visit("data/read.py")
    app.text_input[0].input("../secret.csv")
    next(button for button in app.button if button.label == "Read it").click().run()

    assert not app.exception
    assert len(app.error) == 1
    assert "import" not in app.query_params
