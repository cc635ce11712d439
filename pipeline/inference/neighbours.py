"""The labelled training rows that are most like a text, by the model's own embeddings. Loads no model.

Training writes the embeddings once; whoever answers a text looks its nearest rows up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.data.view import view_frame
from pipeline.runs.spec import load_spec
from pipeline.tasks.task import answer_texts, read_inputs

FILE = "neighbours.npz"
NEAREST = 3


@dataclass(frozen=True)
class Neighbour:
    """A labelled training row: its number in its file (from 0) and the cosine of the angle to the text, -1 to 1."""

    row: int
    text: str
    label: str  # of several labels all, joined; a number as the file has it
    similarity: float
    second: str = ""  # what the text is compared with in its row


@dataclass(frozen=True)
class Neighbourhood:
    """The training rows of a run with their embeddings, ready to be looked up."""

    rows: npt.NDArray[np.int64]  # [n]
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    second: tuple[str, ...]  # "" where a row has one text
    directions: npt.NDArray[np.float32]  # [n, hidden], each of length 1 (or 0)

    def nearest(self, embeddings: npt.ArrayLike, count: int = NEAREST) -> list[tuple[Neighbour, ...]]:
        """The ``count`` most similar rows (fewer if there are fewer) of each of [m, hidden], the most similar first."""
        similarities = unit(embeddings) @ self.directions.T
        order = np.argsort(-similarities, axis=1, kind="stable")[:, :count]
        return [
            tuple(
                Neighbour(int(self.rows[at]), self.texts[at], self.labels[at], float(line[at]), self.second[at])
                for at in positions
            )
            for positions, line in zip(order, similarities, strict=True)
        ]


def load_neighbours(run_folder: Path) -> Neighbourhood:
    """Embeddings from ``neighbours.npz`` (rows [n], vectors [n, hidden]), texts and labels from the Source.

    Raises:
        DataError: the Source of the training rows is gone.
    """
    view = load_spec(run_folder).view
    with np.load(run_folder / FILE, allow_pickle=False) as stored:
        rows, vectors = stored["rows"], stored["vectors"]
    inputs = read_inputs(view, view_frame(view, rows))
    second = inputs.second or ("",) * len(rows)
    said = list(zip(inputs.first, second, answer_texts(view, rows), strict=True))
    # A ticket that was sent three times would fill all three places: one row stands for all that say the same.
    first = sorted({row: at for at, row in reversed(list(enumerate(said)))}.values())
    return Neighbourhood(
        rows=rows[first].astype(np.int64),
        texts=tuple(said[at][0] for at in first),
        labels=tuple(said[at][2] for at in first),
        second=tuple(said[at][1] for at in first),
        directions=unit(vectors[first]),
    )


def unit(vectors: npt.ArrayLike | Sequence[npt.ArrayLike]) -> npt.NDArray[np.float32]:
    """[n, hidden] scaled to length 1; a vector of zeros stays one."""
    values = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.maximum(lengths, 1e-12), dtype=np.float32)
