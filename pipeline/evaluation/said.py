"""What a run wrote to its test rows, beside the right answers and what its base model wrote: to read and take away."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.data.formulas import neutral
from pipeline.errors import N_, RunError
from pipeline.evaluation.written_report import WrittenReport
from pipeline.runs.texts import BASE, MODEL, load_texts
from pipeline.settings import workspace


@dataclass(frozen=True)
class SaidRow:
    """A test row and the three answers to it."""

    row: int  # number in its file, from 0
    asked: str
    truth: str
    base: str  # what the base model wrote before it was tuned
    said: str
    chrf: float  # of ``said``, from 0 to 1
    base_chrf: float

    @property
    def gain(self) -> float:
        """How much nearer to the right answer tuning has brought it, from -1 to 1."""
        return self.chrf - self.base_chrf

    def mentions(self, words: str) -> bool:
        """Whether ``words`` stand in one of its texts, in capitals or not."""
        wanted = words.casefold()
        return any(wanted in text.casefold() for text in (self.asked, self.truth, self.base, self.said))


def said_rows(report: WrittenReport) -> list[SaidRow]:
    """The test rows of a run of this workspace, the one that is furthest from its right answer first.

    Raises:
        RunError: the answers are gone.
    """
    folder = workspace().runs / report.run
    try:
        tuned, base = load_texts(folder, MODEL), load_texts(folder, BASE)
    except FileNotFoundError as error:
        raise RunError(N_("The answers of the run {run} are gone. Train it again."), run=report.run) from error
    rows = [
        SaidRow(int(row), *texts)
        for row, *texts in zip(
            *(tuned.rows, tuned.asked, tuned.truth, base.said, tuned.said, report.row_chrf, report.base_row_chrf),
            strict=True,
        )
    ]
    return sorted(rows, key=lambda row: row.chrf)


def as_csv(rows: Sequence[SaidRow], header: Sequence[str]) -> bytes:
    """A CSV file that spreadsheets open as UTF-8, with no cell that they would take for a formula.

    Args:
        rows: what to write; rows are counted from 1 there, as people do.
        header: translated names of row, what was asked, right answer, base model's, this model's, and their two chrF.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in header])
    for row in rows:
        texts = (neutral(text) for text in (row.asked, row.truth, row.base, row.said))
        writer.writerow([row.row + 1, *texts, f"{row.base_chrf:.4f}", f"{row.chrf:.4f}"])
    return out.getvalue().encode("utf-8-sig")
