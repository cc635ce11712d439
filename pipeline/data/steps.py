"""The steps of a View: labels renamed, rows left out, personal data masked, columns read otherwise.

Each can be taken back. Those that read columns otherwise do nothing by themselves, the View's own fields do; they keep
what these were before.

A step says what it does in values alone, so that a View is still the same after years. Knows nothing of why.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

RENAME_LABELS, LEAVE_OUT, MASK = "rename_labels", "leave_out", "mask"
TAKE_OUT, SEPARATE = "take_out", "separate"
READ_OTHERWISE = (TAKE_OUT, SEPARATE)


@dataclass(frozen=True)
class Step:
    """One remedy, carried out in order: ``kind`` names it, ``values`` are its arguments."""

    kind: str  # RENAME_LABELS, LEAVE_OUT, MASK, TAKE_OUT or SEPARATE
    values: tuple[tuple[str, str], ...]
    reason: str = ""  # kind of the finding that it answers


def rename_labels(names: Mapping[str, str], reason: str = "") -> Step:
    """Labels that are the same thing, or too rare, under one name: old name -> new name."""
    return Step(RENAME_LABELS, tuple(sorted(names.items())), reason)


def leave_out(rows: Collection[int], reason: str = "") -> Step:
    """Rows of the Source that are neither learned from nor measured on; the file keeps them."""
    return Step(LEAVE_OUT, (("rows", _ranges(sorted(rows))),), reason)


def mask(kinds: Collection[str], reason: str = "") -> Step:
    """Personal data of these kinds (``data.personal.KINDS``) replaced before the model reads a text."""
    return Step(MASK, (("kinds", json.dumps(sorted(kinds))),), reason)


def take_out(column: str, text: Sequence[str], template: str, reason: str = "") -> Step:
    """A column that is no longer read as text; ``text`` and ``template`` are the View's before."""
    return Step(TAKE_OUT, (("column", column), ("text", json.dumps(list(text))), ("template", template)), reason)


def separate(separators: str, before: str, reason: str = "") -> Step:
    """Cells read as several labels with these characters between them; ``before`` are the View's before."""
    return Step(SEPARATE, (("separators", separators), ("before", before)), reason)


def renamed(steps: Sequence[Step]) -> dict[str, str]:
    """What each label of the file is called after all steps; labels that keep their name are not in it."""
    names: dict[str, str] = {}
    for step in steps:
        if step.kind == RENAME_LABELS:
            change = dict(step.values)
            names = {**change, **{old: change.get(new, new) for old, new in names.items()}}
    return {old: new for old, new in names.items() if old != new}


def rows_left_out(steps: Sequence[Step]) -> frozenset[int]:
    """Numbers of the rows that some step leaves out."""
    return frozenset(row for step in steps if step.kind == LEAVE_OUT for row in _rows(dict(step.values)["rows"]))


def masked_kinds(steps: Sequence[Step]) -> tuple[str, ...]:
    """Kinds of personal data that some step masks."""
    return tuple(
        sorted({kind for step in steps if step.kind == MASK for kind in json.loads(dict(step.values)["kinds"])})
    )


def _ranges(rows: Sequence[int]) -> str:
    """``3,7-9``: a thousand rows in a row are a few characters."""
    breaks = [-1, *(at for at, (left, right) in enumerate(pairwise(rows)) if right != left + 1), len(rows) - 1]
    runs = [(rows[before + 1], rows[last]) for before, last in pairwise(breaks)] if rows else []
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)


def _rows(ranges: str) -> list[int]:
    rows: list[int] = []
    for part in filter(None, ranges.split(",")):
        first, _, last = part.partition("-")
        rows.extend(range(int(first), int(last or first) + 1))
    return rows
