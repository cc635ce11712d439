"""The model as a file to take away, with the proof that it answers the same."""

from pathlib import Path

import pytest

from pipeline.actions import jobs
from pipeline.settings import Workspace
from tests.pages.staged_run import stage
from tests.pages.visit import visit, words


@pytest.mark.slow
def test_the_file_is_made_proved_and_offered(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path, with_model=True)
    app = visit("use/export.py", run=staged.run)
    assert not app.get("link_button")
    app.button(key="make").click().run()
    assert jobs.wait(app.query_params["export"]).state == "finished"
    app.run()
    assert not app.exception
    assert "its probabilities differ by at most" in words(app)
    assert app.get("link_button")[0].proto.url == f"api/exports/{app.query_params['export']}"


def test_the_lines_to_use_it_name_the_folder_safely(home: Workspace, tmp_path: Path) -> None:
    app = visit("use/export.py", run=stage(tmp_path, name='"); import os  # ../x').run)
    line = next(line for line in app.code[0].value.splitlines() if "model=" in line)
    assert line.count('"') == 4
    assert "/" not in line.split("model=")[1]


def test_without_a_run_the_page_leads_to_training(home: Workspace) -> None:
    assert "Nothing has been trained yet." in words(visit("use/export.py"))
