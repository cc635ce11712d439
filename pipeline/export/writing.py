"""What is asked of an exported model that writes, to prove that it is the one that the run has measured.

How probable it finds the right answers of some test rows: there no rounding can change a word, as it could in an
answer of its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.data.split import load_split
from pipeline.models.load import load_tokenizer
from pipeline.runs.bundle import BundleInfo
from pipeline.runs.spec import RunSpec
from pipeline.runs.texts import MODEL, load_texts
from pipeline.templates.formats import registry
from pipeline.training.writing.rows import WrittenRow, WrittenRows, read_written

ROWS = 20
_BOUNDLESS = 10**9  # tokens: rows that were cut to fit the model are too long to be chosen


@dataclass(frozen=True)
class WritingProof:
    """Rows, and what the run says of their answers."""

    rows: WrittenRows
    expected: npt.NDArray[np.float64]  # [rows] probability of a token of the right answer, the geometric mean

    @property
    def request(self) -> list[dict[str, Any]]:
        """[rows] as ``stock.py`` reads them."""
        return [{"prompt": list(row.prompt), "answer": list(_answer(row)), "text": row.truth} for row in self.rows.rows]


def writing_proof(run_folder: Path, spec: RunSpec, info: BundleInfo, *, encoder: bool) -> WritingProof:
    """Up to 20 answered test rows that fit into the model, from the shortest to the longest."""
    kept = load_texts(run_folder, MODEL)
    bits = dict(zip(kept.rows.tolist(), kept.bits.tolist(), strict=True))
    split = load_split(spec.split)
    view = spec.view.on(split.test_source) if split.test_source else spec.view
    tokenizer = load_tokenizer(run_folder / "bundle")
    read = read_written(
        view,
        kept.rows,
        registry.get(info.format, tokenizer, info.own_format),
        tokenizer,
        longest=_BOUNDLESS,
        everything=False,
        packed=not encoder,
        sequences=encoder,
    )
    ordered = sorted(read.rows, key=lambda row: row.cost)
    fitting = [row for row in ordered if row.cost <= info.max_length] or ordered[:1]
    chosen = [fitting[at] for at in np.unique(np.linspace(0, len(fitting) - 1, ROWS).round().astype(int))]
    rows = WrittenRows(tuple(chosen), read.padding, read.packed, read.sequences)
    # On a GPU the run's own figures were rounded otherwise: there the export is held to what this machine serves.
    served = None if spec.device == "cpu" else _bits_here(run_folder, rows)
    found = [bits[row.number] for row in chosen] if served is None else served
    shares = [2 ** (-its / len(_answer(row))) for its, row in zip(found, chosen, strict=True)]
    return WritingProof(rows, np.array(shares))


def _bits_here(run_folder: Path, rows: WrittenRows) -> list[float]:
    from pipeline.models.load import load_writer
    from pipeline.training.writing.trainee import WriterTrainee
    from pipeline.training.writing.trainer import answer_nats

    nats, _ = answer_nats(WriterTrainee(load_writer(run_folder / "bundle"), []), rows, "cpu")
    return [value / np.log(2) for value in nats]


def _answer(row: WrittenRow) -> tuple[int, ...]:
    """The tokens of the last answer, its end included."""
    return row.ids[row.answer :]
