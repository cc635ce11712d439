"""Freezing: the rows of a View are divided, once, and the two are kept together as a version of a dataset.

Knows nothing of jobs, nor of who asks.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import select

from pipeline.data.columns import TESTING, VALIDATING
from pipeline.data.date_order import ORDERS, DateOrder, date_order
from pipeline.data.dates import read_dates
from pipeline.data.report import Finding
from pipeline.data.source import read_rows
from pipeline.data.split import (
    Split,
    Terms,
    load_split,
    make_split,
    make_split_of_answers,
    make_split_of_numbers,
    make_split_of_sets,
    save_split,
)
from pipeline.data.view import (
    View,
    is_labelled,
    view_answers,
    view_frame,
    view_label_sets,
    view_labels,
    view_numbers,
)
from pipeline.errors import N_, UnfitData
from pipeline.runs import store
from pipeline.runs.progress import Progress, Silent
from pipeline.runs.store import DatasetRow
from pipeline.templates.columns import read_whole

# Fewer than this and hardly any class can be both learned and measured.
ROWS_A_CLASS = 10

UNWATCHED = Silent()


@dataclass(frozen=True)
class Division:
    """What decides how rows are divided, besides the View."""

    test_source: str = ""  # a Source with the same columns whose labelled rows are the test set; "" for none
    test_column: str = ""  # a column that says which rows are for testing; "" for none
    seed: int = 0


def freeze(view: View, division: Division, progress: Progress = UNWATCHED) -> str:
    """Divide the rows of a View for good; returns the id of their Split.

    Raises:
        UnfitData: nothing can be learned from these rows, or not measured on these test rows.
        Stopped: somebody asked for it; nothing is kept.
    """
    # Rows that are left out get their place, too: whoever takes them back finds them where they would have been.
    whole = view.on(view.source)
    texts = read_whole(whole, whole.second, view_frame(whole))
    test_rows: Sequence[int] = ()
    test_texts: Sequence[str] = ()
    validation_rows: Sequence[int] = ()
    if division.test_source:
        test_rows, test_texts = _read_test(view, division.test_source)
    elif division.test_column:
        test_rows, validation_rows = _marked_rows(whole, division.test_column, texts)
    split = _divide(whole, texts, division, test_rows, validation_rows, test_texts, progress)
    if view.raw and not (split.validation and split.test):
        raise UnfitData(
            N_("{rows} texts are too few, or too much alike: none is left to measure on. Bring more texts."),
            rows=len(split.train) + len(split.validation) + len(split.test),
        )
    if not split.validation or not split.test:
        raise UnfitData(
            N_(
                "{rows} labelled rows are too few, or too much alike: none is left to choose settings by or to measure "
                "on. Label about {wanted} rows of each class."
            ),
            rows=len(split.train) + len(split.validation) + len(split.test),
            wanted=ROWS_A_CLASS,
        )
    save_split(split)
    return split.id


def still_holds(view: View, before: View, split_id: str) -> bool:
    """Whether all rows of the Split of an earlier View have an answer in this one, also those that it leaves out."""
    if _how_answered(view) == _how_answered(before):
        return True
    split = load_split(split_id)
    here = [row for part in (split.train, split.validation) for row in part]
    there = view if not split.test_source else view.on(split.test_source)
    wanted = ((view, here), (there, list(split.test)))
    return all(is_labelled(reading.on(reading.source), rows).all() for reading, rows in wanted)


def add_version(view: View, split: str, *, name: str, sample: bool) -> DatasetRow:
    """Keep a View with a Split as the newest version of its dataset; one that is there already is taken up again."""
    with store.session() as session:
        same = session.exec(select(DatasetRow).where(DatasetRow.source == view.source, DatasetRow.split == split)).all()
        row = next((row for row in same if View.from_json(row.view) == view), None)
        if row is None:
            row = DatasetRow(
                id=store.new_id(),
                name=name,
                source=view.source,
                view=dataclasses.asdict(view),
                split=split,
                sample=sample,
            )
        row.created = store.now()
        session.add(row)
    return row


def _how_answered(view: View) -> tuple[object, ...]:
    how = view.number, view.written, view.dialogue, view.rejected, view.raw
    return view.label, view.label_columns, view.separators, *how


def _divide(
    view: View,
    texts: Sequence[str],
    division: Division,
    test_rows: Sequence[int],
    validation_rows: Sequence[int],
    test_texts: Sequence[str],
    progress: Progress,
) -> Split:
    """The Split of a View's rows, stratified by whatever its answers are."""
    dates = date_order(view.source, view.time, view.date_order) if view.time else None
    terms = Terms(
        division.seed,
        _column(view, view.group),
        _column(view, view.time),
        dates.order if dates else "",
        division.test_source,
        test_rows,
        validation_rows,
        test_texts,
    )
    if view.written:
        split = make_split_of_answers(view.source, texts, view_answers(view), terms, progress)
    elif view.number:
        split = make_split_of_numbers(view.source, texts, view_numbers(view), terms, progress)
    elif view.several:
        split = make_split_of_sets(view.source, texts, view_label_sets(view), terms, progress)
    else:
        split = make_split(view.source, texts, list(view_labels(view)), terms, progress)
    notes = _notes_on_order(dates, terms.order or ()) if dates else ()
    return dataclasses.replace(split, notes=(*split.notes, *notes), test_column=division.test_column)


def _notes_on_order(dates: DateOrder, cells: Sequence[str]) -> tuple[Finding, ...]:
    """How dates were read that could have been read otherwise."""
    if not dates.example:
        return ()
    rows = sum(day != month for day, month in zip(*(read_dates(cells, order) for order in ORDERS), strict=True))
    values = {
        "cell": dates.example,
        "date": dates.day(dates.order).isoformat(),
        "column": dates.column,
        "rows": str(rows),
    }
    message = N_("Dates in {column} that could be read otherwise: {rows}. {cell} was read as {date}.")
    return (Finding("date_order", rows, message, tuple(values.items())),)


def _read_test(view: View, source_id: str) -> tuple[tuple[int, ...], list[str]]:
    """Row numbers and texts of a brought test file's labelled rows."""
    there = view.on(source_id)
    strangers = sorted(_labels(there) - {*view.labels})
    if strangers:
        raise UnfitData(
            N_("The test file has labels that the training file does not have: {labels}. Correct or remove them."),
            labels=", ".join(strangers[:5]),
        )
    rows = tuple(int(row) for row in np.flatnonzero(is_labelled(there)))
    if not rows:
        raise UnfitData(
            N_("No row of the test file has a label in {column}, so there is nothing to measure on."),
            column=view.label or ", ".join(view.label_columns),
        )
    return rows, read_whole(there, there.second, view_frame(there, rows))


def _labels(view: View, rows: Sequence[int] | None = None) -> set[str]:
    """The labels of these rows; of all where it is None. Numbers and answers to write have none."""
    if view.number or view.written:
        return set()
    return {label for labels in view_label_sets(view, rows) for label in labels or ()}


def _column(view: View, name: str) -> list[str] | None:
    return list(read_rows(view.source, [name])[name]) if name else None


def _marked_rows(view: View, column: str, texts: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows with a text and an answer that ``column`` sets aside for testing, and for validation (() where none is)."""
    said = read_rows(view.source, [column])[column].str.strip().str.casefold()
    says_test = said.isin(TESTING)
    usable = [row for row, its in enumerate(is_labelled(view)) if its and texts[row].strip()]
    marked = [row for row in usable if says_test.iloc[row]]
    if not marked:
        raise UnfitData(
            N_("No labelled row says test in the column {column}. Write test or 测试 into the rows to measure on."),
            column=column,
        )
    others = [row for row in usable if not says_test.iloc[row]]
    strangers = sorted(_labels(view, marked) - _labels(view, others))
    if strangers:
        raise UnfitData(
            N_("Only test rows have these labels, so they cannot be learned: {labels}. Mark fewer rows as test."),
            labels=", ".join(strangers[:5]),
        )
    says_validation = said.isin(VALIDATING)
    return tuple(marked), tuple(row for row in others if says_validation.iloc[row])
