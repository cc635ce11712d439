"""Answers: what a classifier said for given rows, kept as an immutable table. No model, no metrics."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class Answers:
    """Probabilities of one classifier for some rows of a Source."""

    rows: npt.NDArray[np.int64]  # [n] row numbers of the Source
    truth: npt.NDArray[np.int64]  # [n] index into labels; -1 where the row has no label
    scores: npt.NDArray[np.float64]  # [n, classes] probabilities, each row sums to 1
    labels: tuple[str, ...]

    @property
    def predicted(self) -> npt.NDArray[np.int64]:
        """[n] index of the most probable class."""
        return np.asarray(self.scores.argmax(axis=1), dtype=np.int64)

    @property
    def confidence(self) -> npt.NDArray[np.float64]:
        """[n] probability of the predicted class, from 0 to 1."""
        return np.asarray(self.scores.max(axis=1), dtype=np.float64)


def save_answers(answers: Answers, run_folder: Path, name: str) -> None:
    """Keep the answers of ``name`` ("model", "tfidf", "majority"); the label space travels in the column names."""
    folder = run_folder / "answers"
    folder.mkdir(exist_ok=True)
    table: dict[str, npt.NDArray[Any]] = {"row": answers.rows, "truth": answers.truth}
    for position, label in enumerate(answers.labels):
        table[f"{position}:{label}"] = answers.scores[:, position]
    partial = folder / f"{name}.parquet.partial"
    pd.DataFrame(table).to_parquet(partial)
    partial.replace(folder / f"{name}.parquet")


def load_answers(run_folder: Path, name: str) -> Answers:
    """Read the answers of ``name`` back, bit for bit. Raises FileNotFoundError where none were kept."""
    table = pd.read_parquet(run_folder / "answers" / f"{name}.parquet")
    return Answers(
        rows=table["row"].to_numpy(),
        truth=table["truth"].to_numpy(),
        scores=table.iloc[:, 2:].to_numpy(dtype=np.float64),
        labels=tuple(str(column).partition(":")[2] for column in table.columns[2:]),
    )
