"""A model that writes is carried away, and the copy finds the right answers as probable as the run did."""

import dataclasses
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import make_split_of_answers, save_split
from pipeline.data.view import view_answers
from pipeline.errors import RunError
from pipeline.export.hf import export_bundle
from pipeline.models import store
from pipeline.runs.metrics_log import NoMetrics
from pipeline.runs.progress import Silent
from pipeline.runs.spec import Recipe, RunSpec, load_spec, save_spec
from pipeline.runs.texts import MODEL, load_texts, save_texts
from pipeline.settings import Workspace
from pipeline.training.writing.run import train_writing
from tests.tiny import instructions, tiny_writer

MakeRun = Callable[..., Path]


@pytest.fixture
def make_writer(home: Workspace, tmp_path: Path) -> MakeRun:
    """A function that trains a very small model for a moment and returns the folder of its run."""

    def make(family: str = "decoder") -> Path:
        instructions(60, seed=0).to_csv(tmp_path / "asked.csv", index=False)
        view = make_view(
            import_source(tmp_path / "asked.csv", "asked.csv").id, ["instruction", "input"], "output", written=True
        )
        split = make_split_of_answers(view.source, [str(number) for number in range(60)], view_answers(view))
        save_split(split)
        base = store.get(tiny_writer(home.models / "writer", family).name)
        form = "chat" if family == "decoder" else "plain"
        recipe = Recipe(epochs=1, batch_size=8, trained_layers=-1, max_length=96, prompt_format=form)
        folder = home.runs / "abc123"
        folder.mkdir(parents=True)
        spec = RunSpec(view, split.id, "instruction", base.name, base.fingerprint, recipe)
        save_spec(spec, folder)
        train_writing(spec, folder, Silent(), NoMetrics())
        return folder

    return make


@pytest.mark.parametrize("family", ["decoder", "encoder-decoder"])
def test_a_stranger_finds_the_right_answers_as_probable(make_writer: MakeRun, tmp_path: Path, family: str) -> None:
    exported = export_bundle(make_writer(family), tmp_path / "model.zip")
    assert exported.parity <= 1e-5
    with zipfile.ZipFile(exported.path) as archive:
        names, card = {*archive.namelist()}, archive.read("README.md").decode()
    assert {"generation_config.json", "model.safetensors", "tunedesk.json"} <= names
    assert ("AutoModelForCausalLM" in card) == (family == "decoder")


def test_an_export_that_is_surprised_otherwise_is_not_written(make_writer: MakeRun, tmp_path: Path) -> None:
    run = make_writer()
    answers = load_texts(run, MODEL)
    save_texts(dataclasses.replace(answers, bits=answers.bits + 0.1), run, MODEL)
    with pytest.raises(RunError, match="other answers"):
        export_bundle(run, tmp_path / "out" / "model.zip")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_was_measured_on_a_gpu_is_held_to_what_is_served_here(make_writer: MakeRun, tmp_path: Path) -> None:
    run = make_writer()
    answers = load_texts(run, MODEL)
    save_texts(dataclasses.replace(answers, bits=answers.bits + 0.1), run, MODEL)
    spec = load_spec(run)
    (run / "spec.json").unlink()
    save_spec(dataclasses.replace(spec, device="cuda"), run)
    assert export_bundle(run, tmp_path / "model.zip").parity <= 1e-5
