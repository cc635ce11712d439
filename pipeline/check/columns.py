"""Text columns that give the label away or are different in every row, and rows in which none says anything."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.check.compose import EXAMPLES, excerpt, offer, offer_without
from pipeline.check.finding import CheckFinding, Example, Severity
from pipeline.check.material import Material
from pipeline.data.steps import leave_out
from pipeline.data.view import is_blank
from pipeline.errors import N_

# Kinds of columns whose values are looked up rather than read (data.columns).
CODES = ("category", "id", "number", "date")

# A lookup table gives the label away when it is right so often on rows that it has not seen ...
NEARLY_ALWAYS = 0.98
# ... makes hardly any of the mistakes of always answering the most frequent label ...
MISTAKES_LEFT = 0.2
# ... and values come back often enough to speak of a table at all.
REPEATED_SHARE = 0.5
FEWEST_ROWS = 20

# Of the filled cells of a column that is different in every row.
UNIQUE_SHARE = 0.95

REMOVE = N_("Take {column} out of the text")


@dataclass(frozen=True)
class Lookup:
    """How well a column alone gives the label, each row looked up in a table of all the others."""

    rows: int  # whose value stands in another row, too
    right: int
    majority: int  # of these rows, those with the most frequent label

    @property
    def gives_away(self) -> bool:
        """Whether hardly anything is left to tell from the rest of the text."""
        wrong = self.rows - self.right
        return (
            self.right >= NEARLY_ALWAYS * self.rows
            and self.majority < self.rows
            and wrong <= MISTAKES_LEFT * (self.rows - self.majority)
        )


def find_leaks(material: Material) -> Iterator[CheckFinding]:
    """Text columns whose value nearly always comes with the same label.

    The only text column is never one: texts that repeat are duplicates.
    """
    view = material.view
    labels = [material.classes[row] for row in material.labelled]
    for column in view.text if len(view.text) > 1 else ():
        if _kind(material, column) not in CODES:
            continue
        cells = material.column(column).iloc[material.labelled].str.strip().tolist()
        found = look_up(cells, labels)
        if found.rows < max(FEWEST_ROWS, REPEATED_SHARE * len(cells)) or not found.gives_away:
            continue
        yield CheckFinding(
            kind="leaking_column",
            severity=Severity.WARNING,
            rows=found.rows,
            message=N_("The column {column} alone gives the label: right in {share} of {rows} rows."),
            why=N_(
                "If {column} is known only once the label is, the model fails on new rows, where it is still blank."
            ),
            values=(("column", column), ("share", f"{found.right / found.rows:.1%}"), ("rows", str(found.rows))),
            examples=_pairs(cells, [material.labels[row] for row in material.labelled]),
            remedies=offer_without(material, REMOVE, column, "leaking_column"),
        )


def look_up(cells: Sequence[str], labels: Sequence[str]) -> Lookup:
    """Leave one out: a value that stands in one row only says nothing; where labels tie, the table is wrong."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for cell, label in zip(cells, labels, strict=True):
        table[cell][label] += 1
    repeated = [counts for counts in table.values() if counts.total() > 1]
    right = 0
    total: Counter[str] = Counter()
    for counts in repeated:
        total.update(counts)
        (label, most), *rest = counts.most_common(2)
        # Without the row itself its label has one less, and must still be ahead of the second.
        right += most if most - 1 > (rest[0][1] if rest else 0) else 0
    return Lookup(total.total(), right, max(total.values(), default=0))


def find_unique_columns(material: Material) -> Iterator[CheckFinding]:
    """Text columns of codes, such as ticket numbers and times, that are different in every row."""
    view = material.view
    for described in material.profiles:
        filled = len(material.labels) - described.blank
        unique = described.unique >= UNIQUE_SHARE * filled and filled >= FEWEST_ROWS
        if described.name not in view.text or described.kind not in CODES or not unique:
            continue
        alone = len(view.text) == 1
        yield CheckFinding(
            kind="unique_column",
            severity=Severity.BLOCKING if alone else Severity.WARNING,
            rows=filled,
            message=N_("The column {column} is different in nearly every row: {unique} values in {rows} rows."),
            why=N_("A value that never comes back says nothing about new rows, and distracts from what does."),
            values=(("column", described.name), ("unique", str(described.unique)), ("rows", str(filled))),
            examples=tuple(Example((), excerpt(value)) for value in described.examples[:EXAMPLES]),
            remedies=offer_without(material, REMOVE, described.name, "unique_column"),
        )


def find_empty_texts(material: Material) -> Iterator[CheckFinding]:
    """Rows with a label and nothing in any text column, and pairs of which one text is blank."""
    view = material.view
    first = is_blank(material.column(view.text[0]))
    for column in view.text[1:]:
        first &= is_blank(material.column(column))
    second = is_blank(material.column(view.second)) if view.second else first
    yield from _find_blank(
        material,
        first & second,
        "empty_texts",
        N_("Rows with an answer but no instruction: {rows}.")
        if view.written
        else N_("Rows with a label but no text: {rows}."),
        N_("There is nothing in them to learn from. If there should be a text, correct the file."),
    )
    yield from _find_blank(
        material,
        first ^ second,
        "half_pairs",
        N_("Pairs with a label of which one text is blank: {rows}."),
        N_("There is nothing to compare. If there should be a text, correct the file."),
    )


def _find_blank(
    material: Material, blank: "pd.Series[bool]", kind: str, message: str, why: str
) -> Iterator[CheckFinding]:
    rows = [int(row) for row in blank.index[blank] if material.labels[row]]
    if not rows:
        return
    yield CheckFinding(
        kind=kind,
        severity=Severity.NOTE,
        rows=len(rows),
        message=message,
        why=why,
        values=(("rows", str(len(rows))),),
        examples=tuple(
            Example((row,), excerpt(material.texts[row]), excerpt(material.labels[row])) for row in rows[:EXAMPLES]
        ),
        remedies=offer(material, N_("Leave these rows out (rows: {rows})"), leave_out(rows, kind), rows=str(len(rows))),
    )


def _kind(material: Material, column: str) -> str:
    return next(described.kind for described in material.profiles if described.name == column)


def _pairs(cells: Sequence[str], labels: Sequence[str]) -> tuple[Example, ...]:
    """The most frequent values, each with its most frequent label."""
    frequent = Counter(cells).most_common(EXAMPLES)
    together = Counter(zip(cells, labels, strict=True))
    best = {cell: label for (cell, label), _ in reversed(together.most_common())}
    return tuple(Example((), excerpt(cell), excerpt(best[cell])) for cell, _ in frequent)
