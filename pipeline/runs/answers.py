"""Answers: what a model said for given rows, kept as an immutable table. No model, no metrics.

Answers that are texts are kept by ``texts``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

Kind = Literal["class", "labels", "number"]

# The true labels of a row that may have several stand in columns of their own, beside those of the scores.
_TRUE = "true "


@dataclass(frozen=True)
class Answers:
    """Scores of one model for some rows of a Source."""

    rows: npt.NDArray[np.int64]  # [n] row numbers of the Source
    truth: npt.NDArray[Any]  # [n] index into labels, -1: unknown | [n, labels] 0 or 1 | [n] numbers; nan: unknown
    scores: npt.NDArray[np.float64]  # [n, labels] probabilities | [n, 1] numbers
    labels: tuple[str, ...]  # the label space; of numbers, the name of their column
    thresholds: tuple[float, ...] = ()  # of each label, where a row may have several

    @property
    def kind(self) -> Kind:
        """What the answer of a row is: one class, a set of labels, or a number."""
        if self.truth.ndim == 2:
            return "labels"
        return "number" if self.truth.dtype.kind == "f" else "class"

    @property
    def predicted(self) -> npt.NDArray[Any]:
        """[n] index of the most probable class | [n, labels] 0 or 1 | [n] numbers."""
        if self.kind == "labels":
            return np.asarray(self.scores >= np.array(self.thresholds or 0.5), dtype=np.int64)
        if self.kind == "number":
            return self.scores[:, 0]
        return np.asarray(self.scores.argmax(axis=1), dtype=np.int64)

    @property
    def confidence(self) -> npt.NDArray[np.float64]:
        """[n] from 0 to 1: probability of the predicted class; of a set, of its least probable label; nan: a number."""
        if self.kind == "labels":
            return set_confidence(self.scores, self.predicted)
        if self.kind == "number":
            return np.full(len(self.rows), np.nan)
        return np.asarray(self.scores.max(axis=1), dtype=np.float64)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """[n] whether the true answer is known."""
        if self.kind == "labels":
            return np.asarray(~np.isnan(self.truth).any(axis=1))
        return np.asarray(~np.isnan(self.truth) if self.kind == "number" else self.truth >= 0)


def set_confidence(scores: npt.NDArray[np.float64], chosen: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """[n] probability of the least probable chosen label; of an empty set, that the likeliest label is wrong."""
    least = np.where(chosen.astype(bool), scores, 2.0).min(axis=1)
    return np.asarray(np.where(least > 1, 1 - scores.max(axis=1), least), dtype=np.float64)


def save_answers(answers: Answers, run_folder: Path, name: str) -> None:
    """Keep the answers of ``name`` ("model", "tfidf", "majority", "mean"); the labels travel in the column names."""
    folder = run_folder / "answers"
    folder.mkdir(exist_ok=True)
    table: dict[str, npt.NDArray[Any]] = {"row": answers.rows}
    if answers.kind == "labels":
        table |= {f"{_TRUE}{position}": answers.truth[:, position] for position in range(len(answers.labels))}
    else:
        table["truth"] = answers.truth
    for position, label in enumerate(answers.labels):
        table[f"{position}:{label}"] = answers.scores[:, position]
    frame = pd.DataFrame(table)
    frame.attrs = {"thresholds": list(answers.thresholds)}
    partial = folder / f"{name}.parquet.partial"
    frame.to_parquet(partial)
    partial.replace(folder / f"{name}.parquet")


def load_answers(run_folder: Path, name: str) -> Answers:
    """Read the answers of ``name`` back, bit for bit.

    Raises:
        FileNotFoundError: none were kept.
        ValueError: they are texts, and have no scores.
    """
    table = pd.read_parquet(run_folder / "answers" / f"{name}.parquet")
    said = [column for column in table.columns if ":" in column]
    if not said:
        raise ValueError(f"the answers of {name} are texts: load_texts reads them")
    truth = table["truth"] if "truth" in table else table[[f"{_TRUE}{number}" for number in range(len(said))]]
    return Answers(
        rows=table["row"].to_numpy(),
        truth=truth.to_numpy(),
        scores=table[said].to_numpy(dtype=np.float64),
        labels=tuple(str(column).partition(":")[2] for column in said),
        thresholds=tuple(table.attrs.get("thresholds", ())),
    )
