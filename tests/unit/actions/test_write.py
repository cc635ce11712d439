"""Who can be asked: runs that were trained on instructions, and base models that write."""

from pathlib import Path

import pytest

from pipeline.actions import write
from pipeline.errors import ModelNotReady, RunError, UnknownModel
from pipeline.settings import Workspace
from tests.pages.staged_run import Staged
from tests.pages.staged_writers import stage_everything
from tests.tiny_writers import write_rewriter


@pytest.fixture
def staged(home: Workspace, tmp_path: Path) -> Staged:
    write_rewriter(home.models / "rewriter")
    return stage_everything(tmp_path)


def test_runs_come_first_then_base_models_and_what_only_labels_is_apart(staged: Staged) -> None:
    found = write.what_can_write()
    assert [(one.kind, one.name, one.family) for one in found] == [
        ("run", "house style", "decoder"),
        ("model", "little writer", "decoder"),
        ("model", "rewriter", "encoder-decoder"),
    ]
    assert found[2].sampling.num_beams > 1
    assert [(one.id, one.family) for one in write.what_can_label()] == [(staged.run, write.LABELS)]
    assert "SmolLM2-135M-Instruct" in [card.name for card in write.what_could_write()]
    assert write.what_could_write()[0].name == "SmolLM2-135M-Instruct"


def test_a_run_is_found_by_its_name_and_a_model_by_its_own(staged: Staged) -> None:
    assert write.find_writer("house style").kind == "run"
    assert write.find_writer("little writer").kind == "model"


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("first try", RunError, "writes no answers"),
        ("SmolLM2-135M-Instruct", ModelNotReady, "not on this machine yet"),
        ("nobody", UnknownModel, "neither a run nor a base model named nobody"),
    ],
)
def test_who_cannot_be_asked_is_told_why(staged: Staged, name: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        write.find_writer(name)
