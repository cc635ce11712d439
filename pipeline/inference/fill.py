"""Filling a file: every row gets a prediction and its confidence, blank cells are filled in on request.

Of a model that writes, the predictions are its answers (``fill_written``). The file's own rows, order and columns stay
as they are. Runs in a worker; knows nothing of jobs.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data.formulas import neutral
from pipeline.data.rewrite import written_format
from pipeline.data.rows import unique_names
from pipeline.data.source import Source, load_source, read_rows, write_back
from pipeline.data.view import is_blank
from pipeline.errors import N_, DataError, RunError, SettingError
from pipeline.inference.cells import joiner, yes_and_no
from pipeline.inference.classify import Classifier
from pipeline.inference.fill_written import unanswered, write_rows
from pipeline.inference.saying import Said, kind_of, read_scores, write_number
from pipeline.runs import bundle as bundles
from pipeline.runs.bundle import BundleInfo
from pipeline.runs.progress import Progress, Silent, Stopped
from pipeline.tasks.task import Inputs, read_inputs

PHASE = N_("Labelling the rows")
PREDICTION, CONFIDENCE = "prediction", "confidence"
LABEL = "label"  # of new cells that are kept by themselves, whatever the file calls the column
# Texts between two signs of progress.
AT_ONCE = 512


@dataclass(frozen=True)
class Filled:
    """What became of a file."""

    rows: int
    filled: int  # blank labels filled in; without ``only_blank`` the rows that got a prediction
    abstained: int  # blank labels that stay blank; without ``only_blank`` the rows without a prediction
    path: Path
    rows_per_second: float  # from the first text to the last answer; loading the model and writing are not in it
    too_long: int = 0  # of the abstained: what is asked leaves the model no room for an answer
    broken_off: int = 0  # of the filled: written answers that were cut at the longest length
    stopped: bool = False  # somebody asked for it, and the answers written until then are kept


@dataclass(frozen=True)
class _Guess:
    said: Said
    read: npt.NDArray[np.bool_]  # [rows] whether there was a text to read


@dataclass(frozen=True)
class _New:
    """What is written into a file."""

    added: dict[str, Sequence[str]]  # new columns
    replaced: dict[str, Sequence[str]]  # columns with the answers, some of their cells filled in
    asked: npt.NDArray[np.bool_]  # [rows] whether an answer was wanted
    sure: npt.NDArray[np.bool_]  # [rows] whether there is one
    looked_at: int  # rows
    seconds: float  # that this took
    too_long: int = 0
    broken_off: int = 0
    stopped: bool = False


@dataclass(frozen=True)
class _How:
    """What somebody wants of the copy."""

    only_blank: bool
    threshold: float
    spreadsheet: bool  # a program may open it that takes some texts for formulas
    device: str


def fill_file(
    bundle: Path,
    source_id: str,
    destination: Path,
    *,
    only_blank: bool = False,
    threshold: float = 0.0,
    progress: Progress | None = None,
    new_cells: Path | None = None,
    device: str = "cpu",
) -> Filled:
    """Write a copy of a Source with the columns ``prediction`` and ``confidence`` for every row.

    Several labels of a row stand in one cell, joined as the file joins them, with the confidence of the least sure one.
    A number has no confidence. An answer that a model writes takes a second or so: with ``only_blank``, rows that have
    one are not asked, and a stop keeps what was written until then. Its confidence is the geometric mean of the
    probabilities of its tokens: how sure the model is of its words, not whether what they say is right. Of whole
    conversations the answer stands in ``prediction`` only.

    Args:
        bundle: a sealed bundle; its text columns must be in the file.
        source_id: the Source.
        destination: what to write; its ending decides the format.
        only_blank: fill the blank cells of the bundle's label column too; where each label has a column, of rows in
            which all of these are blank.
        threshold: from 0 to 1. A row whose confidence is lower keeps its blank, in ``prediction`` as in the label.
            A row with no text never gets one.
        progress: told of the texts that are done; a stop leaves no file, but of a model that writes.
        new_cells: where to keep what is new by itself, for ``filled_rows``; None: nowhere.
        device: on which a model writes: "cpu", "cuda" or "mps". Labels are read off on the CPU, which is quick.

    Raises:
        SettingError: an ending that cannot be written, or a threshold for a number.
        RunError: not a bundle, or its files are damaged.
        DataError: the file lacks one of the bundle's columns.
        Stopped: somebody asked for it.
    """
    kind = written_format(destination)  # before a long wait
    info = _checked(bundle, threshold)
    frame = _cells_of(info, source_id, only_blank)
    fill = _texts if info.format else _labels
    how = _How(only_blank, threshold, kind == "csv", device)
    new = fill(bundle, info, frame, how, progress or Silent())
    destination.parent.mkdir(parents=True, exist_ok=True)
    write_back(source_id, new.added, new.replaced, destination=destination)
    if new_cells is not None:
        _keep(info, new, new_cells)
    return Filled(
        rows=len(frame),
        filled=int((new.asked & new.sure).sum()),
        abstained=int((new.asked & ~new.sure).sum()),
        path=destination,
        rows_per_second=new.looked_at / new.seconds,
        too_long=new.too_long,
        broken_off=new.broken_off,
        stopped=new.stopped,
    )


def filled_rows(source: Source, label: str, new_cells: Path) -> pd.DataFrame:
    """The rows of a filled copy: those of the file, filled in, with prediction and confidence as the last columns.

    The copy itself is not read: there a row that was set aside may now look as wide as the others.

    Args:
        source: what was filled.
        label: the label column; of no account where each label has a column.
        new_cells: where ``fill_file`` kept them.

    Raises:
        DataError: they are gone, or the Source is.
    """
    if not new_cells.is_file():
        raise DataError(N_("The rows of the filled copy of {name} are gone. Fill it again."), name=source.name)
    rows = read_rows(source.id)
    new = pd.read_parquet(new_cells)
    names = unique_names([*source.columns, PREDICTION, CONFIDENCE])[-2:]
    for column in new.columns:
        kind, _, its = str(column).partition(":")
        if kind == LABEL:
            rows[its or label] = new[column].to_numpy()
    for name, column in zip(names, (PREDICTION, CONFIDENCE), strict=True):
        rows[name] = new[column].to_numpy()
    return rows


def waiting(info: BundleInfo, rows: pd.DataFrame) -> "pd.Series[bool]":
    """The rows that wait for an answer.

    Args:
        info: of the bundle that would answer.
        rows: has its columns of answers.
    """
    found = unanswered(info, rows) if info.format else rows[[*info.answers]].apply(is_blank).all(axis=1)
    return pd.Series(found, index=rows.index, dtype=bool)


def _checked(bundle: Path, threshold: float) -> BundleInfo:
    """What a bundle says of itself, once it is whole and has confidences to compare a threshold with."""
    info = bundles.read_info(bundle)
    if not bundles.is_whole(bundle):
        raise RunError(N_("The model {name} is damaged: a file has changed. Train or export it again."), name=info.name)
    if info.pretrained:
        raise SettingError(
            N_("{name} has learned from texts alone and gives no labels. Train labels on it first."), name=info.name
        )
    if threshold and kind_of(info) == "number":
        raise SettingError(N_("A predicted number has no confidence, so there is no threshold for it."))
    return info


def _cells_of(info: BundleInfo, source_id: str, only_blank: bool) -> pd.DataFrame:
    """The columns that a bundle reads, and those with the answers.

    A file to be filled may have none of these; where it has, they say how several labels are written there.
    """
    texts = (*info.text, info.second) if info.second else info.text
    answers = [column for column in info.answers if only_blank or column in load_source(source_id).columns]
    return read_rows(source_id, [*dict.fromkeys([*texts, *answers])])


def _labels(bundle: Path, info: BundleInfo, frame: pd.DataFrame, how: _How, progress: Progress) -> _New:
    """What a model that labels says as cells of the file; where it is not sure enough, these are blank."""
    classifier = Classifier.load(bundle)
    started = time.perf_counter()
    guess = _guess(classifier, read_inputs(info, frame), progress)
    seconds = time.perf_counter() - started
    labels = _written(info, guess.said, frame)
    # A row without text is not answered; columns of yes and no have something to say where no label fits, too.
    sure = guess.read & ~(guess.said.confidence < how.threshold) & ((labels != "") | bool(info.label_columns))
    added = _added(labels, np.where(guess.read, guess.said.confidence, np.nan), sure)
    if not how.only_blank:
        return _New(added, {}, np.ones(len(frame), dtype=bool), sure, len(frame), seconds)
    asked = waiting(info, frame).to_numpy()
    replaced = _filled_in(info, guess.said, labels, frame, asked & sure)
    return _New(added, replaced, asked, sure, len(frame), seconds)


def _texts(bundle: Path, info: BundleInfo, frame: pd.DataFrame, how: _How, progress: Progress) -> _New:
    """What a model that writes answers, as ``_labels``. A stop keeps what there is."""
    asked = waiting(info, frame).to_numpy() if how.only_blank else np.ones(len(frame), dtype=bool)
    started = time.perf_counter()
    written = write_rows(bundle, frame, asked, progress, how.device)
    sure = (written.said != "") & ~(written.likelihood < how.threshold)
    # Unlike labels, which the file has taught it, these are words that nobody has looked at.
    texts = np.array([neutral(text) if how.spreadsheet else text for text in written.said], dtype=object)
    filled_in = how.only_blank and not info.dialogue
    return _New(
        added=_added(texts, written.likelihood, sure),
        replaced={info.label: np.where(asked & sure, texts, frame[info.label]).tolist()} if filled_in else {},
        asked=asked,
        sure=sure,
        looked_at=int(asked.sum()),
        seconds=time.perf_counter() - started,
        too_long=int(written.too_long.sum()),
        broken_off=int((written.broken_off & sure).sum()),
        stopped=written.stopped,
    )


def _added(
    predictions: npt.NDArray[np.str_], confidence: npt.NDArray[np.float64], sure: npt.NDArray[np.bool_]
) -> dict[str, Sequence[str]]:
    """The new columns."""
    return {
        PREDICTION: np.where(sure, predictions, "").tolist(),
        CONFIDENCE: ["" if math.isnan(value) else f"{value:.4f}" for value in confidence],
    }


def _keep(info: BundleInfo, new: _New, path: Path) -> None:
    """Write down what is new by itself, for ``filled_rows``."""
    names = {info.label: LABEL} | {column: f"{LABEL}:{column}" for column in info.label_columns}
    cells = new.added | {names[column]: its for column, its in new.replaced.items()}
    pd.DataFrame(cells, dtype="str").to_parquet(path)


def _written(info: BundleInfo, said: Said, frame: pd.DataFrame) -> npt.NDArray[np.str_]:
    """[rows] what is said as one cell: a label, several as the file joins them, or a number."""
    if kind_of(info) == "number":
        return np.array([write_number(info, number) for number in said.numbers], dtype=object)
    between = joiner(list(frame.get(info.label, [])), info.separators)
    return np.array([between.join(labels) for labels in said.labels], dtype=object)


def _filled_in(
    info: BundleInfo, said: Said, labels: npt.NDArray[np.str_], frame: pd.DataFrame, rows: npt.NDArray[np.bool_]
) -> dict[str, Sequence[str]]:
    """The cells of the columns with the answers: those of ``rows`` are new."""
    if not info.label_columns:
        return {info.label: np.where(rows, labels, frame[info.label]).tolist()}
    columns: dict[str, Sequence[str]] = {}
    for column in info.label_columns:
        yes, no = yes_and_no(frame[column])
        name = info.renamed.get(column, column)
        new = [yes if name in its else no for its in said.labels]
        columns[column] = np.where(rows, np.array(new, dtype=object), frame[column]).tolist()
    return columns


def _guess(classifier: Classifier, inputs: Inputs, progress: Progress) -> _Guess:
    """What the model says of each row; the same text is read once."""
    rows = inputs.rows()
    numbers = {row: number for number, row in enumerate(dict.fromkeys(rows))}
    codes, unique = np.array([numbers[row] for row in rows], dtype=np.int64), list(numbers)
    read = np.array([_says_something(row) for row in unique], dtype=bool)
    scores = np.zeros((len(unique), len(classifier.info.labels)))
    # Texts of similar length together cost the least; a text of spaces says nothing and is not read.
    order = sorted(np.flatnonzero(read).tolist(), key=lambda at: len("".join(unique[at])))
    for start in range(0, len(order), AT_ONCE):
        progress.advance(PHASE, start, len(order))
        if progress.stop_requested():
            raise Stopped({})
        some = order[start : start + AT_ONCE]
        scores[some] = classifier.scores(Inputs.of((unique[at] for at in some), inputs.second is not None))
    progress.advance(PHASE, len(order), len(order))
    return _Guess(read_scores(classifier.info, scores[codes]), read[codes])


def _says_something(texts: tuple[str, ...]) -> bool:
    """Whether there is a text to read; of two that are compared, both."""
    return all(text.strip() for text in texts)
