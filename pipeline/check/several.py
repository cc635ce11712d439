"""Cells of the label column that hold several labels: each combination would be learned as a class of its own."""

from collections import Counter
from collections.abc import Iterator

from pipeline.check.compose import EXAMPLES, excerpt, offer
from pipeline.check.finding import CheckFinding, Example, Severity
from pipeline.check.material import Material
from pipeline.data.several import guess_separators, split_labels
from pipeline.data.steps import rename_labels
from pipeline.errors import N_


def find_several_labels(material: Material) -> Iterator[CheckFinding]:
    """Labels that are made of other labels of the column, such as "退款、物流" beside "退款" and "物流"."""
    separators = guess_separators(material.labels)
    sets = {label: split_labels(label, separators) for label in material.counts}
    joined = Counter({label: rows for label, rows in material.counts.items() if len(sets[label]) > 1})
    if not separators or not joined:
        return
    first = {label: material.labels.index(label) for label, _ in joined.most_common(EXAMPLES)}
    yield CheckFinding(
        kind="several_labels",
        severity=Severity.WARNING,
        rows=joined.total(),
        message=N_("Rows whose label is several labels in one cell: {rows}, in {combinations} combinations."),
        why=N_(
            "Each combination is learned as a class of its own, with few rows, and a row counts as wrong when only a "
            "part of it is found."
        ),
        values=(("rows", str(joined.total())), ("combinations", str(len(joined)))),
        examples=tuple(Example((row,), excerpt(material.texts[row]), label) for label, row in first.items()),
        remedies=offer(
            material,
            N_("Keep the first label of each cell"),
            rename_labels({label: sets[label][0] for label in joined}, "several_labels"),
        ),
    )
