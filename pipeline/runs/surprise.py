"""How much a model is surprised by texts that nothing is asked about, row by row: an immutable table. No metrics.

It lies where ``answers`` keeps its own, in the run's folder ``answers``, with a few texts to look at; ``are_surprises``
tells whether a run has learned from texts alone.
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from pipeline.files import write_text

_SHOWN = "shown.json"
_NATS = "nats"  # the column that answers of another kind do not have


@dataclass(frozen=True)
class Surprise:
    """What one model says to what is hidden of some rows of a Source; all [n], for each row."""

    rows: npt.NDArray[np.int64]  # row numbers of the Source
    nats: npt.NDArray[np.float64]  # -log p of all that was hidden, added up
    tokens: npt.NDArray[np.int64]  # how many tokens that is
    words: npt.NDArray[np.int64]  # of these, those that are no marks
    right: npt.NDArray[np.int64]  # of these, those that the model held likeliest
    characters: npt.NDArray[np.int64]  # of the text


@dataclass(frozen=True)
class ShownText:
    """A text to look at: what of it was shown to two models, and what they said to the rest."""

    row: int  # of the Source
    asked: str
    truth: str
    base: str  # what the model said before training
    said: str


def save_surprise(surprise: Surprise, run_folder: Path, name: str) -> None:
    """Keep the surprise of ``name`` (``texts.MODEL`` or ``texts.BASE``)."""
    folder = run_folder / "answers"
    folder.mkdir(exist_ok=True)
    partial = folder / f"{name}.parquet.partial"
    pd.DataFrame(vars(surprise)).to_parquet(partial)
    partial.replace(folder / f"{name}.parquet")


def load_surprise(run_folder: Path, name: str) -> Surprise:
    """Read the surprise of ``name`` back. Raises FileNotFoundError where none was kept."""
    table = pd.read_parquet(run_folder / "answers" / f"{name}.parquet")
    columns: dict[str, Any] = {field.name: table[field.name].to_numpy() for field in dataclasses.fields(Surprise)}
    return Surprise(**columns)


def save_shown(texts: tuple[ShownText, ...], run_folder: Path) -> None:
    """Keep texts to look at."""
    content = json.dumps([dataclasses.asdict(text) for text in texts], ensure_ascii=False)
    write_text(run_folder / "answers" / _SHOWN, content)


def load_shown(run_folder: Path) -> tuple[ShownText, ...]:
    """Read them back; () where there are none."""
    path = run_folder / "answers" / _SHOWN
    content = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return tuple(ShownText(**text) for text in content)


def are_surprises(run_folder: Path) -> bool:
    """Whether a run has learned from texts alone. Raises FileNotFoundError where its model was not measured."""
    return _NATS in pq.read_schema(run_folder / "answers" / "model.parquet").names
