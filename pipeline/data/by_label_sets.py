"""Dividing rows that have several labels each, so that every part holds its share of every label.

Iterative stratification: Sechidis, Tsoumakas, Vlahavas, "On the stratification of multi-label data" (ECML PKDD 2011),
over rows that stay together. Knows no columns and no texts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

LabelSets = Sequence[tuple[str, ...] | None]  # of every row; None: not labelled


def deal_by_label_sets(
    units: Sequence[Sequence[int]], label_sets: LabelSets, shares: Mapping[str, float], seed: int
) -> dict[str, list[int]]:
    """Deal out rows that belong together, those of the rarest label first, each to the part that misses it most.

    Args:
        units: rows that stay together, all of them labelled.
        label_sets: of every row.
        shares: of each part but "train", which takes the rest.
        seed: of the order within a label.

    Returns:
        Rows of each part. Training has a row of every label.
    """
    all_shares = {**shares, "train": 1 - sum(shares.values())}
    holds = [Counter(label for row in unit for label in label_sets[row] or ()) for unit in units]
    counts: Counter[str] = sum(holds, start=Counter())
    rows = sum(map(len, units))
    missing = {part: {label: share * count for label, count in counts.items()} for part, share in all_shares.items()}
    room = {part: share * rows for part, share in all_shares.items()}
    untrained: Counter[str] = Counter()
    parts: dict[str, list[int]] = {part: [] for part in all_shares}
    for at, label in _rarest_first(holds, counts, seed):
        may_leave = all(untrained[its] + number < counts[its] for its, number in holds[at].items())
        open_parts = list(all_shares) if may_leave else ["train"]
        part = max(open_parts, key=lambda part: (missing[part].get(label, 0.0), room[part]))
        parts[part].extend(units[at])
        room[part] -= len(units[at])
        for its, number in holds[at].items():
            missing[part][its] -= number
        if part != "train":
            untrained.update(holds[at])
    return parts


def _rarest_first(holds: Sequence[Counter[str]], counts: Counter[str], seed: int) -> list[tuple[int, str]]:
    """Positions of all units with the label for which each is dealt out; "" for those that have none, the last.

    A unit goes with its rarest label. The order among the labels is that of all rows, not of those that are left:
    the paper counts anew after each label, which changes little and costs a pass over the rows for every label.
    """
    shuffled = np.random.default_rng(seed).permutation(len(holds))
    chosen = [(int(at), min(holds[at], key=lambda label: (counts[label], label), default="")) for at in shuffled]
    return sorted(chosen, key=lambda one: (one[1] == "", counts[one[1]], one[1]))
