"""A View: how a person reads a Source. Changing one never touches the Source, so it can be undone.

Whether anything can be learned from it is known to ``data.new_view``, which makes it.
"""

import dataclasses
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data import steps as remedies
from pipeline.data.dates import Order
from pipeline.data.numbers import read_numbers
from pipeline.data.several import says_yes, split_labels
from pipeline.data.source import chosen_rows, combinations, read_rows
from pipeline.data.steps import LEAVE_OUT, Step
from pipeline.data.written import last_answer
from pipeline.errors import N_, UnfitData

# Fields of a View that Views had not from the beginning.
_CAME_LATER = ("number", "date_order", "written", "dialogue", "rejected", "raw")

Rows = Sequence[int] | npt.NDArray[np.int64]  # row numbers of a Source


Answer = tuple[str, ...] | float | None  # labels, each once and sorted, or a number; None: nobody has said


class Tallied(NamedTuple):
    """An answer, the cell of another column beside it ("" where none was asked for), and in how many rows they are."""

    beside: str
    answer: Answer
    rows: int


@dataclass(frozen=True)
class View:
    """Which columns play which part, how text columns join, which remedies apply, and the label space in order."""

    source: str  # id of the Source
    text: tuple[str, ...]  # text columns, in the order of the template
    label: str  # label column; "" where ``label_columns`` hold the labels
    labels: tuple[str, ...]  # label space after the steps, in the order of the model's outputs
    template: str = ""  # "" for one text column: the text is the cell itself; else "{标题}\n业务线：{业务线}"
    group: str = ""  # column whose values never stand on both sides of the Split; "" for none
    id_column: str = ""
    steps: tuple[Step, ...] = ()
    time: str = ""  # column with dates: the newest rows are measured on; "" for none
    separators: str = ""  # characters between several labels of a cell; "": a cell is one label
    label_columns: tuple[str, ...] = ()  # columns of 0 and 1, each a label; () for none
    second: str = ""  # column whose texts stand opposite the others (text pairs); "" for none
    number: bool = False  # the label column holds numbers to predict; ``labels`` is ()
    written: bool = False  # the label column holds answers to write; ``text`` is the instruction, then its input
    rejected: str = ""  # of those: column with the worse one of two answers; "" for none
    dialogue: bool = False  # of those: the one text column, which is the label column too, holds whole conversations
    raw: bool = False  # of those: nothing is asked, the texts of the one text column, which is the label column too
    date_order: Order = ""  # what a person says comes first in dates such as 5/1/2024; "": as ``data.date_order`` finds

    @property
    def id(self) -> str:
        """Hash of the content."""
        content = json.dumps(self.identity, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def identity(self) -> dict[str, Any]:
        """What an id is made of: a field that came later counts only where it says something, so that ids stay."""
        fields = dataclasses.asdict(self)
        return {name: value for name, value in fields.items() if value or name not in _CAME_LATER}

    @property
    def several(self) -> bool:
        """Whether a row may have several labels, or none of them."""
        return bool(self.separators or self.label_columns)

    @property
    def answer_columns(self) -> tuple[str, ...]:
        """The columns that say what a row is."""
        return self.label_columns or ((self.label, self.rejected) if self.rejected else (self.label,))

    @property
    def masks(self) -> tuple[str, ...]:
        """Kinds of personal data that the model does not get to read."""
        return remedies.masked_kinds(self.steps)

    @property
    def left_out(self) -> frozenset[int]:
        """Rows that are neither learned from nor measured on."""
        return remedies.rows_left_out(self.steps)

    def on(self, source_id: str) -> "View":
        """The same reading of another file, such as a test file: of that no row is left out."""
        kept = tuple(step for step in self.steps if step.kind != LEAVE_OUT)
        return dataclasses.replace(self, source=source_id, steps=kept)

    @staticmethod
    def from_json(content: dict[str, Any]) -> "View":
        """A View from ``dataclasses.asdict`` as JSON keeps it (tuples come back as lists)."""
        steps = tuple(
            Step(step["kind"], tuple((k, v) for k, v in step["values"]), step.get("reason", ""))
            for step in content["steps"]
        )
        lists = {key: tuple(content.get(key, ())) for key in ("text", "labels", "label_columns")}
        return View(**{**content, **lists, "steps": steps})


def view_frame(view: View, rows: Rows | None = None) -> pd.DataFrame:
    """The text columns of a View's Source, the second one too, as they stand in the file; index: row number.

    Args:
        view: how to read.
        rows: row numbers of the Source, in this order; None for all.
    """
    columns = (*view.text, view.second) if view.second else view.text
    return read_rows(view.source, columns) if rows is None else chosen_rows(view.source, columns, rows)


def view_labels(view: View, rows: Rows | None = None) -> "pd.Series[str]":
    """The labels of a View's Source after its steps; "" for a blank one and for a row that is left out.

    Args:
        view: how to read.
        rows: row numbers of the Source, in this order; None for all.

    Raises:
        UnfitData: the View has several labels a row (``view_label_sets`` reads these), numbers (``view_numbers``), or
            answers to write (``view_answers``).
    """
    if view.written:
        raise UnfitData(N_("The answers in {column} are texts to write, not classes."), column=view.label)
    if view.number:
        raise UnfitData(N_("The answers in {column} are numbers, not classes."), column=view.label)
    if view.several:
        raise UnfitData(
            N_("This needs one label a row, and these rows have several. Choose a label column with one label a row.")
        )
    cells = read_rows(view.source, [view.label])[view.label]
    left_out = np.zeros(len(cells), bool)
    left_out[sorted(view.left_out)] = True
    labels = cells.mask(is_blank(cells) | left_out, "")
    names = remedies.renamed(view.steps)
    if names:
        labels = labels.map(lambda label: names.get(label, label))
    return labels if rows is None else labels.iloc[list(rows)]


def view_label_sets(view: View, rows: Rows | None = None) -> list[tuple[str, ...] | None]:
    """The labels of every row after the steps, each once and sorted; of a View with one label a row, too.

    Numbers are refused as ``view_labels`` does.

    Args:
        view: how to read.
        rows: row numbers of the Source, in this order; None for all.

    Returns:
        [rows] None for a row that nobody has labelled or that is left out; () for one that has none of the labels.
    """
    if not view.several:
        return [(label,) if label else None for label in view_labels(view, rows)]
    sets = _label_sets(view, read_rows(view.source, view.answer_columns))
    for row in view.left_out:
        sets[row] = None
    return sets if rows is None else [sets[row] for row in rows]


def tally(view: View, beside: str = "") -> tuple[Tallied, ...]:
    """How often which answer stands beside which cell; rows that are left out do not count.

    Of a million rows only the different ones are read, so that a page can wait for it.

    Args:
        view: how to read.
        beside: another column of the Source; "" for none.

    Raises:
        DataError: no such Source, or no such column.
    """
    columns = tuple(dict.fromkeys((*view.answer_columns, beside) if beside else view.answer_columns))
    cells, rows = combinations(view.source, columns, sorted(view.left_out))
    answers: Sequence[Answer]
    if view.written:
        answers = [(said,) if said else None for said in _answers(view, cells)]
    elif view.number:
        answers = [None if math.isnan(number) else number for number in read_numbers(cells[view.label])]
    else:
        answers = _label_sets(view, cells[list(view.answer_columns)])
    others = cells[beside] if beside else [""] * len(cells)
    return tuple(map(Tallied, others, answers, rows))


def _label_sets(view: View, cells: pd.DataFrame) -> list[tuple[str, ...] | None]:
    """As ``view_label_sets`` for rows with these cells in the columns of the answers."""
    names = remedies.renamed(view.steps)
    labelled = ~cells.apply(is_blank).all(axis=1)
    if view.label_columns:
        yes = cells.apply(says_yes).to_numpy()
        read = [tuple(name for name, its in zip(view.label_columns, row, strict=True) if its) for row in yes]
    elif view.separators:
        read = [split_labels(cell, view.separators) for cell in cells[view.label]]
    else:
        read = [(cell,) for cell in cells[view.label]]
    return [
        tuple(sorted({names.get(label, label) for label in labels}))
        if known and (labels or view.label_columns)
        else None
        for labels, known in zip(read, labelled, strict=True)
    ]


def label_counts(tallied: Iterable[Tallied]) -> Counter[str]:
    """Rows of each label."""
    counts: Counter[str] = Counter()
    for one in tallied:
        if isinstance(one.answer, tuple):
            counts.update(dict.fromkeys(one.answer, one.rows))
    return counts


def view_numbers(view: View, rows: Rows | None = None) -> npt.NDArray[np.float64]:
    """The numbers of a View's Source, in the unit of the column.

    Args:
        view: how to read; its ``number`` is set.
        rows: row numbers of the Source, in this order; None for all.

    Returns:
        [rows] nan where the cell is blank or no number, and for a row that is left out.

    Raises:
        UnfitData: the answers of the View are classes.
    """
    if not view.number:
        raise UnfitData(N_("The answers in {column} are classes, not numbers."), column=view.label)
    numbers = np.array(read_numbers(read_rows(view.source, [view.label])[view.label]), dtype=np.float64)
    numbers[sorted(view.left_out)] = np.nan
    return numbers if rows is None else numbers[np.asarray(rows, dtype=np.int64)]


def view_answers(view: View, rows: Rows | None = None) -> list[str]:
    """The texts that a model learns to write, without spaces around them.

    Args:
        view: how to read; its ``written`` is set.
        rows: row numbers of the Source, in this order; None for all.

    Returns:
        [rows] "" where nobody has answered, and for a row that is left out; of a conversation, what is said last. Where
        there are worse answers too, also "" where the row lacks one, or where both are the same.

    Raises:
        UnfitData: the answers of the View are classes or numbers.
    """
    if not view.written:
        raise UnfitData(N_("The answers in {column} are no texts to write."), column=view.label)
    answers = _answers(view, read_rows(view.source, [*dict.fromkeys((view.label, view.rejected or view.label))]))
    for row in view.left_out:
        answers[row] = ""
    return answers if rows is None else [answers[row] for row in rows]


def _answers(view: View, cells: pd.DataFrame) -> list[str]:
    if view.dialogue:
        return [last_answer(cell) for cell in cells[view.label]]
    answers = [cell.strip() for cell in cells[view.label]]
    if not view.rejected:
        return answers
    worse = [cell.strip() for cell in cells[view.rejected]]
    return [answer if other and other != answer else "" for answer, other in zip(answers, worse, strict=True)]


def is_labelled(view: View, rows: Rows | None = None) -> npt.NDArray[np.bool_]:
    """[rows] Whether a row says what it is, in whatever way this View reads it; a row left out does not."""
    if view.written:
        return np.array([bool(answer) for answer in view_answers(view, rows)], dtype=bool)
    if view.number:
        return ~np.isnan(view_numbers(view, rows))
    if not view.several:
        return (view_labels(view, rows) != "").to_numpy()
    return np.array([labels is not None for labels in view_label_sets(view, rows)], dtype=bool)


def count_labelled(view: View) -> int:
    """Rows that say what they are, as ``is_labelled`` has it."""
    return sum(one.rows for one in tally(view) if one.answer is not None)


def is_blank(cells: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether each cell is empty or holds nothing but spaces."""
    return cells.str.strip() == ""
