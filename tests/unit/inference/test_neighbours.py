"""The nearest rows are the most similar ones, with their own text and label."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.inference.classify import Classifier
from pipeline.inference.neighbours import Neighbourhood, load_neighbours
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.tasks.task import Inputs

from .conftest import ROWS


def test_the_nearest_come_first_by_angle_whatever_their_length() -> None:
    hood = Neighbourhood(
        rows=np.array([4, 7, 9]),
        texts=("a", "b", "c"),
        labels=("x", "y", "z"),
        second=("", "", ""),
        directions=np.array([[1, 0], [0, 1], [-1, 0]], dtype=np.float32),
    )
    (nearest,) = hood.nearest([[1.0, 10.0]], count=2)
    assert [(one.row, one.text, one.label) for one in nearest] == [(7, "b", "y"), (4, "a", "x")]
    assert nearest[0].similarity == pytest.approx(10 / np.sqrt(101))
    assert len(hood.nearest([[1.0, 0.0]], count=9)[0]) == 3


def test_rows_that_say_the_same_stand_in_one_place_unless_their_labels_differ(
    make_run: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "same.csv").write_text("text,label\na,x\na,x\na,y\nb,x\n", encoding="utf-8")
    folder = make_run("abc")
    view = make_view(import_source(tmp_path / "same.csv", "same.csv").id, ["text"], "label")
    (folder / "spec.json").unlink()
    save_spec(RunSpec(view, "nosplit", "classification", "tiny", "0", Recipe()), folder)
    np.savez(folder / "neighbours.npz", rows=np.arange(4), vectors=np.array([[1, 0], [1, 0], [1, 0], [0, 1]]))
    (nearest,) = load_neighbours(folder).nearest([[1.0, 0.1]])
    assert [(one.row, one.label) for one in nearest] == [(0, "x"), (2, "y"), (3, "x")]


def test_a_training_row_finds_itself(make_run: Callable[..., Path]) -> None:
    folder = make_run("abc")
    hood = load_neighbours(folder)
    texts = [ROWS[1][0], ROWS[7][0]]
    found = hood.nearest(Classifier.load(folder / "bundle").embed(Inputs(tuple(texts))))
    assert [(near[0].row, near[0].text, near[0].label) for near in found] == [(1, *ROWS[1]), (7, *ROWS[7])]
    assert found[0][0].similarity == pytest.approx(1, abs=1e-5)
    assert all(one.similarity <= near[0].similarity for near in found for one in near)
