"""Finished runs with a very small model whose answers to their test rows are kept."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source, read_rows
from pipeline.data.split import Terms, make_split, save_split
from pipeline.inference.classify import Classifier
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs
from pipeline.templates.columns import default_template, render
from tests.tiny import tiny_bundle

LABELS = ("账单", "设备")


@pytest.fixture
def make_run(home: Workspace, tmp_path: Path) -> Callable[..., Path]:
    """A function that trains nothing, but leaves all that a finished run leaves, and returns its folder."""

    def make(text: Sequence[str] = ("title",)) -> Path:
        table = pd.DataFrame(
            {
                "title": [f"打印机 {n} {'x y ' * n}" if n % 2 else f"refund {n}" for n in range(60)],
                "business line": ["" if n % 3 else f"line {n}" for n in range(60)],
                "kind": [LABELS[n % 2] for n in range(60)],
            }
        )
        table.to_csv(tmp_path / "tickets.csv", index=False)
        source = import_source(tmp_path / "tickets.csv", "tickets.csv")
        view = make_view(source.id, text, "kind", default_template(text))
        texts = render(view.template, text, read_rows(source.id, text))
        split = make_split(source.id, texts, list(table["kind"]), Terms(test_rows=range(30)))
        save_split(split)
        folder = home.runs / "abc123"
        tiny_bundle(folder / "bundle", view.labels, text=text, template=view.template, label="kind", run="abc123")
        save_spec(RunSpec(view, split.id, "classification", "tiny", "0", Recipe()), folder)
        rows = np.array(split.test)
        probabilities = Classifier.load(folder / "bundle").scores(Inputs(tuple(texts[row] for row in rows)))
        truth = np.array([view.labels.index(table["kind"][row]) for row in rows])
        save_answers(Answers(rows, truth, probabilities, view.labels), folder, "model")
        return folder

    return make
