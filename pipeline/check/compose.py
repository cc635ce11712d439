"""What findings are made of: examples of a readable length, remedies that leave something to learn and measure.

And the way back from a remedy.
"""

import dataclasses
import json
from collections.abc import Sequence

from pipeline.check.finding import Example, Remedy
from pipeline.check.material import Material
from pipeline.data.new_view import with_steps
from pipeline.data.split import Split
from pipeline.data.steps import SEPARATE, TAKE_OUT, Step, take_out
from pipeline.data.view import View, view_label_sets
from pipeline.errors import UnfitData
from pipeline.templates.columns import default_template

# Examples of a finding: enough to see what is meant.
EXAMPLES = 5

# Row numbers of an example, and characters of its text: a finding is read on a page, not searched.
ROWS_NAMED = 10
CHARACTERS = 300

# Names that a sentence holds before it becomes a list.
NAMED = 5


def example(material: Material, rows: Sequence[int], note: str) -> Example:
    """Rows of which the first is shown."""
    return Example(tuple(rows[:ROWS_NAMED]), excerpt(material.texts[rows[0]]), excerpt(note))


def excerpt(text: str) -> str:
    """The beginning of a text."""
    return text if len(text) <= CHARACTERS else f"{text[:CHARACTERS]}…"


def naming(names: Sequence[str]) -> str:
    """The first few names, for a sentence."""
    shown = ", ".join(excerpt(name) for name in names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown}, …"


def offer(material: Material, title: str, step: Step, **values: str) -> tuple[Remedy, ...]:
    """The remedy that adds a step; () where nothing would be left to learn, to choose by or to measure on."""
    try:
        view = with_steps(material.view, (*material.view.steps, step))
    except UnfitData:
        return ()
    return (Remedy(title, view, tuple(values.items())),) if _can_be_measured(view, material.split) else ()


def offer_without(material: Material, title: str, column: str, reason: str) -> tuple[Remedy, ...]:
    """The remedy that takes a column out of the text; () where it is the only one with a text."""
    if len(material.view.text) == 1:
        return ()
    try:
        changed = _without(material.view, column, reason)
        changed = with_steps(changed, changed.steps)
    except UnfitData:
        return ()
    return (Remedy(title, changed, (("column", column),)),)


def take_back(view: View, position: int) -> View:
    """The View without its ``position``-th step (from 0); the steps after it stay.

    Raises:
        UnfitData: nothing is left to learn.
    """
    taken, later = view.steps[position], view.steps[position + 1 :]
    back = dataclasses.replace(view, steps=view.steps[:position])
    before = dict(taken.values)
    if taken.kind == TAKE_OUT:
        back = dataclasses.replace(back, text=tuple(json.loads(before["text"])), template=before["template"])
    elif taken.kind == SEPARATE:
        back = dataclasses.replace(back, separators=before["before"])
    for step in later:
        if taken.kind == TAKE_OUT == step.kind:  # another column, which goes out of what the text is again
            back = _without(back, dict(step.values)["column"], step.reason)
        else:
            back = dataclasses.replace(back, steps=(*back.steps, step))
    return with_steps(back, back.steps)


def _without(view: View, column: str, reason: str) -> View:
    """The View with a text column less and the step that says so; its label space is not found anew."""
    rest = tuple(name for name in view.text if name != column)
    step = take_out(column, view.text, view.template, reason)
    return dataclasses.replace(
        view, text=rest, template=_template_without(view, column, rest), steps=(*view.steps, step)
    )


def _template_without(view: View, column: str, rest: Sequence[str]) -> str:
    """A template that a person wrote loses the field, and a line of which it was the only field."""
    if view.template in ("", default_template(view.text)):
        return default_template(rest)
    field = f"{{{column}}}"
    fields = [f"{{{name}}}" for name in rest]
    lines = view.template.split("\n")
    kept = [line for line in lines if field not in line or any(other in line for other in fields)]
    template = "\n".join(kept).replace(field, "")
    return template if any(other in template for other in fields) else default_template(rest)


def _can_be_measured(view: View, split: Split | None) -> bool:
    if split is None:
        return True
    left = split.without(view.left_out)
    if not (left.train and left.validation and left.test):
        return False
    if view.number or view.written or not split.test_source:
        return True
    # Of a brought test file no row is left out, so each of its labels has to remain a class.
    tested = view_label_sets(view.on(split.test_source), split.test)
    return {label for labels in tested for label in labels or ()} <= {*view.labels}
