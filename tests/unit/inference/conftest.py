"""Finished runs of the workspace with a very small model."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.data.new_view import make_view
from pipeline.data.source import Source, import_source
from pipeline.inference import client
from pipeline.inference.classify import Classifier
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs
from tests.tiny import tiny_bundle

LABELS = ("账单", "登录", "设备")
ROWS = [
    ("please refund the invoice", "账单"),
    ("打印机卡纸了", "设备"),
    ("密码忘记了", "登录"),
    ("charged twice", "账单"),
    ("nobody can log in", ""),
    ("the printer is on fire", ""),
    ("   ", ""),
    ("登录不上系统", "登录"),
]


@pytest.fixture
def source(home: Workspace, tmp_path: Path) -> Source:
    """Eight tickets in two languages: five labelled, three blank, of which one has no text."""
    path = tmp_path / "tickets.csv"
    pd.DataFrame(ROWS, columns=["text", "label"]).to_csv(path, index=False)
    return import_source(path, path.name)


@pytest.fixture
def make_run(home: Workspace, source: Source) -> Callable[..., Path]:
    """A function that leaves a finished run in the workspace and returns its folder."""

    def make(run_id: str, seed: int = 0) -> Path:
        folder = home.runs / run_id
        tiny_bundle(folder / "bundle", LABELS, run=run_id, seed=seed)
        view = make_view(source.id, ["text"], "label")
        save_spec(RunSpec(view, "nosplit", "classification", "tiny", "0", Recipe()), folder)
        rows = [row for row, (_, label) in enumerate(ROWS) if label]
        vectors = Classifier.load(folder / "bundle").embed(Inputs(tuple(ROWS[row][0] for row in rows)))
        np.savez(folder / "neighbours.npz", rows=np.array(rows), vectors=vectors)
        return folder

    return make


@pytest.fixture
def host(home: Workspace) -> Iterator[None]:
    """Whatever model host a test starts ends with it."""
    yield
    client.stop()
