"""Numbers to predict: cells that are none, numbers far from all others, one nearly everywhere, contradictions."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pipeline.check.compose import EXAMPLES, example, excerpt, naming, offer
from pipeline.check.finding import CheckFinding, Example, Severity
from pipeline.check.material import Material
from pipeline.data.steps import leave_out
from pipeline.data.view import is_blank
from pipeline.errors import N_

# Tukey 1977, "Exploratory Data Analysis": "far out" is 3 times the middle half's width beyond the middle half.
FAR_OUT = 3.0
FEWEST_ROWS = 20

# The same text with numbers that differ by more than half of what numbers differ from their mean.
FAR_APART = 0.5
FEW_CONFLICTS = 0.01  # of the labelled rows: fewer contradictions hardly move a score

# So many rows with one and the same number leave little to learn.
LARGE_SHARE = 0.8


def find_no_numbers(material: Material) -> Iterator[CheckFinding]:
    """Filled cells of the column of numbers that are none; they count as blank."""
    view = material.view
    if not view.number:
        return
    cells = material.column(view.label)
    odd = ~is_blank(cells).to_numpy() & np.isnan(material.numbers)
    odd[sorted(view.left_out)] = False
    rows = [int(row) for row in np.flatnonzero(odd)]
    if not rows:
        return
    different = list(Counter(cells.iloc[rows]))
    yield CheckFinding(
        kind="no_numbers",
        severity=Severity.WARNING,
        rows=len(rows),
        message=N_("Cells of {column} that are no number: {rows} ({cells})."),
        why=N_("These rows count as blank: nothing is learned from them. If they matter, correct the file."),
        values=(("column", view.label), ("rows", str(len(rows))), ("cells", naming(different))),
        examples=tuple(
            Example((row,), excerpt(material.texts[row]), excerpt(str(cells.iloc[row]))) for row in rows[:EXAMPLES]
        ),
    )


def find_outliers(material: Material) -> Iterator[CheckFinding]:
    """Numbers far below or above all others."""
    rows = _numbered(material)
    if len(rows) < FEWEST_ROWS:
        return
    numbers = material.numbers[rows]
    low, high = np.quantile(numbers, [0.25, 0.75])
    if high <= low:  # half of the rows have one number: a width of nothing makes outliers of all others
        return
    reach = FAR_OUT * (high - low)
    far = rows[(numbers < low - reach) | (numbers > high + reach)]
    if not len(far):
        return
    farthest = far[np.argsort(-np.abs(material.numbers[far] - np.median(numbers)), kind="stable")]
    yield CheckFinding(
        kind="outliers",
        severity=Severity.NOTE,
        rows=len(far),
        message=N_(
            "Numbers far from all others: {rows}, such as {example}. Half of the rows are from {low} to {high}."
        ),
        why=N_(
            "A few numbers of another size, or in another unit, pull what is learned towards them. Keep them if they "
            "are real."
        ),
        values=(
            ("rows", str(len(far))),
            ("example", material.labels[int(farthest[0])]),
            ("low", f"{low:g}"),
            ("high", f"{high:g}"),
        ),
        examples=tuple(example(material, [int(row)], material.labels[int(row)]) for row in farthest[:EXAMPLES]),
        remedies=offer(
            material,
            N_("Leave these rows out (rows: {rows})"),
            leave_out([int(row) for row in far], "outliers"),
            rows=str(len(far)),
        ),
    )


def find_one_number(material: Material) -> Iterator[CheckFinding]:
    """One number in nearly all rows; nothing is wrong with it, but the mean error flatters."""
    rows = _numbered(material)
    if not len(rows):
        return
    values, counts = np.unique(material.numbers[rows], return_counts=True)
    share = counts.max() / len(rows)
    if share < LARGE_SHARE:
        return
    yield CheckFinding(
        kind="one_number",
        severity=Severity.NOTE,
        rows=int(counts.max()),
        message=N_("Nearly all rows have the number {number}: {rows} ({share})."),
        why=N_("Always answering it is hardly ever wrong; look at the correlation as well, which is 0 for that."),
        values=(
            ("number", f"{values[counts.argmax()]:g}"),
            ("rows", str(int(counts.max()))),
            ("share", f"{share:.1%}"),
        ),
        examples=tuple(
            example(material, [int(row)], material.labels[int(row)])
            for row in rows[material.numbers[rows] == values[counts.argmax()]][:EXAMPLES]
        ),
    )


def find_far_apart(material: Material) -> Iterator[CheckFinding]:
    """The same text with numbers that are far apart."""
    if not material.view.number:
        return
    texts: dict[int, list[int]] = defaultdict(list)
    keys = material.keys.tolist()
    for row in material.labelled:
        texts[keys[row]].append(row)
    spread = float(np.std(material.numbers[material.labelled])) if material.labelled else 0.0

    def apart(rows: list[int]) -> float:
        return float(np.ptp(material.numbers[rows]))

    conflicts = sorted((rows for rows in texts.values() if apart(rows) > FAR_APART * spread), key=apart, reverse=True)
    everything = sorted(row for rows in conflicts for row in rows)
    if not everything:
        return
    few = len(everything) < FEW_CONFLICTS * len(material.labelled)
    yield CheckFinding(
        kind="number_conflicts",
        severity=Severity.NOTE if few else Severity.WARNING,
        rows=len(everything),
        message=N_("Texts that stand in several rows with numbers far apart: {texts}. Rows: {rows}."),
        why=N_("The model can only answer something in between, which is wrong for each of these rows."),
        values=(("texts", str(len(conflicts))), ("rows", str(len(everything)))),
        examples=tuple(
            example(material, rows, " / ".join(material.labels[row] for row in rows[:EXAMPLES]))
            for rows in conflicts[:EXAMPLES]
        ),
        remedies=offer(
            material,
            N_("Leave them all out (rows: {rows})"),
            leave_out(everything, "number_conflicts"),
            rows=str(len(everything)),
        ),
    )


def _numbered(material: Material) -> npt.NDArray[np.int64]:
    """Rows with a number and a text; none where the answers are labels."""
    return np.array(material.labelled if material.view.number else [], dtype=np.int64)
