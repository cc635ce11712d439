"""What a remedy has done, in words. Reads steps, returns translated sentences, draws nothing."""

from collections import defaultdict
from collections.abc import Sequence

from pages.components.language import language
from pages.components.text import t, tn
from pipeline.check.spelling import visible
from pipeline.data.date_order import SENTENCES, DateOrder
from pipeline.data.personal import NAMES
from pipeline.data.steps import LEAVE_OUT, RENAME_LABELS, SEPARATE, TAKE_OUT, Step, masked_kinds, rows_left_out
from pipeline.i18n import spoken_day

NAMED = 3  # labels that a sentence names


def step(taken: Step) -> str:
    """One remedy that was taken."""
    if taken.kind == RENAME_LABELS:
        return _renamed(dict(taken.values))
    if taken.kind == LEAVE_OUT:
        return tn("{n} row left out", "{n} rows left out", len(rows_left_out([taken])))
    if taken.kind == TAKE_OUT:
        return t("{column} is no longer read as text", column=dict(taken.values)["column"])
    if taken.kind == SEPARATE:
        return t(
            "Cells are read as several labels, divided at {separators}", separators=dict(taken.values)["separators"]
        )
    return t("Hidden from the model: {kinds}", kinds=listed([t(NAMES[kind]) for kind in masked_kinds([taken])]))


def group(column: str) -> str:
    """Rows of one group stay together."""
    return t("Rows with the same {column} are never in training and test at once", column=column)


def time(column: str) -> str:
    """The newest rows are measured on."""
    return t("The rows that are newest by {column} are measured on", column=column)


def date_order(dates: DateOrder) -> str:
    """How dates are read that could be read otherwise, and why."""
    day = spoken_day(dates.day(dates.order), language())
    return t(SENTENCES[dates.reason], cell=dates.example, date=day, column=dates.column, other=dates.other)


def listed(names: Sequence[str]) -> str:
    """The first few names, as a sentence lists them."""
    return t(", ").join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


def _renamed(names: dict[str, str]) -> str:
    old: dict[str, list[str]] = defaultdict(list)
    for name, new in names.items():
        old[new].append(visible(name))
    changes = [f"{listed(old[new])} → {new}" for new in sorted(old)]
    return tn("{n} label renamed: {labels}", "{n} labels renamed: {labels}", len(names), labels=listed(changes))
