"""A View is made: whether anything can be learned from these columns of a Source, and the label space in order."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data.dates import Order
from pipeline.data.source import Source, load_source, spread_rows
from pipeline.data.steps import Step
from pipeline.data.view import (
    View,
    is_blank,
    is_labelled,
    label_counts,
    tally,
    view_frame,
    view_numbers,
)
from pipeline.errors import N_, UnfitData

# Rows in which a text is looked for before all are read.
LOOKED_AT = 2_000


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
    number: bool = False,
    written: bool = False,
    dialogue: bool = False,
    rejected: str = "",
    raw: bool = False,
    date_order: Order = "",
    steps: Sequence[Step] = (),
) -> View:
    """Read a Source as texts with a label. The label space is ordered by frequency, then by name.

    Labels are the cells as they stand, then renamed by the steps; a cell of spaces counts as blank, which is a row to
    fill in. A row has several labels where ``separators`` stand in its cell, or where there are ``label_columns``
    (``data.several`` guesses both). Texts of the column ``second`` are compared with the others (``data.pairs``).
    Where ``number`` is set, the cells are amounts (``data.numbers``), where ``written`` is, they are texts to write
    (``data.written``), whole conversations in ``text`` itself with ``dialogue``, the better ones of two where there is
    a column ``rejected``, and texts that nothing is asked about with ``raw``; then there is no label space.

    Raises:
        UnfitData: no row, a missing column, texts or labels that are all blank, one class or number only, or numbers
            that are asked for beside several labels.
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
            number=number,
            written=written,
            dialogue=dialogue,
            rejected=rejected,
            raw=raw,
            date_order=date_order if time else "",
        )
    )


def with_steps(view: View, steps: Sequence[Step]) -> View:
    """The View after other steps, its label space found anew. Raises UnfitData where nothing is left to learn."""
    return _with_labels(dataclasses.replace(view, steps=tuple(steps)))


def _with_labels(view: View) -> View:
    """The View with its label space; raises as ``make_view``."""
    source = load_source(view.source)
    _refuse_without_rows(source)
    label = view.label or ", ".join(view.label_columns)
    _check_columns(source, view)
    if view.number:
        _check_numbers(source, view)
        return dataclasses.replace(view, labels=())
    if view.written:
        _check_written(source, view)
        return dataclasses.replace(view, labels=())
    counts = label_counts(tally(view))
    labelled = is_labelled(view) if view.several else None
    if not counts:
        raise UnfitData(
            N_("The label column {column} in {name} is blank in every row. Label some rows, or choose another column."),
            name=source.name,
            column=label,
        )
    _check_text(source, view, labelled)
    if len(counts) < 2:
        raise UnfitData(
            N_("The label column {column} in {name} has one class only, {label}: there is nothing to tell apart."),
            name=source.name,
            column=label,
            label=next(iter(counts)),
        )
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    return dataclasses.replace(view, labels=tuple(ordered))


def _check_numbers(source: Source, view: View) -> None:
    if view.several:
        raise UnfitData(
            N_("{name} cannot be read as numbers and as several labels at once. Choose one of them."), name=source.name
        )
    numbers = view_numbers(view)
    labelled = ~np.isnan(numbers)
    if not labelled.any():
        raise UnfitData(
            N_("The column {column} in {name} holds no number, such as 3 or 4.5. Choose another column."),
            name=source.name,
            column=view.label,
        )
    _check_text(source, view, labelled)
    if len(np.unique(numbers[labelled])) < 2:
        raise UnfitData(
            N_("The column {column} in {name} has one number only, {number}: there is nothing to tell apart."),
            name=source.name,
            column=view.label,
            number=f"{numbers[labelled][0]:g}",
        )


def _check_written(source: Source, view: View) -> None:
    answered = is_labelled(view)
    if not answered.any():
        if view.rejected:
            raise UnfitData(
                N_("No row of {name} has two different answers, one in {column} and a worse one in {other}."),
                name=source.name,
                column=view.label,
                other=view.rejected,
            )
        message = N_("The column {column} in {name} holds no answer. Write some, or choose another column.")
        if view.dialogue:
            message = N_(
                "No cell of {column} in {name} is a conversation that ends with an answer. Choose another column."
            )
        if view.raw:
            message = N_("The column {column} in {name} holds no text. Choose another column.")
        raise UnfitData(message, name=source.name, column=view.label)
    _check_text(source, view, answered)


def _check_text(source: Source, view: View, labelled: npt.NDArray[np.bool_] | None) -> None:
    if not _has_text(view, labelled):
        raise UnfitData(
            N_("The text column {column} in {name} is empty in every row that has a label. Choose another column."),
            name=source.name,
            column=", ".join(view.text),
        )


def _refuse_without_rows(source: Source) -> None:
    """Raises UnfitData for a table of column names alone, or one of which no row could be read."""
    if source.rows:
        return
    if source.report.rows_set_aside:
        raise UnfitData(
            N_("None of the {rows} rows of {name} could be read. Correct those set aside, and bring it again."),
            name=source.name,
            rows=source.report.rows_set_aside,
        )
    raise UnfitData(
        N_("{name} has column names and no rows below them. Fill in rows, or export the table again, and bring that."),
        name=source.name,
    )


def _has_text(view: View, labelled: npt.NDArray[np.bool_] | None) -> bool:
    """Whether some labelled row has a text. Only where none of a few does, all of a million texts are read.

    Args:
        view: how to read.
        labelled: [rows] which rows have an answer; None where that has to be read, of a View with one label a row.
    """
    few = spread_rows(view.source, (*view.text, view.label) if labelled is None else view.text, LOOKED_AT)
    if labelled is None:
        answered = ~is_blank(few[view.label]) & ~few.index.isin(sorted(view.left_out))
    else:
        answered = pd.Series(labelled[few.index], index=few.index)
    if _holds_text(few.loc[answered, list(view.text)]):
        return True
    if labelled is None:
        labelled = is_labelled(view)
    return _holds_text(view_frame(view)[list(view.text)][labelled])


def _holds_text(cells: pd.DataFrame) -> bool:
    return not all(is_blank(cells[column]).all() for column in cells)


def _check_columns(source: Source, view: View) -> None:
    if not view.text:
        raise UnfitData(N_("No text column was chosen in {name}. Choose the column to learn from."), name=source.name)
    if view.raw and len(view.text) != 1:
        raise UnfitData(N_("Texts alone stand in one column of {name}: choose it, and no other."), name=source.name)
    texts = (*view.text, view.second) if view.second else view.text
    for column in texts:
        _require(source, column, N_("{name} has no text column {column}. Its columns are: {columns}."))
    answers = view.label_columns or tuple(filter(None, (view.label, view.rejected)))
    if not answers:
        raise UnfitData(
            N_("No label column was chosen in {name}. Choose the column with the answers to learn."), name=source.name
        )
    for column in answers:
        _require(source, column, N_("{name} has no label column {column}. Its columns are: {columns}."))
        if column in texts and not (view.dialogue or view.raw):
            raise UnfitData(
                N_("{column} cannot be text and label at once in {name}: the answer would stand in the question."),
                name=source.name,
                column=column,
            )
    if view.group:
        _require(source, view.group, N_("{name} has no group column {column}. Its columns are: {columns}."))
    if view.time:
        _require(source, view.time, N_("{name} has no column {column} with dates. Its columns are: {columns}."))


def _require(source: Source, column: str, message: str) -> None:
    """Raises UnfitData with ``message`` where the Source lacks the column."""
    if column not in source.columns:
        raise UnfitData(message, name=source.name, column=column, columns=", ".join(source.columns))
