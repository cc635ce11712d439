"""A Split: which rows are for training, validation and test; frozen before anything is trained.

Knows texts, labels and groups as lists; nothing of columns, templates or models.
"""

import dataclasses
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.data.duplicates import near_duplicate_clusters
from pipeline.data.report import Finding
from pipeline.errors import N_, DataError, UnfitData
from pipeline.settings import workspace

# Of each class; the rest is for training.
TEST_SHARE = 0.15
VALIDATION_SHARE = 0.15

# More rows measure no better in practice (5,000 give accuracy to about 1 point), but cost time in every epoch.
MOST_TEST_ROWS = 5_000
MOST_VALIDATION_ROWS = 5_000

# With a test file of its own, validation only chooses settings and the best epoch.
VALIDATION_SHARE_BESIDE_TEST = 0.10
MOST_VALIDATION_ROWS_BESIDE_TEST = 500

PARTS = ("test", "validation", "train")


@dataclass(frozen=True)
class Split:
    """Row numbers, ascending. Rows without a label or without a text are in no part."""

    id: str
    source: str  # id of the Source of the training and validation rows
    test_source: str  # "": the test rows are rows of ``source``
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]
    seed: int
    notes: tuple[Finding, ...]
    test_column: str = ""  # column that says which rows of ``source`` are for testing; "" for none


def make_split(
    source_id: str,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    seed: int = 0,
    groups: Sequence[str] | None = None,
    test_source: str = "",
    test_rows: Sequence[int] = (),
    test_texts: Sequence[str] = (),
) -> Split:
    """Divide the labelled rows: 70 % training, 15 % validation, 15 % test of each class.

    Validation and test hold at most 5,000 rows each. Near-duplicates and groups stay on one side. Where the test
    rows are given, they are kept as they are, and 10 % (at most 500 rows) of the rest are for validation.
    A class of two rows has one for testing, of one row it is for training only.

    Args:
        source_id: the Source.
        texts: the text of every row of the Source, as the model will read it.
        labels: the label of every row; blank: left out.
        seed: of the division, nothing else.
        groups: a value for every row; rows with the same value stay on one side, blank ones are free.
        test_source: Source of the test rows; "": they are rows of ``source_id``.
        test_rows: row numbers that a person has set aside for testing.
        test_texts: texts of ``test_rows``, where they are rows of another Source, to find them in training.

    Raises:
        UnfitData: fewer than two classes, or no class with a second row to measure on.
    """
    given = bool(test_source or test_rows)
    own_test = set() if test_source else set(test_rows)
    usable = [row for row, label in enumerate(labels) if label.strip() and texts[row].strip() and row not in own_test]
    counts = Counter(labels[row] for row in usable)
    _check(counts, given)
    held_out = list(test_texts) if test_source else [texts[row] for row in sorted(own_test)]
    clusters = near_duplicate_clusters([*(texts[row] for row in usable), *held_out])
    units = _units(usable, clusters[: len(usable)], groups)
    wants = _wants(counts, given)
    parts = _assign(units, labels, wants, counts, seed, loose=groups is not None)
    test = tuple(sorted(test_rows)) if given else tuple(sorted(parts["test"]))
    tested = {clusters[len(usable) + position] for position in range(len(held_out))}
    notes = _notes(texts, labels, counts, sum(cluster in tested for cluster in clusters[: len(usable)]), own_test)
    train, validation = tuple(sorted(parts["train"])), tuple(sorted(parts["validation"]))
    split = Split("", source_id, test_source, train, validation, test, seed, notes)
    return dataclasses.replace(split, id=_identify(split))


def save_split(split: Split) -> None:
    """Write a Split into the workspace, under its id."""
    folder = workspace().splits
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{split.id}.partial"
    partial.write_text(json.dumps(dataclasses.asdict(split), ensure_ascii=False), encoding="utf-8")
    partial.replace(folder / f"{split.id}.json")


def load_split(split_id: str) -> Split:
    """A Split by its id.

    Raises:
        DataError: there is none in this workspace.
    """
    path = workspace().splits / f"{split_id}.json"
    if not split_id.isalnum() or not path.is_file():
        raise DataError(N_("There is no split {split} in this workspace. Make the dataset again."), split=split_id)
    content = json.loads(path.read_text(encoding="utf-8"))
    rows = {part: tuple(content[part]) for part in PARTS}
    return Split(**{**content, **rows, "notes": tuple(Finding.from_json(note) for note in content["notes"])})


def _identify(split: Split) -> str:
    content = [split.source, split.test_source, split.train, split.validation, split.test, split.seed]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _check(counts: Counter[str], given: bool) -> None:
    if len(counts) < 2:
        raise UnfitData(N_("The rows with a text have one class only, or no label: there is nothing to tell apart."))
    if not given and max(counts.values()) < 2:
        raise UnfitData(
            N_("Each of the {classes} labels stands in one row only. Choose a label column whose values repeat."),
            classes=len(counts),
        )


def _units(rows: Sequence[int], clusters: Sequence[int], groups: Sequence[str] | None) -> list[list[int]]:
    """Rows that have to stay together, joined through near-duplicates and groups; in the order of the first row."""
    parent: dict[object, object] = {}

    def root(key: object) -> object:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    units: dict[object, list[int]] = defaultdict(list)
    for row, cluster in zip(rows, clusters, strict=True):
        group = groups[row].strip() if groups else ""
        if group:
            parent[root(("group", group))] = root(cluster)
    for row, cluster in zip(rows, clusters, strict=True):
        units[root(cluster)].append(row)
    return list(units.values())


def _wants(counts: Counter[str], given: bool) -> dict[str, Counter[str]]:
    """How many rows of each class test and validation should hold."""
    total = counts.total()
    if given:
        share = min(VALIDATION_SHARE_BESIDE_TEST, MOST_VALIDATION_ROWS_BESIDE_TEST / total)
        wanted = {label: _at_least_one(rows, share) if rows > 1 else 0 for label, rows in counts.items()}
        return {"test": Counter(), "validation": Counter(wanted)}
    test_share = min(TEST_SHARE, MOST_TEST_ROWS / total)
    validation_share = min(VALIDATION_SHARE, MOST_VALIDATION_ROWS / total)
    test = {label: _at_least_one(rows, test_share) if rows > 1 else 0 for label, rows in counts.items()}
    validation = {label: _at_least_one(rows, validation_share) if rows > 2 else 0 for label, rows in counts.items()}
    return {"test": Counter(test), "validation": Counter(validation)}


def _at_least_one(rows: int, share: float) -> int:
    return max(1, int(rows * share + 0.5))


def _assign(
    units: list[list[int]],
    labels: Sequence[str],
    wants: dict[str, Counter[str]],
    counts: Counter[str],
    seed: int,
    loose: bool,
) -> dict[str, list[int]]:
    """Deal the units out, those of the rarest classes first, so that these find room on every side.

    Args:
        units: rows that stay together.
        labels: of every row.
        wants: rows of each class for test and validation.
        counts: rows of each class.
        seed: of the order within a class.
        loose: a unit may bring up to twice what is wanted; groups are too large for an exact share.
    """
    shuffled = [units[position] for position in np.random.default_rng(seed).permutation(len(units))]
    shuffled.sort(key=lambda unit: min((counts[labels[row]], labels[row]) for row in unit))
    missing = {part: Counter(wanted) for part, wanted in wants.items()}
    leaves_train: Counter[str] = Counter()
    parts: dict[str, list[int]] = {part: [] for part in PARTS}
    for unit in shuffled:
        holds = Counter(labels[row] for row in unit)
        keeps_all_classes = all(leaves_train[label] + rows < counts[label] for label, rows in holds.items())
        part = next((part for part in ("test", "validation") if _fits(holds, missing[part], loose)), "train")
        part = part if keeps_all_classes else "train"
        parts[part].extend(unit)
        if part != "train":
            missing[part].subtract(holds)
            leaves_train.update(holds)
    return parts


def _fits(holds: Counter[str], missing: Counter[str], loose: bool) -> bool:
    if not loose:
        return all(rows <= missing[label] for label, rows in holds.items())
    wanted = sum(min(rows, max(0, missing[label])) for label, rows in holds.items())
    return wanted > 0 and 2 * wanted >= holds.total()


def _notes(
    texts: Sequence[str], labels: Sequence[str], counts: Counter[str], also_tested: int, own_test: set[int]
) -> tuple[Finding, ...]:
    notes = []
    singles = sorted(label for label, rows in counts.items() if rows == 1)
    if singles:
        message = N_("Classes with a single row: {labels}. It is used for training, so they cannot be measured.")
        notes.append(Finding("single_row_classes", len(singles), message, (("labels", ", ".join(singles)),)))
    labelled = (row for row, label in enumerate(labels) if label.strip() and row not in own_test)
    empty = sum(not texts[row].strip() for row in labelled)
    if empty:
        message = N_("Rows with a label but no text, which were left out: {rows}.")
        notes.append(Finding("empty_text", empty, message, (("rows", str(empty)),)))
    if also_tested:
        message = N_("Training rows that stand in the test rows too, or nearly so: {rows}. The score may flatter.")
        notes.append(Finding("test_rows_in_training", also_tested, message, (("rows", str(also_tested)),)))
    return tuple(notes)
