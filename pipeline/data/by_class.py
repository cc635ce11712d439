"""Dividing rows of one label each, so that every part holds its share of every class. Knows no columns and no texts."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np


def deal_by_class(
    units: Sequence[Sequence[int]], labels: Sequence[str], shares: Mapping[str, float], seed: int, *, loose: bool
) -> dict[str, list[int]]:
    """Deal rows that belong together out, those of the rarest classes first, so that these find room in every part.

    Args:
        units: rows that stay together.
        labels: of every row.
        shares: of each part but "train", which takes the rest. Of a class of few rows the first parts get one each.
        seed: of the order within a class.
        loose: rows that belong together may bring up to twice what is wanted; groups are too large for an exact share.

    Returns:
        Rows of each part. Training has a row of every class.
    """
    counts = Counter(labels[row] for unit in units for row in unit)
    missing = {
        part: Counter({label: _at_least_one(rows, share) for label, rows in counts.items() if rows > place})
        for place, (part, share) in enumerate(shares.items(), start=1)
    }
    shuffled = [units[position] for position in np.random.default_rng(seed).permutation(len(units))]
    shuffled.sort(key=lambda unit: min((counts[labels[row]], labels[row]) for row in unit))
    untrained: Counter[str] = Counter()
    parts: dict[str, list[int]] = {part: [] for part in (*shares, "train")}
    for unit in shuffled:
        holds = Counter(labels[row] for row in unit)
        may_leave = all(untrained[label] + rows < counts[label] for label, rows in holds.items())
        part = next((part for part in shares if may_leave and _fits(holds, missing[part], loose)), "train")
        parts[part].extend(unit)
        if part != "train":
            missing[part].subtract(holds)
            untrained.update(holds)
    return parts


def _at_least_one(rows: int, share: float) -> int:
    return max(1, int(rows * share + 0.5))


def _fits(holds: Counter[str], missing: Counter[str], loose: bool) -> bool:
    if not loose:
        return all(rows <= missing[label] for label, rows in holds.items())
    wanted = sum(min(rows, max(0, missing[label])) for label, rows in holds.items())
    return wanted > 0 and 2 * wanted >= holds.total()
