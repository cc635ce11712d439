"""A task that a base model cannot learn is refused before anything is loaded."""

from pathlib import Path

import pytest

from pipeline.errors import ModelError
from pipeline.models.store import Model
from pipeline.training.suitable import reads_alone, refuse


def model(folder: Path, family: str) -> Model:
    (folder / "config.json").write_text('{"num_hidden_layers": 6}')
    return Model("small", folder, family, 22_000_000, ("en",), "MIT", 512, "abc", False)


def test_one_that_writes_a_label_cannot_give_several(tmp_path: Path) -> None:
    writes = model(tmp_path, "encoder-decoder")
    with pytest.raises(ModelError, match="cannot give several"):
        refuse(writes, "multi_label_classification")
    refuse(writes, "regression")
    refuse(model(tmp_path, "encoder"), "multi_label_classification")


def test_one_that_reads_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot write"):
        refuse(model(tmp_path, "encoder"), "text_generation")
    refuse(model(tmp_path, "decoder"), "text_generation")


def test_texts_alone_teach_what_has_something_left_to_guess(tmp_path: Path) -> None:
    assert reads_alone(model(tmp_path, "decoder"))
    assert not reads_alone(model(tmp_path, "encoder"))  # no masked-LM head in these files
    with pytest.raises(ModelError, match="masked-LM head"):
        refuse(model(tmp_path, "encoder"), "language_modelling")
