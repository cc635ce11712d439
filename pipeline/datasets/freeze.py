"""Freezing: the rows of a View are divided, once, and the two are kept together as a version of a dataset.

Knows nothing of jobs, nor of who asks.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import select

from pipeline.data.columns import TESTING
from pipeline.data.source import read_rows
from pipeline.data.split import make_split, save_split
from pipeline.data.view import View, view_frame, view_labels
from pipeline.errors import N_, UnfitData
from pipeline.runs import store
from pipeline.runs.progress import Progress, Silent
from pipeline.runs.store import DatasetRow
from pipeline.templates.columns import read_texts

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
    texts, labels = read_texts(whole, view_frame(whole)), list(view_labels(whole))
    if division.test_source:
        test_rows, test_texts = _read_test(view, division.test_source)
    else:
        test_rows, test_texts = _marked_rows(view, division.test_column, texts, labels), []
    split = make_split(
        view.source,
        texts,
        labels,
        seed=division.seed,
        groups=_column(view, view.group),
        order=_column(view, view.time),
        test_source=division.test_source,
        test_rows=test_rows,
        test_texts=test_texts,
        progress=progress,
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
    save_split(dataclasses.replace(split, test_column=division.test_column))
    return split.id


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


def _read_test(view: View, source_id: str) -> tuple[tuple[int, ...], list[str]]:
    """Row numbers and texts of a brought test file's labelled rows."""
    there = view.on(source_id)
    labels = view_labels(there)
    labels = labels[labels != ""]
    strangers = sorted(set(labels) - set(view.labels))
    if strangers:
        raise UnfitData(
            N_("The test file has labels that the training file does not have: {labels}. Correct or remove them."),
            labels=", ".join(strangers[:5]),
        )
    rows = tuple(int(row) for row in labels.index)
    return rows, read_texts(there, view_frame(there, rows))


def _column(view: View, name: str) -> list[str] | None:
    return list(read_rows(view.source, [name])[name]) if name else None


def _marked_rows(view: View, column: str, texts: Sequence[str], labels: Sequence[str]) -> tuple[int, ...]:
    """Rows with a text and a label that ``column`` sets aside for testing; none where no column does."""
    if not column:
        return ()
    says_test = read_rows(view.source, [column])[column].str.strip().str.casefold().isin(TESTING)
    usable = [row for row, label in enumerate(labels) if label.strip() and texts[row].strip()]
    marked = [row for row in usable if says_test.iloc[row]]
    if not marked:
        raise UnfitData(
            N_("No labelled row says test in the column {column}. Write test or 测试 into the rows to measure on."),
            column=column,
        )
    strangers = sorted({labels[row] for row in marked} - {labels[row] for row in usable if not says_test.iloc[row]})
    if strangers:
        raise UnfitData(
            N_("Only test rows have these labels, so they cannot be learned: {labels}. Mark fewer rows as test."),
            labels=", ".join(strangers[:5]),
        )
    return tuple(marked)
