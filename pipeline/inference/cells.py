"""What a model says, as the cells of somebody's file: in the file's own signs. Knows cells, no models and no files."""

import re
from collections import Counter
from collections.abc import Sequence

import pandas as pd

from pipeline.data.several import NO, YES
from pipeline.tasks.task import JOINED


def joiner(cells: Sequence[str], separators: str) -> str:
    """What stands between several labels: as in most cells of the file, with the space behind it.

    Args:
        cells: of the label column.
        separators: the characters that may stand there; "": the labels have columns of their own.
    """
    if not separators:
        return JOINED
    found = Counter(mark for cell in cells for mark in re.findall(f"[{re.escape(separators)}] ?", cell.strip()))
    return found.most_common(1)[0][0] if found else separators[0]


def yes_and_no(cells: "pd.Series[str]") -> tuple[str, str]:
    """What a column of yes and no has for either, most often; 1 and 0 where it has neither. A blank is no answer."""
    counts = Counter(cell.strip() for cell in cells if cell.strip())

    def most(signs: frozenset[str], otherwise: str) -> str:
        return next((cell for cell, _ in counts.most_common() if cell.casefold() in signs), otherwise)

    yes = most(YES, "1")
    # Beside a tick a blank stands for no, and there is nothing to write.
    return yes, most(NO, "0" if yes == "1" else "")
