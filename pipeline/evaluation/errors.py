"""The test rows that a run got wrong: to read, and to take away as a file that a spreadsheet opens safely."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.data.formulas import neutral
from pipeline.data.split import load_split
from pipeline.data.view import view_frame
from pipeline.errors import N_, RunError
from pipeline.runs.answers import Answers, load_answers
from pipeline.runs.spec import load_spec
from pipeline.settings import workspace
from pipeline.tasks.task import JOINED, read_inputs


@dataclass(frozen=True)
class WrongRow:
    """A test row whose predicted answer is not the one in the file."""

    row: int  # number in its file, from 0
    text: str
    truth: str  # the label; several of them joined; a number
    predicted: str
    confidence: float  # probability of the predicted label (of several: of the least sure), 0 to 1; nan for a number
    second: str = ""  # what the text is compared with
    error: float | None = None  # predicted less true number, in the unit of the column; None: it is no number


def wrong_rows(run_id: str, limit: int | None = None) -> list[WrongRow]:
    """The wrong test rows, the most confident first: those are wrong labels in the file, or hard lessons.

    Of numbers all rows that are off, those that are off furthest first.

    Args:
        run_id: a run of this workspace.
        limit: at most that many; None for all.

    Raises:
        RunError: the run has left no answers yet.
        DataError: the file of its test rows is gone.
    """
    folder = workspace().runs / run_id
    if not (folder / "answers" / "model.parquet").is_file():
        raise RunError(N_("The run {run} has not answered its test rows yet. Wait until it has ended."), run=run_id)
    answers = load_answers(folder, "model")
    off = answers.predicted != answers.truth
    wrong = np.flatnonzero(answers.known & (off.any(axis=1) if answers.kind == "labels" else off))
    errors = answers.predicted - answers.truth if answers.kind == "number" else None
    worst = answers.confidence if errors is None else np.abs(errors)
    wrong = wrong[np.argsort(-worst[wrong], kind="stable")][:limit]
    spec = load_spec(folder)
    split = load_split(spec.split)
    view = spec.view.on(split.test_source or split.source)
    inputs = read_inputs(view, view_frame(view, answers.rows[wrong]))
    return [
        WrongRow(
            row=int(answers.rows[position]),
            text=inputs.first[at],
            truth=_shown(answers, answers.truth[position]),
            predicted=_shown(answers, answers.predicted[position]),
            confidence=float(answers.confidence[position]),
            second=inputs.second[at] if inputs.second else "",
            error=None if errors is None else float(errors[position]),
        )
        for at, position in enumerate(wrong)
    ]


def _shown(answers: Answers, answer: Any) -> str:
    if answers.kind == "number":
        return f"{answer:.6g}"
    if answers.kind == "labels":
        return JOINED.join(answers.labels[at] for at in np.flatnonzero(answer))
    return answers.labels[int(answer)]


def as_csv(rows: Sequence[WrongRow], header: Sequence[str]) -> bytes:
    """A CSV file that spreadsheets open as UTF-8, with no cell that they would take for a formula.

    Args:
        rows: what to write; rows are counted from 1 there, as people do.
        header: translated names of the five columns row, text, true label, predicted label and confidence.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in header])
    for row in rows:
        cells = (neutral("\n".join(filter(None, (row.text, row.second)))), neutral(row.truth), neutral(row.predicted))
        writer.writerow([row.row + 1, *cells, "" if math.isnan(row.confidence) else f"{row.confidence:.4f}"])
    return out.getvalue().encode("utf-8-sig")
