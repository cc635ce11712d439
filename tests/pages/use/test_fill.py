"""Filling a file: one click, a job that survives the page, and the file as it was with its blanks filled."""

from pathlib import Path

import pytest

from pipeline.actions import jobs
from pipeline.actions.use import start_fill
from pipeline.jobs import local
from pipeline.runs import store
from pipeline.runs.spec import load_spec
from pipeline.settings import Workspace
from tests.pages.staged_run import WORDS, stage
from tests.pages.staged_writers import HOSTILE, RUN_ANSWERS, stage_answers
from tests.pages.visit import visit, words

BLANK = 12


@pytest.mark.slow
def test_one_click_fills_the_blank_labels_of_the_training_file(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path, with_model=True)
    app = visit("use/fill.py", run=staged.run)
    assert "On the test rows" in words(app)
    app.button(key="fill").click().run()
    assert not app.exception
    job = app.query_params["job"]
    assert jobs.wait(job).state == "finished"

    again = visit("use/fill.py", run=staged.run, job=job)  # somebody who comes back by the link
    assert words(again).startswith(f"{BLANK} rows filled in")
    filled = again.dataframe[0].value
    assert len(filled) == BLANK
    assert set(filled["queue"]) <= set(WORDS)
    assert filled["confidence"].between(0, 100).all()
    assert list(filled["id"]) == [f"{number:03}" for number in range(121, 121 + BLANK)]
    assert again.get("download_button")


@pytest.mark.slow
def test_a_threshold_leaves_blank_what_the_model_is_not_sure_of(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path, with_model=True)
    app = visit("use/fill.py", run=staged.run)
    app.slider(key="threshold").set_value(95).run()
    app.button(key="fill").click().run()
    result = jobs.wait(app.query_params["job"]).result
    assert result["abstained"] > 0
    assert result["filled"] + result["abstained"] == BLANK


def test_another_file_must_have_the_columns_of_the_model(home: Workspace, tmp_path: Path) -> None:
    app = visit("use/fill.py", run=stage(tmp_path).run)
    app.file_uploader[0].upload("other.csv", b"title,queue\nhello,\nthere,\n").run()
    assert "other.csv lacks the columns text" in words(app)


@pytest.mark.slow
def test_another_file_with_the_columns_can_be_filled(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path, with_model=True)
    app = visit("use/fill.py", run=staged.run)
    app.file_uploader[0].upload("other.csv", b"text,number\ncard refund,7\nparcel late,8\n").run()
    app.button(key="fill_uploaded").click().run()
    assert jobs.wait(app.query_params["job"]).result["filled"] == 2
    app.run()
    assert list(app.dataframe[0].value["number"]) == ["7", "8"]


@pytest.mark.slow
def test_a_model_that_writes_answers_what_is_blank_and_says_how_long_it_takes(home: Workspace, tmp_path: Path) -> None:
    run = stage_answers(tmp_path)
    app = visit("use/fill.py", run=run)
    assert words(app).startswith("Let the model write the answers")
    assert "About 6 seconds, as long as its test rows took." in words(app)
    assert not app.slider
    app.button(key="fill").click().run()
    job = app.query_params["job"]
    assert jobs.wait(job).state == "finished"

    again = visit("use/fill.py", run=run, job=job)
    assert words(again).startswith("2 rows filled in")
    assert "1 row was left blank because what is asked is longer than the model reads." in words(again)
    assert "not whether what they say is right" in words(again)
    filled = again.dataframe[0].value
    assert list(filled["answer"]) == [HOSTILE, RUN_ANSWERS["打印机坏了"]]
    assert HOSTILE not in words(again)
    assert filled["confidence"].between(50, 100).all()
    assert not again.slider


@pytest.mark.slow
def test_conversations_that_wait_are_answered_beside_them(home: Workspace, tmp_path: Path) -> None:
    run = stage_answers(tmp_path, dialogue=True)
    app = visit("use/fill.py", run=run)
    assert app.button(key="fill").label == "Answer the 3 conversations"
    app.button(key="fill").click().run()
    assert jobs.wait(app.query_params["job"]).result["filled"] == 2
    app.run()
    filled = app.dataframe[0].value
    assert list(filled["prediction"]) == [HOSTILE, RUN_ANSWERS["打印机坏了"]]
    app.segmented_control(key="part").set_value("blank").run()
    assert len(app.dataframe[0].value) == 1


@pytest.mark.slow
def test_a_stopped_filling_says_how_to_go_on(home: Workspace, tmp_path: Path) -> None:
    run = stage_answers(tmp_path)
    source = load_spec(home.runs / run).view.source
    job = start_fill(run, source)
    assert jobs.wait(job).state == "finished"
    result = store.get_job(job).result
    local.end(job, "stopped", result=result)
    assert "fill this file to go on" in words(visit("use/fill.py", run=run, job=job))


def test_a_link_to_a_job_that_is_gone_says_so(home: Workspace, tmp_path: Path) -> None:
    app = visit("use/fill.py", run=stage(tmp_path).run, job="gone")
    assert "There is no job gone." in words(app)


def test_without_a_run_the_page_leads_to_training(home: Workspace) -> None:
    assert "Nothing has been trained yet." in words(visit("use/fill.py"))
