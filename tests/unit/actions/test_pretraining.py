"""Learning from texts alone as a person asks for it: planned, refused, trained by a job, found on the command line."""

import json
from pathlib import Path

import pytest

from pipeline.actions.data import Dataset, create_dataset
from pipeline.actions.plan import plan, recommend
from pipeline.actions.write import find_writer
from pipeline.cli import main
from pipeline.data.source import import_source
from pipeline.errors import ModelError, RunError, SettingError, UnfitData
from pipeline.settings import Workspace
from tests.pages.staged_reading import texts_source
from tests.pretraining import tiny_reader
from tests.tiny import tiny_base


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> Dataset:
    """Texts alone, with models of every family that can learn from them, and with two that cannot."""
    for family in ("decoder", "encoder", "encoder-decoder"):
        tiny_reader(home.models / f"reader-{family}", family)
    tiny_base(home.models / "sentence encoder")
    tiny_base(home.models / "no marks", "encoder-decoder")
    source = texts_source(tmp_path)
    return create_dataset(source, name="texts", text=("text",), label="text", written=True, raw=True)


@pytest.mark.parametrize("family", ["decoder", "encoder", "encoder-decoder"])
def test_what_it_will_cost_is_told_and_more_effort_takes_longer(dataset: Dataset, family: str) -> None:
    fast, best = (plan(dataset, f"reader-{family}", preset) for preset in ("fast", "best"))
    assert fast.spec.task == "pretraining"
    assert (fast.recipe.trained_layers, fast.recipe.prompt_format, fast.recipe.adapter) == (-1, "", "none")
    assert 0 < fast.estimate.seconds < best.estimate.seconds
    assert 0 < fast.estimate.memory_bytes <= best.estimate.memory_bytes


def test_models_that_cannot_are_refused_before_the_start_with_what_would_do(dataset: Dataset) -> None:
    with pytest.raises(ModelError, match=r"sentence encoder.*masked-LM head.*MiniRBT, BERT or RoBERTa"):
        plan(dataset, "sentence encoder")
    with pytest.raises(ModelError, match=r"no marks.*<extra_id_0>.*T5"):
        plan(dataset, "no marks")
    offered = {one.model for one in recommend(dataset)}
    assert {"reader-decoder", "reader-encoder", "reader-encoder-decoder"} <= offered
    assert not {"sentence encoder", "no marks", "all-MiniLM-L6-v2"} & offered


def test_too_few_texts_are_told_as_such(home: Workspace, tmp_path: Path) -> None:
    (tmp_path / "two.csv").write_text("text\nthe printer is on fire\nplease refund the invoice\n")
    source = import_source(tmp_path / "two.csv", "two.csv")
    with pytest.raises(UnfitData, match="2 texts are too few"):
        create_dataset(source.id, name="two", text=("text",), label="text", written=True, raw=True)


@pytest.mark.parametrize("settings", [{"prompt_format": "chat"}, {"search": "space"}, {"class_weights": "sqrt"}])
def test_settings_that_make_no_sense_are_refused(dataset: Dataset, settings: dict[str, str]) -> None:
    with pytest.raises(SettingError):
        plan(dataset, "reader-decoder", settings=settings)
    with pytest.raises(SettingError, match="preset"):
        plan(dataset, "reader-decoder", "bert")


def test_the_command_line_trains_on_the_texts_of_any_file(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{number},the printer of room {number} is on fire,{'ab'[number % 2]}" for number in range(60)]
    (tmp_path / "tickets.csv").write_text("\n".join(["id,text,label", *rows]))
    given = ["train", str(tmp_path / "tickets.csv"), "--task", "pretraining", "--model", "reader-encoder"]
    settings = ["--set", "epochs=2", "--set", "learning_rate=0.003", "--name", "mine", "--follow", "--json"]
    assert main([*given, *settings]) == 0
    printed = capsys.readouterr()
    trained = json.loads(printed.out)
    assert (trained["task"], trained["state"]) == ("pretraining", "finished")
    assert trained["metrics"].keys() == {"masked_accuracy", "perplexity"} == trained["baselines"]["base"].keys()
    assert trained["metrics"]["perplexity"] < trained["baselines"]["base"]["perplexity"]
    assert "Text: text. There is no label." in printed.err
    with pytest.raises(RunError, match="writes no answers"):
        find_writer("mine")
    assert main(["predict", "mine", str(tmp_path / "tickets.csv"), "-o", str(tmp_path / "filled.csv")]) == 2
    assert "texts alone" in capsys.readouterr().err
    assert main([*given, "--label", "label"]) == 2
    assert "leave --label out" in capsys.readouterr().err
    assert main([*given, "--text", "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err
