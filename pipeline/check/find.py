"""The data check itself: every finder in turn, the worst findings first. To add one, name it in FINDERS."""

from collections.abc import Callable, Iterator

from pipeline.check import classes, columns, drift, duplicates, groups, labels, numbers, personal, several, texts
from pipeline.check.finding import CheckFinding
from pipeline.check.material import Material
from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent, Stopped

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
    texts.find_cut_texts,
    texts.find_mixed_scripts,
    texts.find_short_texts,
    numbers.find_no_numbers,
    numbers.find_outliers,
    numbers.find_one_number,
    numbers.find_far_apart,
    personal.find_personal_data,
    drift.find_drift,
)


def find(material: Material, progress: Progress | None = None) -> tuple[CheckFinding, ...]:
    """What every finder found, worst first, then by rows.

    Raises:
        Stopped: somebody asked for it.
    """
    progress = progress or Silent()
    found: list[CheckFinding] = []
    for done, finder in enumerate(FINDERS):
        progress.advance(PHASE, done, len(FINDERS))
        if progress.stop_requested():
            raise Stopped({})
        found.extend(finder(material))
    progress.advance(PHASE, len(FINDERS), len(FINDERS))
    return tuple(sorted(found, key=lambda finding: (-finding.severity, -finding.rows, finding.kind)))
