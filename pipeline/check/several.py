"""Cells of the label column that hold several labels: each combination would be learned as a class of its own."""

import dataclasses
from collections import Counter
from collections.abc import Iterator

from pipeline.check.compose import EXAMPLES, excerpt, offer
from pipeline.check.finding import CheckFinding, Example, Remedy, Severity
from pipeline.check.material import Material
from pipeline.data.new_view import with_steps
from pipeline.data.several import guess_separators, split_labels
from pipeline.data.steps import rename_labels, separate
from pipeline.errors import N_, UnfitData


def find_several_labels(material: Material) -> Iterator[CheckFinding]:
    """Labels that are made of other labels of the column, such as "退款、物流" beside "退款" and "物流".

    Where the View reads several labels already, or numbers, there is none.
    """
    if material.view.several or material.view.number:
        return
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
        remedies=_read_as_several(material, separators)
        + offer(
            material,
            N_("Keep the first label of each cell"),
            rename_labels({label: sets[label][0] for label in joined}, "several_labels"),
        ),
    )


def _read_as_several(material: Material, separators: str) -> tuple[Remedy, ...]:
    """The View with these separators; the renaming of labels that were made of several goes with it."""
    kept = [step for step in material.view.steps if step.reason != "several_labels"]
    step = separate(separators, material.view.separators, "several_labels")
    try:
        view = with_steps(dataclasses.replace(material.view, separators=separators), [*kept, step])
    except UnfitData:
        return ()
    return (Remedy(N_("Read them as several labels"), view, (("separators", separators),)),)
