"""Labels that change with time: then a test on rows of all ages promises more than the newest ones keep."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.check.compose import EXAMPLES, excerpt
from pipeline.check.finding import CheckFinding, Example, Remedy, Severity
from pipeline.check.material import Material
from pipeline.data.date_order import date_order
from pipeline.data.dates import read_dates
from pipeline.data.split import TEST_SHARE
from pipeline.errors import N_

# A column of dates: most labelled rows have one.
DATED_SHARE = 0.9

# Fewer rows tell no mix of labels.
FEWEST_ROWS = 100

# Share of the newest rows that would have to be labelled otherwise to look like the older ones; and so many times as
# far from what shuffled rows give as these differ among themselves.
CLEARLY = 0.1
DEVIATIONS = 5
SHUFFLES = 20


def find_drift(material: Material) -> Iterator[CheckFinding]:
    """Columns with dates by which the newest rows are labelled otherwise, as long as the Split goes by none."""
    if material.view.time or len(material.labelled) < FEWEST_ROWS:
        return
    for described in material.profiles:
        if described.kind != "date":
            continue
        cells = material.column(described.name)
        order = date_order(material.view.source, described.name).order
        dates = read_dates(cells.iloc[material.labelled].tolist(), order)
        dated = [(date, row) for date, row in zip(dates, material.labelled, strict=True) if date is not None]
        if len(dated) < DATED_SHARE * len(material.labelled):
            continue
        rows = [row for _, row in sorted(dated)]
        share = _drift([material.classes[row] for row in rows])
        if not share:
            continue
        yield CheckFinding(
            kind="drift",
            severity=Severity.WARNING,
            rows=round(share * TEST_SHARE * len(rows)),
            message=N_(
                "The labels change with time ({column}): {share} of the newest rows differ from the older ones."
            ),
            why=N_(
                "The model will meet rows that are newer still. A test on rows of all ages promises more than these "
                "keep; a test on the newest rows does not."
            ),
            values=(("column", described.name), ("share", f"{share:.0%}")),
            examples=tuple(
                Example((row,), excerpt(material.texts[row]), f"{cells.iloc[row]}: {material.labels[row]}")
                for row in rows[: -EXAMPLES - 1 : -1]
            ),
            remedies=(
                Remedy(
                    N_("Measure on the newest rows, by {column}"),
                    replace(material.view, time=described.name),
                    (("column", described.name),),
                ),
            ),
        )


def _drift(labels: Sequence[str]) -> float:
    """How far the newest labels are from the older ones, from 0 to 1 (total variation); 0 where it may be chance.

    Args:
        labels: the oldest first.
    """
    numbers, classes = pd.factorize(np.array(labels, object))
    newest = round(TEST_SHARE * len(labels))
    here = _distance(numbers, newest, len(classes))
    random = np.random.default_rng(0)
    shuffled = [_distance(random.permutation(numbers), newest, len(classes)) for _ in range(SHUFFLES)]
    expected, deviation = float(np.mean(shuffled)), float(np.std(shuffled))
    return here if here >= CLEARLY and here > expected + DEVIATIONS * deviation else 0.0


def _distance(numbers: npt.NDArray[np.intp], newest: int, classes: int) -> float:
    old, new = (np.bincount(part, minlength=classes) / len(part) for part in (numbers[:-newest], numbers[-newest:]))
    return float(np.abs(old - new).sum() / 2)
