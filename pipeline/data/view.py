"""A View: how a person reads a Source. Changing one never touches the Source, so it can be undone."""

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.data.source import Source, load_source, read_rows
from pipeline.errors import N_, UnfitData


@dataclass(frozen=True)
class Step:
    """One remedy, carried out in order: ``kind`` names it, ``values`` are its arguments (JSON values)."""

    kind: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class View:
    """Which columns play which part, how text columns join, which remedies apply, and the label space in order."""

    source: str  # id of the Source
    text: tuple[str, ...]  # text columns, in the order of the template
    label: str  # label column
    labels: tuple[str, ...]  # label space, in the order of the model's outputs
    template: str = ""  # "" for one text column: the text is the cell itself; else "{标题}\n业务线：{业务线}"
    group: str = ""  # column whose values never stand on both sides of the Split; "" for none
    id_column: str = ""
    steps: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """Hash of the content."""
        content = json.dumps(dataclasses.asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @staticmethod
    def from_json(content: dict[str, Any]) -> "View":
        """A View from ``dataclasses.asdict`` as JSON keeps it (tuples come back as lists)."""
        steps = tuple(Step(step["kind"], tuple((k, v) for k, v in step["values"])) for step in content["steps"])
        lists = {key: tuple(content[key]) for key in ("text", "labels")}
        return View(**{**content, **lists, "steps": steps})


def make_view(source_id: str, text: Sequence[str], label: str, template: str = "") -> View:
    """Read a Source as texts with a label. The label space is ordered by frequency, then by name.

    Labels are the cells as they stand; a cell of spaces counts as blank, which is a row to fill in.

    Raises:
        UnfitData: a column is missing, the texts or the labels are all blank, or there is one class only.
        DataError: no such Source.
    """
    source = load_source(source_id)
    _check_columns(source, text, label)
    rows = read_rows(source_id, [*text, label])
    labelled = rows[~is_blank(rows[label])]
    if labelled.empty:
        raise UnfitData(
            N_("The label column {column} in {name} is blank in every row. Label some rows, or choose another column."),
            name=source.name,
            column=label,
        )
    if all(is_blank(labelled[column]).all() for column in text):
        raise UnfitData(
            N_("The text column {column} in {name} is empty in every row that has a label. Choose another column."),
            name=source.name,
            column=", ".join(text),
        )
    counts = Counter(labelled[label])
    if len(counts) < 2:
        raise UnfitData(
            N_("The label column {column} in {name} has one class only, {label}: there is nothing to tell apart."),
            name=source.name,
            column=label,
            label=next(iter(counts)),
        )
    labels = sorted(counts, key=lambda name: (-counts[name], name))
    return View(source.id, tuple(text), label, tuple(labels), template)


def view_frame(view: View, rows: Sequence[int] | None = None) -> pd.DataFrame:
    """What a View shows of its Source.

    Args:
        view: how to read.
        rows: row numbers of the Source, in this order; None for all.

    Returns:
        One column for each text column, under its name, and the label under "label" ("" for blank); index: row number.
        A text column that is itself called "label" stands before it, so address columns by position.
    """
    frame = read_rows(view.source, [*view.text, view.label])
    frame.columns = pd.Index([*view.text, "label"])
    label = frame.iloc[:, -1]
    frame.isetitem(len(view.text), label.mask(is_blank(label), "").array)
    return frame if rows is None else frame.iloc[list(rows)]


def is_blank(cells: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether each cell is empty or holds nothing but spaces."""
    return cells.str.strip() == ""


def _check_columns(source: Source, text: Sequence[str], label: str) -> None:
    if not text:
        raise UnfitData(N_("No text column was chosen in {name}. Choose the column to learn from."), name=source.name)
    if not label:
        raise UnfitData(
            N_("No label column was chosen in {name}. Choose the column with the answers to learn."), name=source.name
        )
    for column in text:
        if column not in source.columns:
            raise UnfitData(
                N_("{name} has no text column {column}. Its columns are: {columns}."),
                name=source.name,
                column=column,
                columns=", ".join(source.columns),
            )
    if label not in source.columns:
        raise UnfitData(
            N_("{name} has no label column {column}. Its columns are: {columns}."),
            name=source.name,
            column=label,
            columns=", ".join(source.columns),
        )
    if label in text:
        raise UnfitData(
            N_("{column} cannot be text and label at once in {name}: the answer would stand in the question."),
            name=source.name,
            column=label,
        )
