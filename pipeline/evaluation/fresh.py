"""A bundle measured on another file than its run was: new rows, with their answers, from the same kind of work.

Of a model that writes see ``fresh_texts``, of one that has learned from texts alone ``fresh_reading``.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.data.numbers import read_numbers
from pipeline.data.several import says_yes, split_labels
from pipeline.data.source import load_source, read_rows
from pipeline.data.view import is_blank
from pipeline.errors import N_, UnfitData
from pipeline.evaluation import number_report, pretraining_report, set_report, written_report
from pipeline.evaluation.fresh_reading import surprise_fresh
from pipeline.evaluation.fresh_texts import write_fresh
from pipeline.evaluation.report import class_scores
from pipeline.inference.classify import Classifier
from pipeline.inference.saying import kind_of
from pipeline.metrics.intervals import Interval
from pipeline.runs.answers import Answers
from pipeline.runs.bundle import BundleInfo, read_info
from pipeline.tasks.task import read_inputs


@dataclass(frozen=True)
class Measured:
    """Figures of a bundle on a file: fractions from 0 to 1, or errors in the unit of the column.

    Intervals are (low, high) of 95 %.
    """

    rows: int  # that were measured
    blank: int  # left out: no answer
    unknown: int  # left out: a label that the model has never seen, which it cannot answer, or no number
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]


def measure_on(bundle: Path, source_id: str) -> Measured:
    """Answer the labelled rows of a Source and compare.

    Raises:
        DataError: the file lacks one of the bundle's columns.
        UnfitData: no row has an answer that the model could give, or, of one that writes, any answer.
    """
    info = read_info(bundle)
    if info.pretrained:
        return _of_reading(bundle, info, source_id)
    if info.format:
        return _of_texts(bundle, info, source_id)
    texts = (*info.text, info.second) if info.second else info.text
    frame = read_rows(source_id, [*dict.fromkeys([*texts, *info.answers])])
    blank = frame[[*info.answers]].apply(is_blank).all(axis=1).to_numpy()
    truth, known = _truth(info, frame)
    known &= ~blank
    if not known.any():
        name, column = load_source(source_id).name, ", ".join(info.answers)
        if kind_of(info) == "number":
            raise UnfitData(N_("No row of {name} has a number in {column}."), name=name, column=column)
        raise UnfitData(
            N_("No row of {name} has a label in {column} that the model knows. It knows: {labels}."),
            name=name,
            column=column,
            labels=", ".join(info.labels[:20]),
        )
    scores = Classifier.load(bundle).scores(read_inputs(info, frame[known]))
    answers = Answers(np.flatnonzero(known), truth[known], scores, info.labels, info.thresholds)
    figures = _figures(answers)
    return Measured(
        rows=int(known.sum()),
        blank=int(blank.sum()),
        unknown=int((~blank & ~known).sum()),
        metrics={name: figure.value for name, figure in figures.items()},
        intervals={name: (figure.low, figure.high) for name, figure in figures.items()},
    )


def _of_texts(bundle: Path, info: BundleInfo, source_id: str) -> Measured:
    answered = write_fresh(bundle, info, source_id)
    figures = vars(written_report.scores_of(answered.answers))
    return Measured(
        rows=len(answered.answers.rows),
        blank=answered.blank,
        unknown=0,
        metrics={name: figure.value for name, figure in figures.items()},
        intervals={name: (figure.low, figure.high) for name, figure in figures.items()},
    )


def _of_reading(bundle: Path, info: BundleInfo, source_id: str) -> Measured:
    found, blank = surprise_fresh(bundle, info, source_id)
    scores = pretraining_report.scores_of(found, foretells=bool(info.format))
    figures = pretraining_report.figures_of(scores)
    return Measured(
        rows=len(found.rows),
        blank=blank,
        unknown=0,
        metrics={name: figure.value for name, figure in figures.items()},
        intervals={name: (figure.low, figure.high) for name, figure in figures.items()},
    )


def _truth(info: BundleInfo, frame: pd.DataFrame) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """The answers of all rows as ``Answers`` has them, and whether each is one that the model could give."""
    if kind_of(info) == "number":
        numbers = read_numbers(frame[info.label]).to_numpy()
        return numbers, ~np.isnan(numbers)
    places = {label: at for at, label in enumerate(info.labels)}
    sets = [{info.renamed.get(label, label) for label in its} for its in _labels(info, frame)]
    known = np.array([all(label in places for label in its) for its in sets], dtype=bool)
    if kind_of(info) == "labels":
        truth = np.zeros((len(sets), len(places)), dtype=np.float32)
        for row, its in enumerate(sets):
            truth[row, [places[label] for label in its if label in places]] = 1
        return truth, known
    return np.array([places.get(next(iter(its), ""), -1) for its in sets], dtype=np.int64), known


def _labels(info: BundleInfo, frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The labels of every row, as the file has them."""
    if info.label_columns:
        yes = frame[[*info.label_columns]].apply(says_yes).to_numpy()
        return [tuple(info.label_columns[at] for at in np.flatnonzero(row)) for row in yes]
    if info.separators:
        return [split_labels(cell, info.separators) for cell in frame[info.label]]
    return [(cell,) for cell in frame[info.label]]


def _figures(answers: Answers) -> dict[str, Interval]:
    if answers.kind == "number":
        return vars(number_report.scores_of(answers))
    if answers.kind == "labels":
        return vars(set_report.scores_of(answers))
    return vars(class_scores(answers, len(answers.labels)))
