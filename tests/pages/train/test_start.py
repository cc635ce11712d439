"""Train: which model, and what will it cost?"""

from pathlib import Path

import pytest

from pages.train.settings import names_for, setting_key
from pipeline import system
from pipeline.actions.data import Dataset, create_dataset
from pipeline.actions.plan import plan
from pipeline.actions.runs import list_runs
from pipeline.actions.train import start
from pipeline.check.learnability import Learnability, Verdict
from pipeline.check.report import CheckReport, save_check
from pipeline.data.source import import_source
from pipeline.settings import Workspace
from tests.pages.run_under_way import under_way
from tests.pages.staged_run import stage
from tests.pages.visit import visit, words


def test_without_a_dataset_the_page_leads_to_the_data(home: Workspace) -> None:
    app = visit("train/start.py")

    assert "There is no dataset yet." in words(app)


def test_a_model_that_is_not_here_is_offered_instead_of_a_start(home: Workspace, tmp_path: Path) -> None:
    dataset = stage(tmp_path).dataset

    app = visit("train/start.py", dataset=dataset.id)

    keys = {button.key for button in app.button}
    assert "start" not in keys
    assert "fetch-all-MiniLM-L6-v2" in keys


def test_the_recommended_model_stands_first_with_reason_cost_and_defaults(
    home: Workspace, tmp_path: Path, tiny_model: str
) -> None:
    dataset = stage(tmp_path).dataset

    app = visit("train/start.py", dataset=dataset.id)

    assert app.selectbox(key="base_model").value == tiny_model
    assert "recommended · ready" in app.selectbox(key="base_model").options[0]
    assert "of memory on CPU" in words(app)
    assert any(caption.value.startswith("Between ") for caption in app.caption)
    recipe = plan(dataset, tiny_model).recipe
    assert app.text_input(key="setting-learning_rate").placeholder == f"{recipe.learning_rate:g}"
    assert app.text_input(key="setting-epochs").placeholder == str(recipe.epochs)
    assert [button.key for button in app.button if button.proto.type == "primary"] == ["start"]


def test_what_only_models_that_continue_texts_know_is_not_asked_of_others(
    home: Workspace, tmp_path: Path, tiny_model: str
) -> None:
    dataset = stage(tmp_path).dataset

    asked = {field.key for field in visit("train/start.py", dataset=dataset.id).text_input}

    assert setting_key("epochs") in asked
    assert setting_key("lm_weight") not in asked
    assert "lm_weight" in names_for(dataset.view, "decoder")


def test_labels_that_cannot_be_predicted_are_warned_of_before_the_start(
    home: Workspace, tmp_path: Path, tiny_model: str
) -> None:
    dataset = stage(tmp_path).dataset
    chance = Learnability(1200, 5, 5, 0.19, 0.17, 0.21, 0.21, "chance", ())
    save_check(dataset.view, dataset.split, CheckReport((), chance, None))

    app = visit("train/start.py", dataset=dataset.id)

    assert [warning.value.split("\\")[0] for warning in app.warning] == ["The labels cannot be predicted from the text"]
    assert "Training would most likely learn nothing" in words(app)
    assert "start" in {button.key for button in app.button}


@pytest.mark.parametrize("verdict", ["learnable", "weak", "too_few", None])
def test_any_other_verdict_is_no_warning(
    home: Workspace, tmp_path: Path, tiny_model: str, verdict: Verdict | None
) -> None:
    dataset = stage(tmp_path).dataset
    found = Learnability(1200, 5, 5, 0.6, 0.57, 0.63, 0.21, verdict, ()) if verdict else None
    save_check(dataset.view, dataset.split, CheckReport((), found, None))

    assert not visit("train/start.py", dataset=dataset.id).warning


def test_what_does_not_fit_the_free_memory_is_warned_of_and_what_fits_is_one_click_away(
    home: Workspace, tmp_path: Path, tiny_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = stage(tmp_path).dataset
    planned = plan(dataset, tiny_model, device="cpu", settings={"batch_size": "4"})
    monkeypatch.setattr(system, "free_memory", lambda: planned.estimate.memory_bytes + 1)
    app = visit("train/start.py", dataset=dataset.id)

    assert "would probably run out of it" in words(app)
    app.button(key="shrink").click().run()
    assert app.text_input(key="setting-batch_size").value == "4"
    assert not app.warning

    monkeypatch.setattr(system, "free_memory", lambda: 1)
    assert "choose a smaller base model" in words(visit("train/start.py", dataset=dataset.id))


def test_a_setting_out_of_range_is_said_before_anything_starts(
    home: Workspace, tmp_path: Path, tiny_model: str
) -> None:
    app = visit("train/start.py", dataset=stage(tmp_path).dataset.id)
    app.text_input(key="setting-epochs").set_value("0").run()

    assert "must be a number from 1" in words(app)
    assert "start" not in {button.key for button in app.button}


def test_a_start_leads_to_the_monitor_where_the_run_waits_for_its_turn(
    home: Workspace, tmp_path: Path, tiny_model: str
) -> None:
    dataset = stage(tmp_path).dataset
    with under_way(dataset):  # occupies the device, so that no process is started here
        app = visit("train/start.py", dataset=dataset.id)
        app.text_input(key="run_name").set_value("mine").run()
        app.button(key="start").click().run()

        assert not app.exception
        assert "Waiting: number 1 in the queue" in words(app)
        mine = next(run for run in list_runs() if run.name == "mine")
        assert app.query_params["run"] == mine.id
        assert mine.state == "queued"


def test_what_was_trained_before_is_offered_with_its_date(home: Workspace, tmp_path: Path, tiny_model: str) -> None:
    staged = stage(tmp_path)
    finish_what_the_page_would_start(staged.dataset, tiny_model, tmp_path)

    app = visit("train/start.py", dataset=staged.dataset.id)

    assert "Exactly this was trained on" in words(app)
    assert {"open", "again"} <= {button.key for button in app.button}
    assert "start" not in {button.key for button in app.button}


def test_a_sample_starts_with_the_quickest_preset(home: Workspace, tmp_path: Path, tiny_model: str) -> None:
    path = tmp_path / "sample.csv"
    path.write_text("text,queue\n" + "".join(f"row {n} of many,{'ab'[n % 2]}\n" for n in range(60)), encoding="utf-8")
    source = import_source(path, "sample.csv")
    sample = create_dataset(source.id, name="sample", text=("text",), label="queue", sample=True)

    app = visit("train/start.py", dataset=sample.id)

    assert app.segmented_control[0].value == "fast"


def finish_what_the_page_would_start(dataset: Dataset, model: str, folder: Path) -> None:
    """A run of the page's default spec that has finished: started while the device is taken, then ended by hand."""
    from pipeline.jobs import local
    from pipeline.runs.bundle import seal
    from pipeline.settings import workspace

    with under_way(dataset) as other:
        run = start(dataset, model)
        local.end(run.job, "finished")
        bundle = workspace().runs / run.id / "bundle"
        bundle.mkdir()
        (bundle / "config.json").write_text("{}", encoding="utf-8")
        seal(bundle)
        other.end("finished")
