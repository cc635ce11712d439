"""Dividing rows by their dates: the newest are for testing, those before them for validation. Knows no columns."""

from collections.abc import Mapping, Sequence

from pipeline.data.by_label_sets import LabelSets
from pipeline.data.report import Finding
from pipeline.errors import N_

# Kinds of the notes below.
UNDATED, TOO_NEW, NEWER = "undated_rows", "classes_not_in_training", "newer_rows_in_training"

Dates = Sequence[float | None]  # of every row; None where it could not be read


def deal_by_time(units: Sequence[Sequence[int]], dates: Dates, shares: Mapping[str, float]) -> dict[str, list[int]]:
    """Deal out rows that belong together, the newest first, to the parts in the order of ``shares``.

    Rows that belong together are as old as the oldest of them: so nothing that is tested was known in part before,
    and a customer of many years does not go into the test whole. What has no date, or is much larger than the room
    that is left, trains.

    Args:
        units: rows that stay together.
        dates: of every row; of equal ones, the later row is the newer.
        shares: of each part but "train", which takes the rest.

    Returns:
        Rows of each part.
    """
    parts: dict[str, list[int]] = {part: [] for part in (*shares, "train")}
    rows = sum(map(len, units))
    missing = {part: round(rows * share) for part, share in shares.items()}
    dated: list[tuple[tuple[float, int], Sequence[int]]] = []
    for unit in units:
        ages = [(date, row) for row in unit if (date := dates[row]) is not None]
        if len(ages) == len(unit):
            dated.append((min(ages), unit))
        else:
            parts["train"].extend(unit)
    for _, unit in sorted(dated, key=lambda one: one[0], reverse=True):
        part = next((part for part in missing if missing[part] > 0), "train")
        # Up to twice the room: the parts come out as large as wanted, give or take the last unit.
        if part != "train" and len(unit) > 2 * missing[part]:
            part = "train"
        parts[part].extend(unit)
        if part != "train":
            missing[part] -= len(unit)
    return parts


def notes_on_time(parts: Mapping[str, Sequence[int]], dates: Dates, label_sets: LabelSets) -> tuple[Finding, ...]:
    """What a person should know of such a division: rows without a date, classes that came later, newer rows."""
    notes = []
    undated = sum(dates[row] is None for rows in parts.values() for row in rows)
    if undated:
        message = N_("Rows whose date could not be read, which were put into training: {rows}.")
        notes.append(Finding(UNDATED, undated, message, (("rows", str(undated)),)))
    trained = _labels(label_sets, parts["train"])
    measured = [row for part, rows in parts.items() if part != "train" for row in rows]
    new = _labels(label_sets, measured) - trained
    if new:
        message = N_("Classes that only the newest rows have, so that they cannot be learned: {labels}. Rows: {rows}.")
        rows = sum(not new.isdisjoint(label_sets[row] or ()) for row in measured)
        notes.append(Finding(TOO_NEW, rows, message, (("labels", ", ".join(sorted(new))), ("rows", str(rows)))))
    first = min((date for row in measured if (date := dates[row]) is not None), default=None)
    late = sum(first is not None and (dates[row] or first) > first for row in parts["train"])
    if late:
        message = N_("Newer rows that stay in training, because they belong together with older ones: {rows}.")
        notes.append(Finding(NEWER, late, message, (("rows", str(late)),)))
    return tuple(notes)


def _labels(label_sets: LabelSets, rows: Sequence[int]) -> set[str]:
    return {label for row in rows for label in label_sets[row] or ()}
