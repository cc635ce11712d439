"""Rows with several labels: how they stand in a file, guessed from the cells, and how they are read.

Knows cells only; which columns they come from is for the View to say.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd

# What people put between the labels of a cell.
SEPARATORS = ",;|、，；"

# "A, B" is a label of its own unless most of its parts are labels of other rows, all by themselves. More than half:
# "Hardware, other" beside "Hardware" is a finer label, not two.
ALONE_SHARE = 0.6
LEAST_JOINED = 2  # one such cell may be a slip

# Two columns of 0 and 1 are properties more often than labels.
LEAST_COLUMNS = 3

YES = frozenset({"1", "1.0", "true", "yes", "y", "x", "是", "√", "✓", "✔", "有"})
NO = frozenset({"", "0", "0.0", "false", "no", "n", "否", "×", "无", "-"})


def guess_separators(cells: Sequence[str]) -> str:
    """The characters that stand between several labels of a cell, such as ",，"; "" where a cell is one label.

    Args:
        cells: of the label column, as they stand in the file.
    """
    counts = Counter(cell.strip() for cell in cells if cell.strip())
    return "".join(mark for mark in SEPARATORS if _separates(mark, counts))


def split_labels(cell: str, separators: str) -> tuple[str, ...]:
    """The labels of a cell, each once, in their order; () for a blank one."""
    parts = re.split(f"[{re.escape(separators)}]", cell) if separators else [cell]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def guess_label_columns(rows: pd.DataFrame) -> tuple[str, ...]:
    """Columns side by side that each say yes or no to a label: the longest such stretch; () where there is none.

    Some row has to say yes twice: otherwise it is one label, written in a roundabout way, or a list of properties.
    """
    stretches: list[list[str]] = [[]]
    for name in rows.columns:
        if _says_yes_or_no(rows[name]):
            stretches[-1].append(str(name))
        elif stretches[-1]:
            stretches.append([])
    longest = max(stretches, key=len)
    if len(longest) < LEAST_COLUMNS:
        return ()
    yes = sum((says_yes(rows[name]).astype(int) for name in longest), start=pd.Series(0, index=rows.index))
    return tuple(longest) if (yes > 1).any() else ()


def says_yes(cells: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether each cell of a column of 0 and 1 is a yes."""
    return cells.str.strip().str.casefold().isin(YES)


def _separates(mark: str, counts: Counter[str]) -> bool:
    joined = [cell for cell in counts if len(split_labels(cell, mark)) > 1]
    parts = [part for cell in joined for part in split_labels(cell, mark)]
    alone = sum(part in counts for part in parts)
    return sum(counts[cell] for cell in joined) >= LEAST_JOINED and alone >= ALONE_SHARE * len(parts)


def _says_yes_or_no(cells: "pd.Series[str]") -> bool:
    different: Iterator[str] = (str(cell).strip().casefold() for cell in cells.unique())
    values = set(different)
    return values <= YES | NO and bool(values & YES) and bool(values & NO)
