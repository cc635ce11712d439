"""Classes that are too small to be learned, or far larger than the others."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pipeline.check.compose import EXAMPLES, example, naming, offer
from pipeline.check.finding import CheckFinding, Example, Remedy, Severity
from pipeline.check.labels import placeholders
from pipeline.check.material import Material
from pipeline.check.spelling import fold
from pipeline.data.steps import leave_out, rename_labels
from pipeline.errors import N_

# Labelled rows: of fewer, two or fewer are tested on, which says nothing.
LEAST = 10

# The largest class has this share of the rows, or so many times the rows of the smallest one that is not rare.
LARGE_SHARE = 0.8
MANY_TIMES = 20

OTHER_CHINESE, OTHER_ENGLISH = "其他", "Other"
_OTHER = frozenset(map(fold, (OTHER_CHINESE, "其它", "其他类", "其他问题", OTHER_ENGLISH, "others", "misc")))


def find_rare_classes(material: Material) -> Iterator[CheckFinding]:
    """Classes with too few rows, all spellings of a label together; labels that stand for a blank aside."""
    classes = _classes(material)
    counts = {key: sum(material.counts[label] for label in labels) for key, labels in classes.items()}
    rare = sorted((key for key in classes if counts[key] < LEAST), key=lambda key: (-counts[key], key))
    if not rare:
        return
    rows = sum(counts[key] for key in rare)
    yield CheckFinding(
        kind="rare_classes",
        severity=Severity.WARNING,
        rows=rows,
        message=N_("Classes with fewer than {least} labelled rows: {classes} of {all} ({labels}). Rows: {rows}."),
        why=N_("So few rows are too few to learn a class from, and too few to say how well the model does on it."),
        values=(
            ("least", str(LEAST)),
            ("classes", str(len(rare))),
            ("all", str(len(classes))),
            ("labels", naming([f"{classes[key][0]}: {counts[key]}" for key in rare])),
            ("rows", str(rows)),
        ),
        examples=_examples(material, [classes[key] for key in rare]),
        remedies=(*_merged(material, classes, counts, rare), *_dropped(material, classes, rare)),
    )


def find_imbalance(material: Material) -> Iterator[CheckFinding]:
    """One class that is far larger than another; nothing is wrong with it, but accuracy misleads."""
    sizes = Counter[str]()
    names = {}
    for key, labels in _classes(material).items():
        sizes[key] = sum(material.counts[label] for label in labels)
        names[key] = labels[0]
    ordered = sizes.most_common()
    if len(ordered) < 2:
        return
    (largest, most), (smallest, least) = ordered[0], ordered[-1]
    share = most / max(1, len(material.labelled))
    if share < LARGE_SHARE and most < MANY_TIMES * min(rows for _, rows in ordered if rows >= LEAST or rows == most):
        return
    yield CheckFinding(
        kind="imbalance",
        severity=Severity.NOTE,
        rows=most,
        message=N_("The classes differ much in size: {largest} has {most} rows ({share}), {smallest} has {least}."),
        why=N_(
            "Over all labels together, a score mostly says how well a model does on the frequent ones; look at "
            "macro-F1 as well, for which every label counts the same."
        )
        if material.view.several
        else N_(
            "Accuracy mostly says how well a model does on the large classes; look at macro-F1 as well, for which "
            "every class counts the same."
        ),
        values=(
            ("largest", names[largest]),
            ("most", str(most)),
            ("share", f"{share:.1%}"),
            ("smallest", names[smallest]),
            ("least", str(least)),
        ),
        examples=_examples(material, [[names[largest]], [names[smallest]]]),
    )


def _classes(material: Material) -> Mapping[str, list[str]]:
    """Labels by what they mean, the most frequent spelling first; those that stand for a blank are none."""
    blank = frozenset(placeholders(material))
    classes: dict[str, list[str]] = defaultdict(list)
    known = {label for labels in material.sets for label in labels or ()}
    for label in sorted(known - blank, key=lambda label: (-material.counts[label], label)):
        classes[fold(label)].append(label)
    return classes


def _merged(
    material: Material, classes: Mapping[str, Sequence[str]], counts: Mapping[str, int], rare: Sequence[str]
) -> tuple[Remedy, ...]:
    """Into a class for the rest, if that one gets enough rows."""
    others = sorted((key for key in classes if key in _OTHER), key=lambda key: -counts[key])
    name = classes[others[0]][0] if others else _other(classes)
    merged = {*rare, *others[:1]}
    if len(merged) < 2 or sum(counts[key] for key in merged) < LEAST:
        return ()
    names = {label: name for key in rare for label in classes[key] if label != name}
    step = rename_labels(names, "rare_classes")
    return offer(material, N_("Merge them into one class, {other}"), step, other=name)


def _dropped(material: Material, classes: Mapping[str, Sequence[str]], rare: Sequence[str]) -> tuple[Remedy, ...]:
    """Without their rows; of several labels a row the others go with it: without one, a row would teach its absence."""
    rows = material.rows_of({label for key in rare for label in classes[key]})
    step = leave_out(rows, "rare_classes")
    return offer(material, N_("Do without them (rows left out: {rows})"), step, rows=str(len(rows)))


def _other(classes: Mapping[str, Sequence[str]]) -> str:
    chinese = sum(any("\u4e00" <= character <= "\u9fff" for character in key) for key in classes)
    return OTHER_CHINESE if 2 * chinese > len(classes) else OTHER_ENGLISH


def _examples(material: Material, classes: Sequence[Sequence[str]]) -> tuple[Example, ...]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row in material.labelled:
        for label in material.sets[row] or ():
            rows[label].append(row)
    shown = [[row for label in labels for row in rows[label]] for labels in classes]
    return tuple(example(material, found, material.labels[found[0]]) for found in shown if found)[:EXAMPLES]
