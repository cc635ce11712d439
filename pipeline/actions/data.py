"""Datasets: from an imported Source to a frozen Split, in versions that are measured on the same rows."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlmodel import select

from pipeline.actions.dividing import freeze, still_holds
from pipeline.data.split import load_split
from pipeline.data.steps import Step
from pipeline.data.view import View, is_labelled, make_view
from pipeline.errors import N_, SettingError
from pipeline.runs import store
from pipeline.runs.store import DatasetRow
from pipeline.templates.columns import default_template


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


def create_dataset(
    source_id: str,
    *,
    name: str,
    text: Sequence[str],
    label: str,
    separators: str = "",
    label_columns: Sequence[str] = (),
    second: str = "",
    number: bool = False,
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
        text: the text columns.
        label: the label column; "" where ``label_columns`` are given.
        separators: characters between several labels of a cell; "" where a cell is one label.
        label_columns: columns of 0 and 1, each a label.
        second: a column whose texts are compared with the others; "" for none.
        number: the label column holds numbers to predict.
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
    view = make_view(
        source_id,
        text,
        label,
        template,
        group=group,
        time=time,
        separators=separators,
        label_columns=label_columns,
        second=second,
        number=number,
        steps=steps,
    )
    rows = _same_reading(view, test_source_id, test_column, seed)
    for row in rows:
        if View.from_json(row.view) == view:
            return _take_up(row)
    # Changed text columns or another template keep the Split, so that all runs are measured on the same rows.
    held = bool(rows) and still_holds(view, View.from_json(rows[0].view), rows[0].split)
    split = rows[0].split if held else freeze(view, test_source_id, test_column, seed)
    with store.session() as session:
        row = DatasetRow(
            id=store.new_id(), name=name, source=source_id, view=dataclasses.asdict(view), split=split, sample=sample
        )
        session.add(row)
    return _dataset(row)


def revise(dataset: Dataset, view: View) -> Dataset:
    """Another version of a dataset: read differently, measured on the same rows wherever that can be.

    It cannot where the group or time column is another, or where the answers are read in a way in which rows of the
    Split have none (the cells of some are no numbers).

    The version that was made with the same View before is taken up again, as the newest.
    """
    old = load_split(dataset.split)
    divided_alike = (view.group, view.time) == (dataset.view.group, dataset.view.time)
    kept = divided_alike and still_holds(view, dataset.view, dataset.split)
    split = dataset.split if kept else freeze(view, old.test_source, old.test_column, old.seed)
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
    asked = (*_answers(view), view.group, view.time, test_source_id, test_column, str(seed))
    return [row for row in rows if _division(row) == asked]


def _division(row: DatasetRow) -> tuple[str, ...]:
    split = load_split(row.split)
    view = View.from_json(row.view)
    return (*_answers(view), view.group, view.time, split.test_source, split.test_column, str(split.seed))


def _answers(view: View) -> tuple[str, ...]:
    """The columns with the answers. How their cells are read may change from version to version."""
    return view.label_columns or (view.label,)


def get_dataset(id_or_name: str) -> Dataset:
    """The dataset of that id or (newest of that) name. Raises DataError where there is none."""
    return _dataset(store.get_dataset(id_or_name))


def list_datasets() -> tuple[Dataset, ...]:
    """Every dataset in its newest version, newest first; older versions are found by their id."""
    newest: dict[tuple[str, ...], DatasetRow] = {}
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
    labelled = is_labelled(dataset.view)
    blank = len(labelled) - len(left_out) - int(labelled.sum())
    return RowCounts(len(split.train), len(split.validation), len(split.test), blank)


def _all_rows() -> Sequence[DatasetRow]:
    """Every version of every dataset, newest first."""
    with store.session() as session:
        return session.exec(select(DatasetRow).order_by(sqlalchemy.desc("created"))).all()


def _question(row: DatasetRow) -> tuple[str, ...]:
    """What versions of one dataset share: the file, and the columns that are to be learned."""
    return row.source, *_answers(View.from_json(row.view))


def _dataset(row: DatasetRow) -> Dataset:
    return Dataset(row.id, row.name, row.source, View.from_json(row.view), row.split, row.sample, row.created)
