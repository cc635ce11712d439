"""Datasets: from an imported Source to a frozen Split, in versions that are measured on the same rows."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlmodel import select

from pipeline.data.columns import TESTING
from pipeline.data.source import cell_counts, load_source, read_rows, spread_rows
from pipeline.data.split import load_split, make_split, save_split
from pipeline.data.steps import Step
from pipeline.data.view import View, make_view, view_frame, view_labels
from pipeline.errors import N_, SettingError, UnfitData
from pipeline.runs import store
from pipeline.runs.store import DatasetRow
from pipeline.templates.columns import default_template, read_texts, render

# Fewer than this and hardly any class can be both learned and measured.
ROWS_A_CLASS = 10

# Texts whose length is looked at: more would not change the figure, and of a million it would take seconds.
MEASURED_TEXTS = 20_000


@dataclass(frozen=True)
class Dataset:
    """A Source, how it is read, and its frozen row numbers, under a name."""

    id: str
    name: str
    source: str
    view: View
    split: str
    sample: bool
    created: datetime


@dataclass(frozen=True)
class RowCounts:
    """How many rows a dataset trains on, chooses by, is measured on, and could fill in."""

    train: int
    validation: int
    test: int
    blank: int


@dataclass(frozen=True)
class Summary:
    """What a choice of columns gives, before anything is frozen."""

    rows: int
    labelled: int
    blank: int
    label_counts: tuple[tuple[str, int], ...]  # most frequent first
    lengths: tuple[int, ...]  # characters of the texts of at most MEASURED_TEXTS rows, evenly spread
    singles: tuple[str, ...]  # labels that only one row has


def summarise(source_id: str, text: Sequence[str], label: str) -> Summary:
    """Counts for the sentence and the figures of the Data page; ``label`` may be "" while none is chosen."""
    rows = load_source(source_id).rows
    counts = cell_counts(source_id, label) if label else {}
    filled = [(name, count) for name, count in counts.items() if name.strip()]
    labelled = sum(count for _, count in filled)
    ordered = sorted(filled, key=lambda item: (-item[1], item[0]))
    texts = render(default_template(text), text, spread_rows(source_id, text, MEASURED_TEXTS))
    return Summary(
        rows=rows,
        labelled=labelled,
        blank=rows - labelled,
        label_counts=tuple(ordered),
        lengths=tuple(map(len, texts)),
        singles=tuple(name for name, count in ordered if count == 1),
    )


def create_dataset(
    source_id: str,
    *,
    name: str,
    text: Sequence[str],
    label: str,
    template: str | None = None,
    group: str = "",
    time: str = "",
    test_source_id: str = "",
    test_column: str = "",
    seed: int = 0,
    steps: Sequence[Step] = (),
    sample: bool = False,
) -> Dataset:
    """Freeze a reading of a Source; the same choices give the dataset that is there already, as the newest.

    Args:
        template: how text columns join; None takes the field names and values line by line.
        group: a column whose rows of one value stay on one side of the Split; "" for none.
        time: a column with dates: the newest rows are measured on; "" for none.
        test_source_id: a Source with the same columns whose labelled rows are the test set, kept as given.
        test_column: a column that says "test" (see ``pipeline.data.columns.TESTING``) in the rows of the test set,
            which are kept as given; the other rows are divided into training and validation.
        seed: of the Split, not of training.
        steps: remedies that are to be kept from another version.

    Raises:
        UnfitData: nothing can be learned from this choice of columns, or not measured on these test rows.
        DataError: no such column.
        SettingError: a test file and a test column at once.
    """
    if test_source_id and test_column:
        raise SettingError(N_("The test rows come from a second file or from a column, not from both."))
    template = default_template(text) if template is None else template
    view = make_view(source_id, text, label, template, group=group, time=time, steps=steps)
    rows = _same_reading(view, test_source_id, test_column, seed)
    for row in rows:
        if View.from_json(row.view) == view:
            return _take_up(row)
    # Changed text columns or another template keep the Split, so that all runs are measured on the same rows.
    split = rows[0].split if rows else _freeze(view, test_source_id, test_column, seed)
    with store.session() as session:
        row = DatasetRow(
            id=store.new_id(), name=name, source=source_id, view=dataclasses.asdict(view), split=split, sample=sample
        )
        session.add(row)
    return _dataset(row)


def revise(dataset: Dataset, view: View) -> Dataset:
    """Another version of a dataset: read differently, measured on the same rows unless group or time column is another.

    The version that was made with the same View before is taken up again, as the newest.
    """
    old = load_split(dataset.split)
    divided_alike = (view.group, view.time) == (dataset.view.group, dataset.view.time)
    split = dataset.split if divided_alike else _freeze(view, old.test_source, old.test_column, old.seed)
    with store.session() as session:
        same = session.exec(select(DatasetRow).where(DatasetRow.source == view.source, DatasetRow.split == split)).all()
        row = next((row for row in same if View.from_json(row.view) == view), None)
        if row is None:
            row = DatasetRow(
                id=store.new_id(),
                name=dataset.name,
                source=view.source,
                view=dataclasses.asdict(view),
                split=split,
                sample=dataset.sample,
            )
    return _take_up(row)


def _take_up(row: DatasetRow) -> Dataset:
    """Keep a version as the newest of its dataset."""
    row.created = store.now()
    with store.session() as session:
        session.add(row)
    return _dataset(row)


def _same_reading(view: View, test_source_id: str, test_column: str, seed: int) -> list[DatasetRow]:
    """Datasets that ask the same question of the same rows, divided in the same way; newest first."""
    of_source = select(DatasetRow).where(DatasetRow.source == view.source).order_by(sqlalchemy.desc("created"))
    with store.session() as session:
        rows = session.exec(of_source).all()
    asked = (view.label, view.group, view.time, test_source_id, test_column, str(seed))
    return [row for row in rows if _division(row) == asked]


def _division(row: DatasetRow) -> tuple[str, ...]:
    split = load_split(row.split)
    view = View.from_json(row.view)
    return (view.label, view.group, view.time, split.test_source, split.test_column, str(split.seed))


def _freeze(view: View, test_source_id: str, test_column: str, seed: int) -> str:
    # Rows that are left out get their place, too: whoever takes them back finds them where they would have been.
    whole = view.on(view.source)
    texts, labels = read_texts(whole, view_frame(whole)), list(view_labels(whole))
    if test_source_id:
        test_rows, test_texts = _read_test(view, test_source_id)
    else:
        test_rows, test_texts = _marked_rows(view, test_column, texts, labels), []
    split = make_split(
        view.source,
        texts,
        labels,
        seed=seed,
        groups=_column(view, view.group),
        order=_column(view, view.time),
        test_source=test_source_id,
        test_rows=test_rows,
        test_texts=test_texts,
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
    save_split(dataclasses.replace(split, test_column=test_column))
    return split.id


def get_dataset(id_or_name: str) -> Dataset:
    """The dataset of that id or (newest of that) name. Raises DataError where there is none."""
    return _dataset(store.get_dataset(id_or_name))


def list_datasets() -> tuple[Dataset, ...]:
    """Every dataset in its newest version, newest first; older versions are found by their id."""
    newest: dict[tuple[str, str], DatasetRow] = {}
    for row in _all_rows():
        newest.setdefault(_question(row), row)
    return tuple(map(_dataset, newest.values()))


def delete_dataset(dataset_id: str) -> None:
    """Forget a dataset with all its versions.

    Its runs keep what they measured; the Source goes when no dataset uses it (storage).
    """
    rows = _all_rows()
    asked = {_question(row) for row in rows if row.id == dataset_id}
    with store.session() as session:
        for row in rows:
            if _question(row) in asked:
                session.delete(row)


def row_counts(dataset: Dataset) -> RowCounts:
    """The sizes of the parts of a dataset's Split, and the rows with a blank label."""
    left_out = dataset.view.left_out
    split = load_split(dataset.split).without(left_out)
    blank = int((view_labels(dataset.view).drop(index=sorted(left_out)) == "").sum())
    return RowCounts(len(split.train), len(split.validation), len(split.test), blank)


def _all_rows() -> Sequence[DatasetRow]:
    """Every version of every dataset, newest first."""
    with store.session() as session:
        return session.exec(select(DatasetRow).order_by(sqlalchemy.desc("created"))).all()


def _question(row: DatasetRow) -> tuple[str, str]:
    """What versions of one dataset share: the file, and the column that is to be learned."""
    return row.source, row.view["label"]


def _dataset(row: DatasetRow) -> Dataset:
    return Dataset(row.id, row.name, row.source, View.from_json(row.view), row.split, row.sample, row.created)


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
    if not rows:
        raise UnfitData(
            N_("No row of the test file has a label in {column}, so there is nothing to measure on."),
            column=view.label or ", ".join(view.label_columns),
        )
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
