"""Freezing the Split of a View: its rows with their texts and answers, the test rows that a person has set aside."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from pipeline.data.columns import TESTING
from pipeline.data.source import read_rows
from pipeline.data.split import Split, load_split, make_split, make_split_of_numbers, make_split_of_sets, save_split
from pipeline.data.view import View, is_labelled, view_frame, view_label_sets, view_labels, view_numbers
from pipeline.errors import N_, UnfitData
from pipeline.templates.columns import read_whole

# Fewer than this and hardly any class can be both learned and measured.
ROWS_A_CLASS = 10


def freeze(view: View, test_source_id: str, test_column: str, seed: int) -> str:
    """Divide the rows of a View; returns the id of the Split.

    Raises:
        UnfitData: too few rows to measure on, or test rows with labels that cannot be learned.
    """
    # Rows that are left out get their place, too: whoever takes them back finds them where they would have been.
    whole = view.on(view.source)
    texts = read_whole(whole, whole.second, view_frame(whole))
    if test_source_id:
        test_rows, test_texts = _read_test(view, test_source_id)
    else:
        test_rows, test_texts = _marked_rows(whole, test_column, texts), []
    split = _divide(whole, texts, seed, test_source_id, test_rows, test_texts)
    if not split.validation or not split.test:
        raise UnfitData(
            N_(
                "{rows} labelled rows are too few, or too much alike: none is left to choose settings by or to measure "
                "on. Label about {wanted} rows of each class."
            ),
            rows=len(split.train) + len(split.validation) + len(split.test),
            wanted=ROWS_A_CLASS,
        )
    save_split(dataclasses.replace(split, test_column=test_column))
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


def _how_answered(view: View) -> tuple[object, ...]:
    return view.label, view.label_columns, view.separators, view.number


def _divide(
    view: View,
    texts: Sequence[str],
    seed: int,
    test_source: str,
    test_rows: Sequence[int],
    test_texts: Sequence[str],
) -> Split:
    """The Split of a View's rows, stratified by whatever its answers are."""
    groups, order = _column(view, view.group), _column(view, view.time)
    if view.number:
        return make_split_of_numbers(
            view.source,
            texts,
            view_numbers(view),
            seed=seed,
            groups=groups,
            order=order,
            test_source=test_source,
            test_rows=test_rows,
            test_texts=test_texts,
        )
    if view.several:
        return make_split_of_sets(
            view.source,
            texts,
            view_label_sets(view),
            seed=seed,
            groups=groups,
            order=order,
            test_source=test_source,
            test_rows=test_rows,
            test_texts=test_texts,
        )
    return make_split(
        view.source,
        texts,
        list(view_labels(view)),
        seed=seed,
        groups=groups,
        order=order,
        test_source=test_source,
        test_rows=test_rows,
        test_texts=test_texts,
    )


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
    return rows, read_whole(there, there.second, view_frame(there, rows))


def _labels(view: View, rows: Sequence[int] | None = None) -> set[str]:
    """The labels of these rows; of all where it is None. Numbers have none."""
    if view.number:
        return set()
    return {label for labels in view_label_sets(view, rows) for label in labels or ()}


def _column(view: View, name: str) -> list[str] | None:
    return list(read_rows(view.source, [name])[name]) if name else None


def _marked_rows(view: View, column: str, texts: Sequence[str]) -> tuple[int, ...]:
    """Rows with a text and a label that ``column`` sets aside for testing; none where no column does."""
    if not column:
        return ()
    says_test = read_rows(view.source, [column])[column].str.strip().str.casefold().isin(TESTING)
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
    return tuple(marked)
