"""A View: how a person reads a Source. Changing one never touches the Source, so it can be undone."""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data import steps as remedies
from pipeline.data.several import says_yes, split_labels
from pipeline.data.source import Source, cell_counts, load_source, read_rows, spread_rows
from pipeline.data.steps import LEAVE_OUT, Step
from pipeline.errors import N_, UnfitData

# Rows in which a text is looked for before all are read.
LOOKED_AT = 2_000

Rows = Sequence[int] | npt.NDArray[np.int64]  # row numbers of a Source


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

    @property
    def id(self) -> str:
        """Hash of the content."""
        content = json.dumps(dataclasses.asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def several(self) -> bool:
        """Whether a row may have several labels, or none of them."""
        return bool(self.separators or self.label_columns)

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


def make_view(
    source_id: str,
    text: Sequence[str],
    label: str,
    template: str = "",
    *,
    group: str = "",
    time: str = "",
    separators: str = "",
    label_columns: Sequence[str] = (),
    second: str = "",
    steps: Sequence[Step] = (),
) -> View:
    """Read a Source as texts with a label. The label space is ordered by frequency, then by name.

    Labels are the cells as they stand, then renamed by the steps; a cell of spaces counts as blank, which is a row to
    fill in. A row has several labels where ``separators`` stand in its cell, or where there are ``label_columns``
    (``data.several`` guesses both). Texts of the column ``second`` are compared with the others (``data.pairs``).

    Raises:
        UnfitData: a column is missing, the texts or the labels are all blank, or there is one class only.
        DataError: no such Source.
    """
    return _with_labels(
        View(
            source_id,
            tuple(text),
            label,
            (),
            template,
            group,
            steps=tuple(steps),
            time=time,
            separators=separators,
            label_columns=tuple(label_columns),
            second=second,
        )
    )


def with_steps(view: View, steps: Sequence[Step]) -> View:
    """The View after other steps, its label space found anew. Raises UnfitData where nothing is left to learn."""
    return _with_labels(dataclasses.replace(view, steps=tuple(steps)))


def view_frame(view: View, rows: Rows | None = None) -> pd.DataFrame:
    """The text columns of a View's Source, the second one too, as they stand in the file; index: row number.

    Args:
        view: how to read.
        rows: row numbers of the Source, in this order; None for all.
    """
    frame = read_rows(view.source, (*view.text, view.second) if view.second else view.text)
    return frame if rows is None else frame.iloc[list(rows)]


def view_labels(view: View, rows: Rows | None = None) -> "pd.Series[str]":
    """The labels of a View's Source after its steps; "" for a blank one and for a row that is left out.

    Args:
        view: how to read.
        rows: row numbers of the Source, in this order; None for all.

    Raises:
        UnfitData: the View has several labels a row (``view_label_sets`` reads these).
    """
    if view.several:
        raise UnfitData(
            N_("A model with several labels a row cannot be trained yet. Choose a label column with one label a row.")
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

    Args:
        view: how to read.
        rows: row numbers of the Source, in this order; None for all.

    Returns:
        [rows] None for a row that nobody has labelled or that is left out; () for one that has none of the labels.
    """
    if not view.several:
        return [(label,) if label else None for label in view_labels(view, rows)]
    names = remedies.renamed(view.steps)
    frame = read_rows(view.source, view.label_columns or [view.label])
    labelled = ~frame.apply(is_blank).all(axis=1).to_numpy()
    labelled[sorted(view.left_out)] = False
    if view.label_columns:
        yes = frame.apply(says_yes).to_numpy()
        read = [tuple(name for name, its in zip(view.label_columns, row, strict=True) if its) for row in yes]
    else:
        read = [split_labels(cell, view.separators) for cell in frame[view.label]]
    sets = [
        tuple(sorted({names.get(label, label) for label in labels}))
        if known and (labels or view.label_columns)
        else None
        for labels, known in zip(read, labelled, strict=True)
    ]
    return sets if rows is None else [sets[row] for row in rows]


def label_counts(view: View) -> Counter[str]:
    """Rows of each label of a View with one label a row, after its steps; without a look at every row where possible.

    Raises:
        DataError: no such Source, or no such column.
    """
    if view.left_out:
        labels = view_labels(view)
        counted = labels[labels != ""].value_counts()
        return Counter(dict(zip(counted.index, counted.tolist(), strict=True)))
    names = remedies.renamed(view.steps)
    counts: Counter[str] = Counter()
    for cell, rows in cell_counts(view.source, view.label).items():
        if cell.strip():
            counts[names.get(cell, cell)] += rows
    return counts


def is_blank(cells: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether each cell is empty or holds nothing but spaces."""
    return cells.str.strip() == ""


def _with_labels(view: View) -> View:
    """The View with its label space; raises as ``make_view``."""
    source = load_source(view.source)
    label = view.label or ", ".join(view.label_columns)
    _check_columns(source, view)
    if view.several:
        sets = view_label_sets(view)
        counts = Counter(label for labels in sets for label in labels or ())
        labelled = np.array([labels is not None for labels in sets], dtype=bool)
    else:
        counts = label_counts(view)
        labelled = None
    if not counts:
        raise UnfitData(
            N_("The label column {column} in {name} is blank in every row. Label some rows, or choose another column."),
            name=source.name,
            column=label,
        )
    if not _has_text(view, labelled):
        raise UnfitData(
            N_("The text column {column} in {name} is empty in every row that has a label. Choose another column."),
            name=source.name,
            column=", ".join(view.text),
        )
    if len(counts) < 2:
        raise UnfitData(
            N_("The label column {column} in {name} has one class only, {label}: there is nothing to tell apart."),
            name=source.name,
            column=label,
            label=next(iter(counts)),
        )
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return dataclasses.replace(view, labels=tuple(ordered))


def _has_text(view: View, labelled: npt.NDArray[np.bool_] | None) -> bool:
    """Whether some labelled row has a text. Only where none of a few does, all of a million texts are read."""
    if labelled is None:
        few = spread_rows(view.source, (*view.text, view.label), LOOKED_AT)
        few = few[~is_blank(few[view.label]) & ~few.index.isin(sorted(view.left_out))]
        if _holds_text(few[list(view.text)]):
            return True
        labelled = (view_labels(view) != "").to_numpy()
    return _holds_text(view_frame(view)[list(view.text)][labelled])


def _holds_text(cells: pd.DataFrame) -> bool:
    return not all(is_blank(cells[column]).all() for column in cells)


def _check_columns(source: Source, view: View) -> None:
    text, named = view.text, view.label_columns or ((view.label,) if view.label else ())
    if not text:
        raise UnfitData(N_("No text column was chosen in {name}. Choose the column to learn from."), name=source.name)
    if not named:
        raise UnfitData(
            N_("No label column was chosen in {name}. Choose the column with the answers to learn."), name=source.name
        )
    for column in (*text, view.second) if view.second else text:
        if column not in source.columns:
            raise UnfitData(
                N_("{name} has no text column {column}. Its columns are: {columns}."),
                name=source.name,
                column=column,
                columns=", ".join(source.columns),
            )
    for label in named:
        if label not in source.columns:
            raise UnfitData(
                N_("{name} has no label column {column}. Its columns are: {columns}."),
                name=source.name,
                column=label,
                columns=", ".join(source.columns),
            )
        if label in (*text, view.second):
            raise UnfitData(
                N_("{column} cannot be text and label at once in {name}: the answer would stand in the question."),
                name=source.name,
                column=label,
            )
    if view.group and view.group not in source.columns:
        raise UnfitData(
            N_("{name} has no group column {column}. Its columns are: {columns}."),
            name=source.name,
            column=view.group,
            columns=", ".join(source.columns),
        )
    if view.time and view.time not in source.columns:
        raise UnfitData(
            N_("{name} has no column {column} with dates. Its columns are: {columns}."),
            name=source.name,
            column=view.time,
            columns=", ".join(source.columns),
        )
