"""What a bundle's scores say: one label, several, or a number, and how sure that is. Knows no model and no file."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.runs.answers import Kind, set_confidence
from pipeline.runs.bundle import BundleInfo
from pipeline.tasks.task import Scores

# Digits of a predicted number, counted from the largest of the range that training saw.
DIGITS = 4


@dataclass(frozen=True)
class Said:
    """What a model says of n rows."""

    labels: tuple[tuple[str, ...], ...]  # of a class the one; of several those from their threshold on; () for a number
    numbers: npt.NDArray[np.float64]  # [n] nan for labels
    confidence: npt.NDArray[np.float64]  # [n] of the label, or the least sure of several, from 0 to 1; nan for a number


def kind_of(info: BundleInfo) -> Kind:
    """What the answer of a row is."""
    if info.number_range:
        return "number"
    return "labels" if info.thresholds else "class"


def read_scores(info: BundleInfo, scores: Scores) -> Said:
    """What [n, outputs] scores of a bundle say."""
    rows, kind = len(scores), kind_of(info)
    if kind == "number":
        return Said(((),) * rows, scores[:, 0], np.full(rows, np.nan))
    if kind == "labels":
        chosen = scores >= np.array(info.thresholds)
        labels = tuple(tuple(info.labels[at] for at in np.flatnonzero(row)) for row in chosen)
        return Said(labels, np.full(rows, np.nan), set_confidence(scores, chosen))
    best = scores.argmax(axis=1)
    return Said(tuple((info.labels[at],) for at in best), np.full(rows, np.nan), scores.max(axis=1))


def write_number(info: BundleInfo, number: float) -> str:
    """A predicted number as a cell holds it: with as many decimals as the numbers of the training rows bear."""
    low, high = info.number_range
    decimals = DIGITS - 1 - math.floor(math.log10(high - low)) if high > low else DIGITS
    written = f"{number:.{max(0, decimals)}f}"
    return written.removeprefix("-") if float(written) == 0 else written
