"""The data check itself: every finder in turn, the worst findings first.

To add one, name it in FINDERS, in WRITTEN_FINDERS for answers that are texts to write, or in RAW_FINDERS for texts that
nothing is asked about; or in several.
"""

from collections.abc import Callable, Iterator

from pipeline.check import (
    classes,
    columns,
    cutting,
    drift,
    duplicates,
    groups,
    labels,
    languages,
    numbers,
    personal,
    several,
    texts,
    written,
)
from pipeline.check.finding import CheckFinding
from pipeline.check.material import Material
from pipeline.errors import N_
from pipeline.runs.progress import Stopped

PHASE = N_("Looking at the data")

Finder = Callable[[Material], Iterator[CheckFinding]]

FINDERS: tuple[Finder, ...] = (
    labels.find_label_variants,
    labels.find_similar_labels,
    labels.find_placeholders,
    classes.find_rare_classes,
    classes.find_imbalance,
    columns.find_leaks,
    columns.find_unique_columns,
    columns.find_empty_texts,
    duplicates.find_exact_duplicates,
    duplicates.find_near_duplicates,
    duplicates.find_conflicts,
    duplicates.find_test_copies,
    groups.find_groups,
    several.find_several_labels,
    cutting.find_cut_texts,
    texts.find_mixed_scripts,
    languages.find_mixed_languages,
    texts.find_short_texts,
    numbers.find_no_numbers,
    numbers.find_outliers,
    numbers.find_one_number,
    numbers.find_far_apart,
    personal.find_personal_data,
    drift.find_drift,
)
# What is said of labels means nothing there, and answers that change with time are told by no count.
WRITTEN_FINDERS: tuple[Finder, ...] = (
    written.find_unread_conversations,
    columns.find_empty_texts,
    written.find_empty_answers,
    duplicates.find_exact_duplicates,
    duplicates.find_near_duplicates,
    written.find_repeated_questions,
    duplicates.find_test_copies,
    groups.find_groups,
    cutting.find_cut_answers,
    written.find_long_rows,
    written.find_echoes,
    written.find_unfinished_answers,
    texts.find_mixed_scripts,
    languages.find_mixed_languages,
    personal.find_personal_data,
)


# Of texts that nothing is asked about.
RAW_FINDERS: tuple[Finder, ...] = (
    duplicates.find_exact_duplicates,
    duplicates.find_near_duplicates,
    duplicates.find_test_copies,
    groups.find_groups,
    texts.find_mixed_scripts,
    languages.find_mixed_languages,
    personal.find_personal_data,
)


def _forget(_: tuple[CheckFinding, ...]) -> None:
    """Nobody wants to know before the end."""


def find(material: Material, keep: Callable[[tuple[CheckFinding, ...]], None] = _forget) -> tuple[CheckFinding, ...]:
    """What every finder found, worst first, then by rows.

    Args:
        material: what to look at; its ``progress`` hears how far the search is.
        keep: is given what was found so far whenever that is more, so that a stop loses none of it.

    Raises:
        Stopped: somebody asked for it.
    """
    progress = material.progress
    found: tuple[CheckFinding, ...] = ()
    finders = RAW_FINDERS if material.view.raw else WRITTEN_FINDERS if material.view.written else FINDERS
    for done, finder in enumerate(finders):
        progress.advance(PHASE, done, len(finders))
        if progress.stop_requested():
            raise Stopped({})
        if new := list(finder(material)):
            found = tuple(sorted((*found, *new), key=lambda one: (-one.severity, -one.rows, one.kind)))
            keep(found)
    progress.advance(PHASE, len(finders), len(finders))
    return found
