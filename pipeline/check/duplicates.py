"""Texts that stand in several rows: the same, nearly the same, under different labels, in training and in test."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from pipeline.check.compose import EXAMPLES, example, excerpt, offer
from pipeline.check.finding import CheckFinding, Severity
from pipeline.check.material import AND, MOST_PAIRS, Material
from pipeline.check.spelling import fold
from pipeline.data.shingles import Numbers
from pipeline.data.steps import leave_out
from pipeline.errors import N_

# Of the labelled rows: fewer copies, or contradictions, hardly move a score.
FEW_COPIES = 0.05
FEW_CONFLICTS = 0.01

# So few rows that are nearly others are how people write; the Split keeps them on one side in any case.
COMMON_SHARE = 0.005

# Of the test rows: when so many were learned by heart, the score says nothing about new rows.
MOST_SEEN = 0.5

Texts = dict[tuple[int, str], list[int]]  # key of the text, and label as it compares -> labelled rows


def find_exact_duplicates(material: Material) -> Iterator[CheckFinding]:
    """Rows whose text and label stand in an earlier row."""
    repeated = sorted((rows for rows in _texts(material).values() if len(rows) > 1), key=len, reverse=True)
    copies = [row for rows in repeated for row in rows[1:]]
    if not copies:
        return
    yield CheckFinding(
        kind="exact_duplicates",
        severity=_severity(len(copies), FEW_COPIES, material),
        rows=len(copies),
        message=N_("Rows that repeat the text of an earlier row: {rows}.")
        if material.view.raw
        else N_("Rows that repeat the instruction and the answer of an earlier row: {rows}.")
        if material.view.written
        else N_("Rows that repeat the text and the label of an earlier row: {rows}."),
        why=N_("A text that is there many times counts many times, in training and in the score."),
        values=(("rows", str(len(copies))),),
        examples=tuple(example(material, rows, _label(material, rows[0])) for rows in repeated[:EXAMPLES]),
        remedies=offer(
            material,
            N_("Keep the first of each (rows left out: {rows})"),
            leave_out(copies, "exact_duplicates"),
            rows=str(len(copies)),
        ),
    )


def find_near_duplicates(material: Material) -> Iterator[CheckFinding]:
    """Rows that are nearly an earlier row that is kept, with the same label."""
    texts = _texts(material)
    neighbours = _Neighbours(material.near)
    copies: dict[tuple[int, str], list[int]] = {}
    for (key, label), rows in texts.items():
        original = next((near for near in neighbours.of(key) if (near, label) in copies), None)
        if original is None:
            copies[key, label] = []
        else:
            copies[original, label].extend(rows)
    found = sorted((text for text, rows in copies.items() if rows), key=lambda text: -len(copies[text]))
    surplus = [row for text in found for row in copies[text]]
    if len(surplus) < max(1, COMMON_SHARE * len(material.labelled)):
        return
    yield CheckFinding(
        kind="near_duplicates",
        severity=_severity(len(surplus), FEW_COPIES, material),
        rows=len(surplus),
        message=_nearly(material),
        why=N_(
            "They teach the model little that is new, and the more of them there are, the fewer real cases it sees."
        ),
        values=(("rows", str(len(surplus))),),
        examples=tuple(
            example(material, [texts[text][0], *copies[text]], excerpt(material.texts[copies[text][0]]))
            for text in found[:EXAMPLES]
        ),
        remedies=offer(
            material,
            N_("Keep one of each (rows left out: {rows})"),
            leave_out(surplus, "near_duplicates"),
            rows=str(len(surplus)),
        ),
    )


def _nearly(material: Material) -> str:
    at_least = len(material.near) == MOST_PAIRS
    if material.view.raw and at_least:
        return N_("Rows that are nearly the same as an earlier row: at least {rows}.")
    if material.view.raw:
        return N_("Rows that are nearly the same as an earlier row: {rows}.")
    if material.view.written and at_least:
        return N_("Rows that are nearly the same as an earlier row with the same answer: at least {rows}.")
    if material.view.written:
        return N_("Rows that are nearly the same as an earlier row with the same answer: {rows}.")
    if at_least:
        return N_("Rows that are nearly the same as an earlier row with the same label: at least {rows}.")
    return N_("Rows that are nearly the same as an earlier row with the same label: {rows}.")


def find_conflicts(material: Material) -> Iterator[CheckFinding]:
    """The same text under labels that mean different things; of numbers see ``check.numbers``."""
    if material.view.number:
        return
    labels: dict[int, dict[str, list[int]]] = defaultdict(dict)
    for (key, label), rows in _texts(material).items():
        labels[key][label] = rows
    conflicts = sorted((c for c in labels.values() if len(c) > 1), key=lambda c: -sum(map(len, c.values())))
    everything = [row for conflict in conflicts for rows in conflict.values() for row in rows]
    if not everything:
        return
    outvoted = [row for conflict in conflicts for row in _outvoted(conflict)]
    by_majority = (
        offer(
            material,
            N_("Keep the more frequent label of each text (rows left out: {rows})"),
            leave_out(outvoted, "label_conflicts"),
            rows=str(len(outvoted)),
        )
        if len(outvoted) < len(everything)
        else ()
    )
    yield CheckFinding(
        kind="label_conflicts",
        severity=_severity(len(everything), FEW_CONFLICTS, material),
        rows=len(everything),
        message=N_("Texts that stand in several rows with different labels: {texts}. Rows: {rows}."),
        why=N_(
            "The model is taught two answers to one question, and whichever it gives is wrong for some of these rows."
        ),
        values=(("texts", str(len(conflicts))), ("rows", str(len(everything)))),
        examples=tuple(
            example(material, sorted(row for rows in conflict.values() for row in rows), _votes(material, conflict))
            for conflict in conflicts[:EXAMPLES]
        ),
        remedies=by_majority
        + offer(
            material,
            N_("Leave them all out (rows: {rows})"),
            leave_out(everything, "label_conflicts"),
            rows=str(len(everything)),
        ),
    )


def find_test_copies(material: Material) -> Iterator[CheckFinding]:
    """Rows for training or validation whose text stands in the test rows too, or nearly so."""
    split = material.split
    if split is None:
        return
    keys = material.keys.tolist()
    own = [keys[row] for row in _labelled(material, split.test)]
    tests = Counter(material.test_keys.tolist() if split.test_source else own)
    learned = _labelled(material, (*split.train, *split.validation))
    neighbours = _Neighbours(material.near)
    met = {key: [near for near in (key, *neighbours.of(key)) if near in tests] for key in {keys[r] for r in learned}}
    copies = sorted(row for row in learned if met[keys[row]])
    if not copies:
        return
    seen = sum(tests[key] for key in {test for known in met.values() for test in known})
    yield CheckFinding(
        kind="test_rows_in_training",
        severity=Severity.BLOCKING if seen >= MOST_SEEN * tests.total() else Severity.WARNING,
        rows=len(copies),
        message=N_(
            "Training rows that stand in the test rows too, or nearly so: {rows}. "
            "Test rows concerned: {seen} of {tests}."
        ),
        why=N_("The model is shown these test rows while it learns, so the score promises too much."),
        values=(("rows", str(len(copies))), ("seen", str(seen)), ("tests", str(tests.total()))),
        examples=tuple(example(material, [row], _label(material, row)) for row in copies[:EXAMPLES]),
        remedies=offer(
            material,
            N_("Leave them out of training (rows: {rows}); the test rows stay"),
            leave_out(copies, "test_rows_in_training"),
            rows=str(len(copies)),
        ),
    )


def _texts(material: Material) -> Texts:
    """In the order of the file. Spellings of one label are one label; several labels are the same in any order.

    Answers that are written are the same where they are letter by letter; texts that nothing is asked about have none.
    """
    meanings = {label: fold(label) for label in material.counts}
    texts: Texts = defaultdict(list)
    keys, labels, sets = material.keys.tolist(), material.labels, material.sets
    for row in material.labelled:
        its = sets[row]
        meaning = labels[row] if its is None else AND.join(sorted({meanings[label] for label in its}))
        texts[keys[row], "" if material.view.raw else meaning].append(row)
    return texts


class _Neighbours:
    """The keys that are near to each key that has any, the most alike first."""

    def __init__(self, pairs: Numbers) -> None:
        both = np.concatenate((pairs, pairs[:, ::-1]))
        rank = np.tile(np.arange(len(pairs)), 2)
        order = np.lexsort((rank, both[:, 0]))
        self._near = both[order, 1]
        keys, begins, counts = np.unique(both[order, 0], return_index=True, return_counts=True)
        spans = zip(begins.tolist(), (begins + counts).tolist(), strict=True)
        self._place = dict(zip(keys.tolist(), spans, strict=True))

    def of(self, key: int) -> list[int]:
        """Those of one key."""
        begin, end = self._place.get(key, (0, 0))
        near: list[int] = self._near[begin:end].tolist()
        return near


def _label(material: Material, row: int) -> str:
    """What stands beside the text of a row."""
    return "" if material.view.raw else material.labels[row]


def _labelled(material: Material, rows: tuple[int, ...]) -> list[int]:
    return [row for row in rows if material.labels[row]]


def _outvoted(conflict: Mapping[str, list[int]]) -> list[int]:
    """Rows with another label than most rows of their text; all of them where no label has most."""
    most = max(map(len, conflict.values()))
    winners = [label for label, rows in conflict.items() if len(rows) == most]
    return [row for label, rows in conflict.items() if [label] != winners for row in rows]


def _votes(material: Material, conflict: Mapping[str, list[int]]) -> str:
    ordered = sorted(conflict.values(), key=len, reverse=True)
    return " / ".join(f"{material.labels[rows[0]]} ({len(rows)})" for rows in ordered)


def _severity(rows: int, few: float, material: Material) -> Severity:
    return Severity.WARNING if rows >= few * len(material.labelled) else Severity.NOTE
