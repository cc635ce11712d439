"""Columns whose rows belong together, such as a customer, and should not be split between training and test."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.check.compose import EXAMPLES, excerpt
from pipeline.check.finding import CheckFinding, Example, Remedy, Severity
from pipeline.check.material import Material
from pipeline.data.columns import ColumnProfile
from pipeline.errors import N_

Numbers = npt.NDArray[np.intp]

# A column of another name, such as a product, is more likely something that new rows have in common with old ones.
_NAMES = re.compile(
    r"(?:^|[\W_])(?:project|customer|client|user|account|company|organi[sz]ation|author|sender|patient|session|"
    r"conversation|dialog|dialogue|thread|document|order|household|site|date|day)s?[\W_]*(?:name|id|no|number|key|code)?$"
    r"|(?:项目|客户|用户|账号|账户|公司|单位|作者|患者|会话|对话|订单|店铺|门店|日期)(?:名称|名|编号|号|id)?$"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

# Enough groups to deal out to three parts, none of which is half of the file, with rows that have company.
FEWEST_GROUPS = 5
LARGEST_SHARE = 0.5
ROWS_EACH = 2

# A class that stands in one or two groups only could not be both learned and measured once these stay together.
GROUPS_OF_A_CLASS = 3
SPREAD_SHARE = 0.8

# Two rows of one group have the same label so many times as often as any two rows, and not by chance.
CLEARLY = 1.2
DEVIATIONS = 5
SHUFFLES = 20

# Near-duplicates within one group: of so many pairs, that share, and so many times what chance would give.
FEWEST_PAIRS = 10
PAIRS_SHARE = 0.5
TIMES_CHANCE = 3


@dataclass(frozen=True)
class Grouping:
    """How a column divides the labelled rows."""

    column: str
    groups: "pd.Series[str]"  # value of each labelled row that has one; index: row number
    labels: "pd.Series[str]"  # of the same rows


def find_groups(material: Material) -> Iterator[CheckFinding]:
    """Columns by which the Split should keep rows together, as long as it does by none."""
    if material.view.group:
        return
    for described in material.profiles:
        grouping = _grouping(material, described)
        if grouping is None:
            continue
        message, values = _evidence(material, grouping)
        if not message:
            continue
        sizes = grouping.groups.value_counts()
        column = ("column", described.name)
        yield CheckFinding(
            kind="groups",
            severity=Severity.WARNING,
            rows=len(grouping.groups),
            message=message,
            why=N_("If new rows will come with a new {column}, a test on rows of a known one promises too much."),
            values=(column, ("groups", str(len(sizes))), *values),
            examples=tuple(_example(material, grouping, str(value)) for value in sizes.index[:EXAMPLES]),
            remedies=(
                Remedy(
                    N_("Keep the rows of each {column} on one side of the split"),
                    replace(material.view, group=described.name),
                    (column,),
                ),
            ),
        )


def _evidence(material: Material, grouping: Grouping) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What shows that rows of one group are alike, as a message with its values; "" where nothing does."""
    here, chance, deviation = _same_label(grouping)
    if here > max(CLEARLY * chance, chance + DEVIATIONS * deviation):
        message = N_(
            "Rows with the same {column} often have the same label: {here} of the pairs of rows within one of the "
            "{groups} groups, {chance} of any pairs."
        )
        return message, (("here", f"{here:.1%}"), ("chance", f"{chance:.1%}"))
    inside, pairs, expected = _near_duplicates(material, grouping)
    if pairs >= FEWEST_PAIRS and inside >= max(PAIRS_SHARE, TIMES_CHANCE * expected) * pairs:
        message = N_(
            "Rows with the same {column} often have nearly the same text: {inside} of {pairs} pairs of such texts "
            "stand within one of the {groups} groups."
        )
        return message, (("inside", str(inside)), ("pairs", str(pairs)))
    return "", ()


def _grouping(material: Material, described: ColumnProfile) -> Grouping | None:
    """The column as groups, where its name or its values look like it and every part of a Split could get some."""
    named = _NAMES.search(_CAMEL.sub("_", described.name).casefold()) or described.kind == "date"
    answers = (material.view.label, *material.view.label_columns)
    if not named or described.name in answers or described.kind in ("text", "empty"):
        return None
    cells = material.column(described.name).iloc[material.labelled].str.strip()
    cells = cells[cells != ""]
    labels = pd.Series([material.classes[row] for row in cells.index], index=cells.index)
    sizes = cells.value_counts()
    if len(sizes) < FEWEST_GROUPS or len(cells) < ROWS_EACH * len(sizes) or sizes.iloc[0] > LARGEST_SHARE * len(cells):
        return None
    spread = cells.groupby(labels).nunique()
    enough = labels.isin(spread.index[spread >= GROUPS_OF_A_CLASS]).mean() >= SPREAD_SHARE
    return Grouping(described.name, cells, labels) if enough else None


def _same_label(grouping: Grouping) -> tuple[float, float, float]:
    """How often two rows of one group share their label; how often if labels are shuffled, and its deviation."""
    groups, labels = pd.factorize(grouping.groups)[0], pd.factorize(grouping.labels)[0]
    draw = np.random.default_rng(0)
    shuffled = [_agreement(groups, draw.permutation(labels)) for _ in range(SHUFFLES)]
    return _agreement(groups, labels), float(np.mean(shuffled)), float(np.std(shuffled))


def _agreement(groups: Numbers, labels: Numbers) -> float:
    """[rows] each -> share, from 0 to 1, of the pairs of rows within a group that have one label."""
    both = np.unique(groups * (labels.max() + 1) + labels, return_counts=True)[1]
    sizes = np.bincount(groups)
    return float((both * (both - 1)).sum() / (sizes * (sizes - 1)).sum())


def _near_duplicates(material: Material, grouping: Grouping) -> tuple[int, int, float]:
    """Pairs of near-duplicates that stand within a group, all of them, and the share within that chance would give."""
    where: dict[int, set[str]] = defaultdict(set)
    keys = material.keys.tolist()
    for row, value in zip(grouping.groups.index, grouping.groups, strict=True):
        where[keys[row]].add(value)
    pairs = [where[left] & where[right] for left, right in material.near.tolist() if left in where and right in where]
    shares = grouping.groups.value_counts(normalize=True)
    return sum(map(bool, pairs)), len(pairs), float((shares**2).sum())


def _example(material: Material, grouping: Grouping, value: str) -> Example:
    rows = grouping.groups.index[grouping.groups == value]
    if material.view.written:
        return Example(tuple(int(row) for row in rows[:EXAMPLES]), excerpt(value))
    frequent: Sequence[tuple[str, int]] = Counter(material.labels[row] for row in rows).most_common(3)
    return Example(
        tuple(int(row) for row in rows[:EXAMPLES]),
        excerpt(value),
        ", ".join(f"{excerpt(label)} ({count})" for label, count in frequent),
    )
