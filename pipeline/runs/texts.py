"""Answers that are texts: what a model wrote for given rows, kept as an immutable table. No model, no metrics.

They lie where ``answers`` keeps its own, in the run's folder ``answers``; ``are_texts`` tells which of the two a run
has.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

MODEL = "model"  # as it was tuned
BASE = "base"  # as it came, before it was tuned

_MARGINS = "margins.npy"
_SAID = "said"  # the column that answers of another kind do not have


@dataclass(frozen=True)
class TextAnswers:
    """What one model wrote for some rows of a Source, and how much it was surprised by the right answers."""

    rows: npt.NDArray[np.int64]  # [n] row numbers of the Source
    asked: tuple[str, ...]  # [n] instruction and input as one text that people read
    truth: tuple[str, ...]  # [n] the answers of the file
    said: tuple[str, ...]  # [n]
    bits: npt.NDArray[np.float64]  # [n] of the true answer: -log2 p, summed over the tokens that are learned


def save_texts(answers: TextAnswers, run_folder: Path, name: str) -> None:
    """Keep the answers of ``name`` (``MODEL`` or ``BASE``)."""
    folder = run_folder / "answers"
    folder.mkdir(exist_ok=True)
    table = pd.DataFrame(
        {
            "row": answers.rows,
            "asked": pd.Series(answers.asked, dtype="str"),
            "truth": pd.Series(answers.truth, dtype="str"),
            _SAID: pd.Series(answers.said, dtype="str"),
            "bits": answers.bits,
        }
    )
    partial = folder / f"{name}.parquet.partial"
    table.to_parquet(partial)
    partial.replace(folder / f"{name}.parquet")


def load_texts(run_folder: Path, name: str) -> TextAnswers:
    """Read the answers of ``name`` back.

    Raises:
        FileNotFoundError: none were kept.
        ValueError: they are no texts.
    """
    table = pd.read_parquet(run_folder / "answers" / f"{name}.parquet")
    if _SAID not in table:
        raise ValueError(f"the answers of {name} are no texts: load_answers reads them")
    return TextAnswers(
        rows=table["row"].to_numpy(dtype=np.int64),
        asked=tuple(table["asked"]),
        truth=tuple(table["truth"]),
        said=tuple(table[_SAID]),
        bits=table["bits"].to_numpy(dtype=np.float64),
    )


def save_margins(margins: npt.NDArray[np.float64], run_folder: Path) -> None:
    """Keep [rows] how much more the better one of two answers has gained by training than the worse one."""
    folder = run_folder / "answers"
    folder.mkdir(exist_ok=True)
    np.save(folder / _MARGINS, margins)


def load_margins(run_folder: Path) -> npt.NDArray[np.float64] | None:
    """Read the margins back; None where the run has learned no preferences."""
    path = run_folder / "answers" / _MARGINS
    return np.load(path) if path.is_file() else None


def are_texts(run_folder: Path) -> bool:
    """Whether the answers that a run's model gave are texts. Raises FileNotFoundError where none were kept."""
    return _SAID in pq.read_schema(run_folder / "answers" / f"{MODEL}.parquet").names
