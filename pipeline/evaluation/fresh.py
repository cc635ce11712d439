"""A bundle measured on another file than its run was: new rows, with labels, from the same kind of work."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.data.source import load_source, read_rows
from pipeline.errors import N_, UnfitData
from pipeline.inference.classify import Classifier
from pipeline.metrics.classification import compute
from pipeline.metrics.intervals import accuracy_interval, macro_f1_interval
from pipeline.runs.bundle import read_info
from pipeline.tasks.task import read_inputs


@dataclass(frozen=True)
class Measured:
    """Figures of a bundle on a file. Fractions from 0 to 1; intervals are (low, high) of 95 %."""

    rows: int  # that were measured
    blank: int  # left out: no label
    unknown: int  # left out: a label that the model has never seen, which it cannot answer
    metrics: dict[str, float]
    intervals: dict[str, tuple[float, float]]


def measure_on(bundle: Path, source_id: str) -> Measured:
    """Classify the labelled rows of a Source and compare.

    Raises:
        DataError: the file lacks one of the bundle's columns.
        UnfitData: no row has a label that the model knows.
    """
    info = read_info(bundle)
    frame = read_rows(source_id, [*dict.fromkeys([*info.text, info.label])])
    labels = frame[info.label].map(lambda label: info.renamed.get(label, label))
    blank = labels.str.strip() == ""
    known = labels.isin(info.labels)
    if not known.any():
        raise UnfitData(
            N_("No row of {name} has a label in {column} that the model knows. It knows: {labels}."),
            name=load_source(source_id).name,
            column=info.label,
            labels=", ".join(info.labels[:20]),
        )
    truth = labels[known].map({label: index for index, label in enumerate(info.labels)}).to_numpy(dtype=np.int64)
    inputs = read_inputs(info, frame[known])
    predicted = Classifier.load(bundle).scores(inputs).argmax(axis=1)
    accuracy, macro_f1 = accuracy_interval(truth, predicted), macro_f1_interval(truth, predicted, len(info.labels))
    return Measured(
        rows=len(truth),
        blank=int(blank.sum()),
        unknown=int((~blank & ~known).sum()),
        metrics=compute(truth, predicted, len(info.labels)),
        intervals={"accuracy": (accuracy.low, accuracy.high), "macro_f1": (macro_f1.low, macro_f1.high)},
    )
