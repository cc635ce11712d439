"""Runs, in processes of their own: trained, offered again, stopped, resumed, deleted."""

from pathlib import Path

import pytest

from pipeline.actions import data, jobs, plan, runs, train, use
from pipeline.data.source import import_source
from pipeline.errors import JobError, ModelNotReady, RunError, RunNotFound, SettingError
from pipeline.evaluation.report import load_report
from pipeline.settings import Workspace
from tests.tiny import tickets, tiny_base

QUICK = {"epochs": "2", "batch_size": "16", "learning_rate": "3e-3", "max_length": "24"}


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> data.Dataset:
    """A hundred labelled tickets and ten to fill, and a tiny base model to train."""
    tiny_base(home.models / "tiny")
    frame = tickets(110, seed=0)
    frame.loc[100:, "label"] = ""
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    source = import_source(tmp_path / "tickets.csv", "tickets.csv")
    return data.create_dataset(source.id, name="tickets", text=["text"], label="label")


def follow(run: runs.RunInfo) -> runs.RunInfo:
    jobs.wait(run.job)
    return runs.get_run(run.id)


def test_a_run_is_trained_measured_and_used(dataset: data.Dataset) -> None:
    started = train.start(dataset, "tiny", name="first", settings={**QUICK, "epochs": "8"})
    assert started.state in ("queued", "starting", "running")
    run = follow(started)
    assert (run.state, run.name, run.step) == ("finished", "first", run.steps)
    report = load_report(run.id)
    assert run.metrics == {"accuracy": report.accuracy.value, "macro_f1": report.macro_f1.value}
    assert run.metrics["accuracy"] > report.baselines["majority"].accuracy.value
    kinds = [event.kind for event in runs.curves(run.id)]
    assert kinds.count("baseline") == 2
    assert {"plan", "train", "validation", "test"} <= set(kinds)

    filled = jobs.wait(use.start_fill(run.id, dataset.source)).result
    assert (filled["rows"], filled["filled"]) == (110, 10)
    lines = Path(filled["path"]).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "text,label,prediction,confidence"
    assert all(line.split(",")[1] for line in lines)


def test_the_same_spec_is_offered_and_not_trained_again(dataset: data.Dataset) -> None:
    first = follow(train.start(dataset, "tiny", settings=QUICK))
    assert train.start(dataset, "tiny", settings=QUICK).id == first.id
    assert plan.plan(dataset, "tiny", settings=QUICK).finished_run == first
    again = train.start(dataset, "tiny", settings=QUICK, use_cache=False)
    assert again.id != first.id
    assert again.name == f"{first.name}-2"
    assert follow(again).metrics == first.metrics
    assert len(runs.list_runs()) == 2


def test_the_estimate_learns_from_what_runs_on_this_machine_took(dataset: data.Dataset) -> None:
    assert plan.plan(dataset, "tiny", settings=QUICK).correction == 1
    run = follow(train.start(dataset, "tiny", settings=QUICK))
    assert plan.plan(dataset, "tiny", settings=QUICK).estimate.seconds == pytest.approx(run.seconds)


def test_runs_of_another_kind_do_not_change_the_estimate(dataset: data.Dataset) -> None:
    follow(train.start(dataset, "tiny", settings=QUICK))
    assert runs.correction("cpu", "classification") == runs.correction("cpu", "regression") != 1
    assert runs.correction("cpu", "instruction") == 1


def test_a_search_costs_what_it_may_take(dataset: data.Dataset) -> None:
    def cost(preset: str, **settings: str) -> float:
        return plan.plan(dataset, "tiny", preset, settings=settings).estimate.seconds

    one = cost("best", search="none")
    assert cost("best", budget_minutes="2") == pytest.approx(120)
    assert cost("best", budget_minutes="0.01") == pytest.approx(one)  # the first trial is made to its end
    assert cost("best", budget_minutes="0") > cost("best", budget_minutes="2")
    assert cost("bert") > 6 * cost("bert", search="none")


def test_a_stopped_run_can_be_used_and_resumed_to_its_end(dataset: data.Dataset) -> None:
    run = train.start(dataset, "tiny", settings={**QUICK, "epochs": "1000"})
    train.stop(run.id)
    stopped = follow(run)
    assert stopped.state == "stopped"
    with pytest.raises(RunError, match="finished"):
        train.resume(follow(train.start(dataset, "tiny", settings=QUICK)).id)
    resumed = train.resume(run.id)
    assert resumed.job != run.job
    train.stop(run.id)
    assert follow(resumed).state == "stopped"


def test_a_run_is_found_by_name_renamed_and_deleted(dataset: data.Dataset, home: Workspace) -> None:
    run = follow(train.start(dataset, "tiny", name="mine", settings=QUICK))
    assert runs.get_run("mine").id == run.id
    assert runs.rename(run.id, "yours").name == "yours"
    runs.delete(run.id)
    assert not (home.runs / run.id).exists()
    with pytest.raises(RunNotFound, match="yours"):
        runs.get_run("yours")


def test_what_cannot_be_started_says_why_and_leaves_no_run(dataset: data.Dataset) -> None:
    with pytest.raises(SettingError, match="no-such"):
        train.start(dataset, "tiny", settings={"no-such": "1"})
    with pytest.raises(SettingError, match="epochs"):
        train.start(dataset, "tiny", settings={"epochs": "many"})
    with pytest.raises(ModelNotReady, match="bert-base-chinese"):
        train.start(dataset, "google-bert/bert-base-chinese")
    assert runs.list_runs() == ()


def test_a_model_file_damaged_after_the_download_fails_in_plain_words(dataset: data.Dataset, home: Workspace) -> None:
    weights = home.models / "tiny" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    run = train.start(dataset, "tiny", settings=QUICK)
    with pytest.raises(JobError, match="tiny"):
        jobs.wait(run.job)


def test_the_recommended_model_reads_the_language_of_the_texts(dataset: data.Dataset, tmp_path: Path) -> None:
    rows = [f"打印机第{number}次无法连接，请尽快处理,{'甲' if number % 2 else '乙'}" for number in range(60)]
    (tmp_path / "zh.csv").write_text("\n".join(["描述,负责人", *rows]), encoding="utf-8")
    source = import_source(tmp_path / "zh.csv", "zh.csv")
    chinese = data.create_dataset(source.id, name="zh", text=["描述"], label="负责人")
    assert plan.recommend(chinese)[0].model == "multilingual-e5-small"


def test_a_file_is_judged_by_rows_from_all_over_it(home: Workspace, tmp_path: Path) -> None:
    english = [f"the printer on floor {number} does not work,{'甲' if number % 2 else '乙'}" for number in range(300)]
    chinese = [f"打印机第{number}次无法连接，请尽快处理,{'甲' if number % 2 else '乙'}" for number in range(600)]
    (tmp_path / "zh.csv").write_text("\n".join(["描述,负责人", *english, *chinese]), encoding="utf-8")
    source = import_source(tmp_path / "zh.csv", "zh.csv")
    mixed = data.create_dataset(source.id, name="zh", text=["描述"], label="负责人")
    assert plan.recommend(mixed)[0].model == "multilingual-e5-small"
