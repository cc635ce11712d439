"""A Split: which rows are for training, validation and test; frozen before anything is trained.

Knows texts, labels and groups as lists; nothing of columns, templates or models.
"""

import dataclasses
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.data.by_class import deal_by_class
from pipeline.data.by_label_sets import LabelSets, deal_by_label_sets
from pipeline.data.by_time import Dates, deal_by_time, notes_on_time
from pipeline.data.dates import Order, read_dates
from pipeline.data.duplicates import near_duplicate_clusters
from pipeline.data.report import Finding
from pipeline.errors import N_, DataError, UnfitData
from pipeline.files import write_text
from pipeline.runs.progress import Progress, Silent
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

# Splits in memory, of all that ask: one of a million rows takes 40 MB, and half a second to read.
KEPT = 4

UNWATCHED = Silent()

PARTS = ("test", "validation", "train")

# Numbers are divided so that every part has its share of the small, the middle and the large ones.
LEVELS = 10

Units = list[list[int]]  # rows that stay on one side
Shares = Mapping[str, float]  # of the rows, for each part but training

# Cells that a message shows when none of them is a date.
_EXAMPLES = 3


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

    def without(self, rows: frozenset[int]) -> "Split":
        """The same division less some rows of ``source``; what it is compared by, its id, stays."""
        if not rows:
            return self
        train, validation, test = (
            tuple(row for row in part if row not in rows) for part in (self.train, self.validation, self.test)
        )
        return dataclasses.replace(
            self, train=train, validation=validation, test=self.test if self.test_source else test
        )


@dataclass(frozen=True)
class Terms:
    """What a division is told beside the texts and the answers. The test rows may be a person's own: these are kept."""

    seed: int = 0  # of the division, nothing else
    groups: Sequence[str] | None = None  # of every row; rows with the same value stay on one side, blank ones are free
    order: Sequence[str] | None = None  # a date of every row, in any form that ``data.dates`` reads; None: by chance
    date_order: Order = ""  # what comes first in dates such as 5/1/2024; "": see ``data.dates``
    test_source: str = ""  # Source of the test rows; "": they are rows of the Source that is divided
    test_rows: Sequence[int] = ()  # that a person has set aside for testing
    validation_rows: Sequence[int] = ()  # that a person has set aside to choose settings by, beside test rows
    test_texts: Sequence[str] = ()  # of ``test_rows``, where they are of another Source, to find them in training

    @property
    def tests_given(self) -> bool:
        """Whether a person has set test rows aside."""
        return bool(self.test_source or self.test_rows)


BY_CHANCE = Terms()


def make_split(
    source_id: str,
    texts: Sequence[str],
    labels: Sequence[str],
    terms: Terms = BY_CHANCE,
    progress: Progress = UNWATCHED,
) -> Split:
    """Divide the labelled rows: 70 % training, 15 % validation, 15 % test of each class.

    Validation and test hold at most 5,000 rows each. Near-duplicates and groups stay on one side. Where the test rows
    are given, they are kept as they are, and so are validation rows; without these, 10 % (at most 500 rows) of the
    rest are for validation.
    A class of two rows has one for testing, of one row it is for training only. By dates the parts have the same
    sizes, and the classes fall as they may: the newest rows are for testing, those before them for validation, those
    without a date for training.

    Args:
        source_id: the Source.
        texts: the text of every row of the Source, as the model will read it.
        labels: the label of every row; blank: left out.
        terms: all else that decides.
        progress: hears how many texts were compared.

    Raises:
        Stopped: somebody asked for it.
        UnfitData: fewer than two classes, no class with a second row to measure on, or no date that can be read.
    """
    dates = _read_order(terms, [bool(label.strip()) for label in labels])

    def deal(units: Units, shares: Shares) -> dict[str, list[int]]:
        if dates is not None:
            return deal_by_time(units, dates, shares)
        return deal_by_class(units, labels, shares, terms.seed, loose=terms.groups is not None)

    sets = [(label,) if label.strip() else None for label in labels]
    return _divide(source_id, texts, sets, deal, terms, dates, progress)


def make_split_of_sets(
    source_id: str,
    texts: Sequence[str],
    label_sets: LabelSets,
    terms: Terms = BY_CHANCE,
    progress: Progress = UNWATCHED,
) -> Split:
    """As ``make_split``, for rows with several labels: every label has about its share in every part.

    Args:
        label_sets: labels of every row; () for a row that has none of them, None for one that nobody has labelled.
    """
    dates = _read_order(terms, [its is not None for its in label_sets])

    def deal(units: Units, shares: Shares) -> dict[str, list[int]]:
        if dates is not None:
            return deal_by_time(units, dates, shares)
        return deal_by_label_sets(units, label_sets, shares, terms.seed)

    return _divide(source_id, texts, label_sets, deal, terms, dates, progress)


def make_split_of_numbers(
    source_id: str,
    texts: Sequence[str],
    numbers: npt.NDArray[np.float64],
    terms: Terms = BY_CHANCE,
    progress: Progress = UNWATCHED,
) -> Split:
    """As ``make_split``, for rows with a number: small, middle and large ones have about their share in every part.

    Args:
        numbers: [rows] of every row; nan where there is none.

    Raises:
        Stopped: somebody asked for it.
        UnfitData: no row has a number and a text, or no date that can be read.
    """
    known = ~np.isnan(numbers)
    dates = _read_order(terms, known.tolist())
    levels = levels_of(numbers)

    def deal(units: Units, shares: Shares) -> dict[str, list[int]]:
        if dates is not None:
            return deal_by_time(units, dates, shares)
        return deal_by_class(units, levels, shares, terms.seed, loose=terms.groups is not None)

    sets = [(level,) if level else None for level in levels]
    return _divide(source_id, texts, sets, deal, terms, dates, progress, classes=False)


def make_split_of_answers(
    source_id: str,
    texts: Sequence[str],
    answers: Sequence[str],
    terms: Terms = BY_CHANCE,
    progress: Progress = UNWATCHED,
) -> Split:
    """As ``make_split``, for rows with an answer to write: short and long ones have about their share in every part.

    Args:
        answers: of every row; "" where there is none.

    Raises:
        Stopped: somebody asked for it.
        UnfitData: no row has an answer and a text, or no date that can be read.
    """
    lengths = np.array([len(answer) or np.nan for answer in answers], dtype=np.float64)
    return make_split_of_numbers(source_id, texts, lengths, terms, progress)


def save_split(split: Split) -> None:
    """Write a Split into the workspace, under its id."""
    folder = workspace().splits
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{split.id}.json", json.dumps(dataclasses.asdict(split), ensure_ascii=False))


def load_split(split_id: str) -> Split:
    """A Split by its id.

    Raises:
        DataError: there is none in this workspace.
    """
    path = workspace().splits / f"{split_id}.json"
    if not split_id.isalnum() or not path.is_file():
        raise DataError(N_("There is no split {split} in this workspace. Make the dataset again."), split=split_id)
    written = path.stat()
    return _read(path, (written.st_mtime_ns, written.st_size))


@lru_cache(KEPT)
def _read(path: Path, _: tuple[int, int]) -> Split:
    """The Split of a file that was written at that time with so many bytes."""
    content = json.loads(path.read_text(encoding="utf-8"))
    rows = {part: tuple(content[part]) for part in PARTS}
    return Split(**{**content, **rows, "notes": tuple(Finding.from_json(note) for note in content["notes"])})


def _divide(
    source_id: str,
    texts: Sequence[str],
    label_sets: LabelSets,
    deal: Callable[[Units, Shares], dict[str, list[int]]],
    terms: Terms,
    dates: Dates | None,
    progress: Progress,
    *,
    classes: bool = True,
) -> Split:
    """Find the rows that can be learned from and those that stay together, and have these dealt out.

    Without ``classes`` the label sets are levels of numbers: nobody has to hear of them.
    """
    given = terms.tests_given
    own_test = set() if terms.test_source else set(terms.test_rows)
    usable = [row for row, its in enumerate(label_sets) if its is not None and texts[row].strip()]
    usable = [row for row in usable if row not in own_test]
    counts = Counter(label for row in usable for label in label_sets[row] or ())
    if classes:
        _check(counts, given)
    elif not usable:
        raise UnfitData(N_("No row has an answer and a text: there is nothing to learn from."))
    held_out = list(terms.test_texts) if terms.test_source else [texts[row] for row in sorted(own_test)]
    clusters = near_duplicate_clusters([*(texts[row] for row in usable), *held_out], progress)
    units = _units(usable, clusters[: len(usable)], terms.groups)
    if terms.validation_rows:
        chosen = set(terms.validation_rows)
        parts = {"train": [row for row in usable if row not in chosen], "validation": [*chosen & {*usable}]}
    else:
        parts = deal(units, _shares(len(usable), given))
    if dates is None:
        on_parts = _note_on_singles(counts) if classes else ()
    else:
        if classes:
            _check_trained({label for row in parts["train"] for label in label_sets[row] or ()})
        on_parts = notes_on_time(parts, dates, label_sets if classes else [None] * len(label_sets))
    test = tuple(sorted(terms.test_rows)) if given else tuple(sorted(parts["test"]))
    tested = {clusters[len(usable) + position] for position in range(len(held_out))}
    also_tested = sum(cluster in tested for cluster in clusters[: len(usable)])
    empty = sum(its is not None and not texts[row].strip() for row, its in enumerate(label_sets) if row not in own_test)
    notes = (*on_parts, *_notes(empty, also_tested))
    train, validation = tuple(sorted(parts["train"])), tuple(sorted(parts["validation"]))
    split = Split("", source_id, terms.test_source, train, validation, test, terms.seed, notes)
    return dataclasses.replace(split, id=_identify(split))


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


def _check_trained(labels: set[str]) -> None:
    if len(labels) < 2:
        raise UnfitData(
            N_("Divided by time, the older rows have one class only: nothing to tell apart. Divide without the dates.")
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


def _shares(rows: int, given: bool) -> dict[str, float]:
    """Shares of ``rows`` that are not for training."""
    if given:
        return {"validation": min(VALIDATION_SHARE_BESIDE_TEST, MOST_VALIDATION_ROWS_BESIDE_TEST / rows)}
    return {
        "test": min(TEST_SHARE, MOST_TEST_ROWS / rows),
        "validation": min(VALIDATION_SHARE, MOST_VALIDATION_ROWS / rows),
    }


def levels_of(numbers: npt.NDArray[np.float64]) -> list[str]:
    """[rows] "0" for the smallest numbers, "9" for the largest, each in about as many rows; "" where there is none."""
    known = ~np.isnan(numbers)
    edges = np.unique(np.quantile(numbers[known], np.arange(1, LEVELS) / LEVELS)) if known.any() else numbers[:0]
    levels = np.searchsorted(edges, numbers, side="right")
    return [str(level) if its else "" for level, its in zip(levels.tolist(), known.tolist(), strict=True)]


def _read_order(terms: Terms, is_labelled: Sequence[bool]) -> list[float | None] | None:
    """[rows] dates by which rows are divided; None where they are divided by chance."""
    order = terms.order
    if order is None:
        return None
    dates = read_dates(order, terms.date_order)
    labelled = [row for row, its in enumerate(is_labelled) if its]
    if all(dates[row] is None for row in labelled):
        raise UnfitData(
            N_("No labelled row has a date that can be read, such as 2024-01-31 or 2024年1月31日: {example}."),
            example=", ".join(dict.fromkeys(order[row].strip() or "-" for row in labelled[:_EXAMPLES])),
        )
    return dates


def _note_on_singles(counts: Counter[str]) -> tuple[Finding, ...]:
    singles = sorted(label for label, rows in counts.items() if rows == 1)
    message = N_("Classes with a single row: {labels}. It is used for training, so they cannot be measured.")
    note = Finding("single_row_classes", len(singles), message, (("labels", ", ".join(singles)),))
    return (note,) if singles else ()


def _notes(empty: int, also_tested: int) -> tuple[Finding, ...]:
    notes = []
    if empty:
        message = N_("Rows with a label but no text, which were left out: {rows}.")
        notes.append(Finding("empty_text", empty, message, (("rows", str(empty)),)))
    if also_tested:
        message = N_("Training rows that stand in the test rows too, or nearly so: {rows}. The score may flatter.")
        notes.append(Finding("test_rows_in_training", also_tested, message, (("rows", str(also_tested)),)))
    return tuple(notes)
