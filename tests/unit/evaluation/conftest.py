"""A run of the workspace as training leaves it: spec, split, answers of a model and of its baselines."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import Terms, make_split, save_split
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import Workspace

LABELS = ("ham", "spam")
SHARES = np.array([[0.1, 0.9], [0.9, 0.1]])


@dataclass(frozen=True)
class Run:
    """A run in the workspace; its test rows are those of a file of its own."""

    id: str
    folder: Path
    spec: RunSpec
    truth: np.ndarray

    def answer(self, name: str, predicted: Sequence[int], confidence: Sequence[float] | None = None) -> None:
        """Keep answers with these predicted classes, each with its confidence (0.9 where left out)."""
        sure = np.full(len(self.truth), 0.9) if confidence is None else np.asarray(confidence)
        probabilities = np.empty((len(self.truth), 2))
        probabilities[np.arange(len(sure)), predicted] = sure
        probabilities[np.arange(len(sure)), 1 - np.asarray(predicted)] = 1 - sure
        save_answers(Answers(np.arange(len(self.truth)), self.truth, probabilities, LABELS), self.folder, name)


@pytest.fixture
def run(home: Workspace, tmp_path: Path) -> Run:
    """200 test rows, 120 of them ham; nobody has answered yet."""
    truth = np.array([0] * 120 + [1] * 80)
    train = pd.DataFrame(
        {"text": [f"message number {n}" for n in range(40)], "kind": ["ham", "ham", "ham", "spam"] * 10}
    )
    test = pd.DataFrame({"text": [f"=SUM({n}) 测试" for n in range(200)], "kind": [LABELS[label] for label in truth]})
    sources = []
    for name, frame in (("train.csv", train), ("test.csv", test)):
        frame.to_csv(tmp_path / name, index=False)
        sources.append(import_source(tmp_path / name, name))
    view = make_view(sources[0].id, ["text"], "kind")
    split = make_split(
        sources[0].id,
        list(train["text"]),
        list(train["kind"]),
        Terms(test_source=sources[1].id, test_rows=range(200), test_texts=list(test["text"])),
    )
    save_split(split)
    folder = home.runs / "abc123"
    folder.mkdir(parents=True)
    spec = RunSpec(view, split.id, "classification", "tiny", "0", Recipe())
    save_spec(spec, folder)
    return Run("abc123", folder, spec, truth)
