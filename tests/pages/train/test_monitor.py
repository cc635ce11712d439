"""Monitor: is it learning, and what came of it?"""

from pathlib import Path

import streamlit as st

from pipeline import jobs
from pipeline.actions.runs import get_run
from pipeline.actions.train import stop
from pipeline.jobs.local import KILLED
from pipeline.runs import store
from pipeline.settings import Workspace
from pipeline.training.phases import TESTING
from tests.pages.run_under_way import under_way
from tests.pages.staged_run import stage
from tests.pages.visit import visit, words


def test_without_a_run_the_page_leads_to_training(home: Workspace) -> None:
    assert "Nothing has been trained yet." in words(visit("train/monitor.py"))


def test_a_running_run_shows_where_it_is_and_its_two_charts(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        going.learn(step=10, loss=0.9, accuracy=0.6)
        app = visit("train/monitor.py", run=going.run)

    assert app.header[0].value.startswith("Training")
    assert {metric.label: metric.value for metric in app.metric}["Step"] == "10 / 40"
    assert len(app.get("vega_lite_chart")) == 2
    assert app.progress[0].value == 25


def test_before_the_first_step_the_page_says_what_it_waits_for(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        app = visit("train/monitor.py", run=going.run)

    assert "The curves begin with the first steps" in words(app)
    assert not app.get("vega_lite_chart")


def test_stop_asks_the_worker_to_stop_and_says_so(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        app = visit("train/monitor.py", run=going.run)
        app.button(key="stop").click().run()

        assert going.heart.stop_requested()
        assert get_run(going.run).state == "stopping"
        assert app.button(key="stop").label == "Stop at once"


def test_a_run_that_stops_says_that_it_answers_the_test_rows_and_how_to_leave_that_out(
    home: Workspace, tmp_path: Path
) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        going.learn(step=10, loss=0.9, accuracy=0.6)
        stop(going.run)
        going.heart.advance(TESTING, 12, 110)
        going.heart._write()
        st.cache_data.clear()
        app = visit("train/monitor.py", run=going.run)

    assert app.header[0].value.replace("\\", "") == "Stopping: it answers the test rows, 12 of 110"
    assert "Stop once more to leave that out" in words(app)


def test_a_finished_run_says_how_good_it_is_and_offers_to_fill(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)

    app = visit("train/monitor.py", run=staged.run)

    assert app.header[0].value.replace("\\", "").startswith("Done: ")
    assert "of 100 rows" in words(app)
    assert app.button(key="fill").label == "Fill the 12 blank cells"
    assert [button.key for button in app.button if button.proto.type == "primary"] == ["fill"]


def test_the_page_notices_by_itself_that_a_run_has_ended(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        going.learn(step=40, loss=0.2, accuracy=0.9)
        app = visit("train/monitor.py", run=going.run)
        going.end("finished", accuracy=0.96, macro_f1=0.95)
        app.run()

    assert "Done: 96.0% of the test rows get the right label" in words(app)


def test_a_killed_run_says_so_and_can_be_resumed(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        going.learn(step=20, loss=0.5, accuracy=0.7)
    app = visit("train/monitor.py", run=going.run)  # the lock fell with the worker

    assert app.header[0].value == "The run failed"
    assert KILLED in words(app)
    assert "resume" in {button.key for button in app.button}


def test_a_stopped_run_says_where_and_can_be_resumed(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        going.learn(step=20, loss=0.5, accuracy=0.7)
        stop(going.run)
        going.end("stopped")

    app = visit("train/monitor.py", run=going.run)

    assert "Stopped after step 20 of 40" in words(app)
    assert "resume" in {button.key for button in app.button}


def test_every_state_of_a_run_stands_there_with_its_time(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        app = visit("train/monitor.py", run=going.run)
        shown = [badge for badge in words(app).split("\n") if "training since" in badge]
        assert len(shown) == 1
        assert jobs.history(run=going.run)[-1].since.strftime("%M:%S") in shown[0].replace("\\", "")
        stop(going.run)
        going.end("stopped")

    told = words(visit("train/monitor.py", run=going.run)).replace("\\", "")
    assert "stopping" in told
    assert "for a second" in told


def test_a_run_that_memory_ran_out_on_says_what_was_done(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        assert not visit("train/monitor.py", run=going.run).warning
        going.log.write("smaller", halvings=2, rows=8, batch=32)
        st.cache_data.clear()  # what the page keeps for a second
        app = visit("train/monitor.py", run=going.run)

    assert "computes 8 rows at once instead of 32" in app.warning[0].value


def test_a_waiting_run_shows_its_place_and_can_be_taken_out(home: Workspace, tmp_path: Path) -> None:
    dataset = stage(tmp_path).dataset
    with under_way(dataset):
        with store.session() as session:
            session.add(store.JobRow(id="w", kind="train", lane="device-cpu", request={}, state="queued", order=9))
            session.add(
                store.RunRow(id="w", name="w", dataset=dataset.id, spec="s", base_model="b", preset="fast", job="w")
            )
        app = visit("train/monitor.py", run="w")
        assert "Waiting: number 1 in the queue" in words(app)
        assert app.button(key="stop").label == "Take it out of the queue"
        app.button(key="stop").click().run()
        assert get_run("w").state == "stopped"
        assert "Stopped before the first step" in words(app)


def test_an_unknown_run_in_the_url_is_said_in_one_line(home: Workspace) -> None:
    app = visit("train/monitor.py", run="nothere")

    assert "There is no run nothere" in words(app)


def test_a_search_shows_what_it_tried_the_best_first(home: Workspace, tmp_path: Path) -> None:
    with under_way(stage(tmp_path).dataset) as going:
        tried = {"state": "whole", "seconds": 12.0}
        going.log.write("trial", number=0, settings={}, score=0.8, best=True, **tried)
        going.log.write("trial", number=1, settings={"learning_rate": 2e-4, "epochs": 3}, score=0.9, best=True, **tried)
        app = visit("train/monitor.py", run=going.run)

    table = app.dataframe[0].value
    assert list(table["score"]) == [90.0, 80.0]
    assert list(table["settings"]) == ["Learning rate 0.0002, Epochs 3", "as the preset has them"]
