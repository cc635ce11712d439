"""Datasets: from an imported Source to a frozen Split, in versions that are measured on the same rows."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlmodel import select

from pipeline import jobs
from pipeline.actions.bring_file import is_small
from pipeline.data.dates import Order
from pipeline.data.new_view import make_view
from pipeline.data.question import Question
from pipeline.data.source import load_source
from pipeline.data.split import load_split
from pipeline.data.steps import Step
from pipeline.data.view import View, count_labelled
from pipeline.datasets.freeze import Division, add_version, freeze, still_holds
from pipeline.errors import N_, JobError, SettingError
from pipeline.runs import store
from pipeline.runs.progress import Progress, Silent
from pipeline.runs.store import DatasetRow
from pipeline.templates.columns import default_template

LANE = "divide"  # beside training: it takes seconds, and a person waits for it

UNWATCHED = Silent()


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
class Made:
    """A dataset, or the job that makes it. One of the two is set."""

    dataset: Dataset | None = None
    job: str = ""


@dataclass(frozen=True)
class RowCounts:
    """How many rows a dataset trains on, chooses by, is measured on, and could fill in."""

    train: int
    validation: int
    test: int
    blank: int


def make_dataset(
    source_id: str,
    question: Question,
    *,
    name: str,
    template: str | None = None,
    group: str = "",
    time: str = "",
    date_order: Order = "",
    test_source_id: str = "",
    test_column: str = "",
    seed: int = 0,
    steps: Sequence[Step] = (),
) -> Made:
    """As ``create_dataset``, for a page: a large file is divided by a job, so that the server need not."""
    division = _division(test_source_id, test_column, seed)
    view = _read(source_id, question, template, group, time, date_order, steps)
    return _make(view, division, _kept_split(view, division), name=name, sample=False)


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
    written: bool = False,
    dialogue: bool = False,
    rejected: str = "",
    raw: bool = False,
    template: str | None = None,
    group: str = "",
    time: str = "",
    date_order: Order = "",
    test_source_id: str = "",
    test_column: str = "",
    seed: int = 0,
    steps: Sequence[Step] = (),
    sample: bool = False,
    progress: Progress = UNWATCHED,
) -> Dataset:
    """Freeze a reading of a Source; the same choices give the dataset that is there already, as the newest.

    Args:
        text: the text columns.
        label: the label column; "" where ``label_columns`` are given.
        separators: characters between several labels of a cell; "" where a cell is one label.
        label_columns: columns of 0 and 1, each a label.
        second: a column whose texts are compared with the others; "" for none.
        number: the label column holds numbers to predict.
        written: the label column holds answers to write; ``text`` is the instruction, then its input.
        dialogue: of those: ``text`` and ``label`` are one column, which holds whole conversations.
        rejected: of those: a column with a worse answer in each row; "" for none.
        raw: of those: ``text`` and ``label`` are one column of texts that nothing is asked about.
        template: how text columns join; None takes the field names and values line by line.
        group: a column whose rows of one value stay on one side of the Split; "" for none.
        time: a column with dates: the newest rows are measured on; "" for none.
        date_order: what comes first in dates such as 5/1/2024; "" for what the file tells or suggests.
        test_source_id: a Source with the same columns whose labelled rows are the test set, kept as given.
        test_column: a column that says "test" (see ``pipeline.data.columns.TESTING``) in the rows of the test set,
            which are kept as given, and "validation" (VALIDATING) in those of the validation set; without any of the
            latter, the other rows are divided into training and validation.
        seed: of the Split, not of training.
        steps: remedies that are to be kept from another version.
        progress: hears how many texts were compared.

    Raises:
        UnfitData: nothing can be learned from this choice of columns, or not measured on these test rows.
        DataError: no such column.
        SettingError: a test file and a test column at once.
    """
    division = _division(test_source_id, test_column, seed)
    question = Question(
        tuple(text), label, separators, tuple(label_columns), second, number, written, dialogue, rejected, raw
    )
    view = _read(source_id, question, template, group, time, date_order, steps)
    split = _kept_split(view, division) or freeze(view, division, progress)
    return _dataset(add_version(view, split, name=name, sample=sample))


def make_version(dataset: Dataset, view: View) -> Made:
    """Another version of a dataset: read differently, measured on the same rows wherever that can be.

    It cannot where the group or time column or the order of its dates is another, or where the answers are read in a
    way in which rows of the Split have none (the cells of some are no numbers).

    The version that was made with the same View before is taken up again, as the newest. Where the rows of a large file
    have to be divided anew, a job does it.

    Raises:
        UnfitData: rows divided so leave none to measure on.
    """
    divided_alike = _divided_by(view) == _divided_by(dataset.view)
    kept = dataset.split if divided_alike and still_holds(view, dataset.view, dataset.split) else ""
    return _make(view, _division_of(dataset.split), kept, name=dataset.name, sample=dataset.sample)


def divided_name(job_id: str) -> str:
    """What the dataset is called that a job divides.

    Raises:
        JobError: no such job, or it is none that divides rows.
    """
    row = store.get_job(job_id)
    if row.kind != "divide":
        raise JobError(N_("There is no job {job}. It may have been deleted."), job=job_id)
    return str(row.request["name"])


def _make(view: View, division: Division, split: str, *, name: str, sample: bool) -> Made:
    """The dataset; where its rows are not divided yet (``split`` is "") and are many, the job that does it."""
    if not split and not is_small(view.source):
        request = {
            "view": dataclasses.asdict(view),
            "division": dataclasses.asdict(division),
            "name": name,
            "sample": sample,
        }
        return Made(job=jobs.submit("divide", request, lane=LANE))
    split = split or freeze(view, division)
    return Made(dataset=_dataset(add_version(view, split, name=name, sample=sample)))


def _read(
    source_id: str,
    question: Question,
    template: str | None,
    group: str,
    time: str,
    date_order: Order,
    steps: Sequence[Step],
) -> View:
    return make_view(
        source_id,
        question.text,
        question.label,
        default_template(question.text) if template is None else template,
        group=group,
        time=time,
        date_order=date_order,
        separators=question.separators,
        label_columns=question.label_columns,
        second=question.second,
        number=question.number,
        written=question.written,
        dialogue=question.dialogue,
        rejected=question.rejected,
        raw=question.raw,
        steps=steps,
    )


def _division(test_source: str, test_column: str, seed: int) -> Division:
    if test_source and test_column:
        raise SettingError(N_("The test rows come from a second file or from a column, not from both."))
    return Division(test_source, test_column, seed)


def _division_of(split_id: str) -> Division:
    split = load_split(split_id)
    return Division(split.test_source, split.test_column, split.seed)


def _kept_split(view: View, division: Division) -> str:
    """The Split of the dataset that is this one already, or of the newest one whose rows this one can keep; "": none.

    Changed text columns or another template keep the Split, so that all runs are measured on the same rows.
    """
    of_source = select(DatasetRow).where(DatasetRow.source == view.source).order_by(sqlalchemy.desc("created"))
    with store.session() as session:
        rows = session.exec(of_source).all()
    known = [(View.from_json(row.view), row.split) for row in rows]
    alike = [
        (other, split) for other, split in known if _parts(other) == _parts(view) and _division_of(split) == division
    ]
    for other, split in alike:
        if other == view:
            return split
    return alike[0][1] if alike and still_holds(view, *alike[0]) else ""


def _parts(view: View) -> tuple[str, ...]:
    """The columns by which rows are divided: those with the answers, and those that keep rows apart or together."""
    return (*view.answer_columns, *_divided_by(view))


def _divided_by(view: View) -> tuple[str, ...]:
    """What a View says of dividing the rows."""
    return view.group, view.time, view.date_order


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
    blank = load_source(dataset.source).rows - len(left_out) - count_labelled(dataset.view)
    return RowCounts(len(split.train), len(split.validation), len(split.test), blank)


def _all_rows() -> Sequence[DatasetRow]:
    """Every version of every dataset, newest first."""
    with store.session() as session:
        return session.exec(select(DatasetRow).order_by(sqlalchemy.desc("created"))).all()


def _question(row: DatasetRow) -> tuple[str, ...]:
    """What versions of one dataset share: the file, and the columns that are to be learned."""
    return row.source, *View.from_json(row.view).answer_columns


def _dataset(row: DatasetRow) -> Dataset:
    return Dataset(row.id, row.name, row.source, View.from_json(row.view), row.split, row.sample, row.created)
