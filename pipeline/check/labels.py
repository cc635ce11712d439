"""Labels that are the same thing under several spellings, and labels that stand for a blank."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.check.compose import EXAMPLES, excerpt, naming, offer
from pipeline.check.finding import CheckFinding, Example, Severity
from pipeline.check.material import Material
from pipeline.check.spelling import fold, is_tidy, resemblance, visible
from pipeline.data.steps import leave_out, rename_labels
from pipeline.errors import N_

# What people, spreadsheets and programs write where nothing is known.
_FOR_BLANK = frozenset(
    map(
        fold,
        (
            *("N/A", "NA", "#N/A", "n.a.", "null", "none", "nil", "nan", "NaT", "undefined", "TBD", "TBC", "to do"),
            *("unknown", "unassigned", "unlabeled", "unlabelled", "not set", "blank", "empty", "(blank)", "(empty)"),
            *("无", "空", "空白", "(空)", "(空白)", "暂无", "没有", "待定", "待确认", "待分类", "待分配"),
            *("未知", "不详", "未定", "未填", "未填写", "未分类", "未分配", "未标注", "不知道"),
        ),
    )
)
_SIGNS_FOR_BLANK = frozenset("-—–−_/\\?.*#~…。、")


def find_label_variants(material: Material) -> Iterator[CheckFinding]:
    """Labels that surely mean the same."""
    counts = _counts(material)
    names = _merge(counts, fold)
    if names:
        one_label = len(names) + 1 == len(counts)
        yield _about_names(
            material,
            names,
            kind="label_variants",
            severity=Severity.BLOCKING if one_label else Severity.WARNING,
            message=N_("Labels that are written in several ways: {labels}. Rows with another spelling: {rows}."),
            why=N_("All of them are one label: written in one way, nothing is left to tell apart.")
            if one_label
            else N_("Each spelling counts as a class of its own, so the model has to tell apart what is the same."),
            remedy=N_("Write each of them in one way"),
        )


def find_similar_labels(material: Material) -> Iterator[CheckFinding]:
    """Labels that may mean the same: a question to whoever knows."""
    counts = _counts(material)
    meanings: dict[str, set[str]] = defaultdict(set)
    for label in counts:
        meanings[resemblance(label)].add(fold(label))
    unsure = Counter({label: rows for label, rows in counts.items() if len(meanings[resemblance(label)]) > 1})
    names = _merge(unsure, resemblance)
    if names:
        yield _about_names(
            material,
            names,
            kind="similar_labels",
            severity=Severity.NOTE,
            message=N_("Labels that may mean the same: {labels}. Rows with the rarer spelling: {rows}."),
            why=N_("If they do mean the same, the model has to tell apart what is the same."),
            remedy=N_("They mean the same: merge them"),
        )


def find_placeholders(material: Material) -> Iterator[CheckFinding]:
    """Labels that were probably written because a cell could not stay blank."""
    labels = placeholders(material)
    if not labels:
        return
    rows = material.rows_of(labels)
    yield CheckFinding(
        kind="placeholder_labels",
        severity=Severity.WARNING,
        rows=len(rows),
        message=N_("Labels that probably stand for a blank: {labels}. Rows: {rows}."),
        why=N_("The model would learn to answer this instead of a real label."),
        values=(("labels", naming(labels)), ("rows", str(len(rows)))),
        examples=_first_rows(material, labels),
        remedies=offer(
            material,
            N_("Leave these rows out (rows: {rows})"),
            leave_out(rows, "placeholder_labels"),
            rows=str(len(rows)),
        ),
    )


def placeholders(material: Material) -> tuple[str, ...]:
    """Labels that stand for a blank, the most frequent first."""
    counts = _counts(material)
    # "-" beside "+" is an answer. Nothing but invisible characters is a blank in any case.
    signs = frozenset() if any("+" in label for label in counts) else _SIGNS_FOR_BLANK
    return tuple(label for label, _ in counts.most_common() if fold(label) in _FOR_BLANK or {*fold(label)} <= signs)


def _counts(material: Material) -> Counter[str]:
    """Rows of each label, those without a text included: they are in the label space, too."""
    return Counter(label for labels in material.sets for label in labels or ())


def _merge(counts: Counter[str], key: Callable[[str], str]) -> dict[str, str]:
    """Spelling -> the one to keep of those with the same key: the most frequent of the tidy ones."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for label in counts:
        spellings[key(label)].append(label)
    names = {}
    for same in spellings.values():
        kept = min(same, key=lambda label: (not is_tidy(label), -counts[label], len(label), label))
        names.update({label: kept for label in same if label != kept})
    return names


def _about_names(
    material: Material,
    names: Mapping[str, str],
    *,
    kind: str,
    severity: Severity,
    message: str,
    why: str,
    remedy: str,
) -> CheckFinding:
    counts = _counts(material)
    rows = sum(counts[label] for label in names)
    others: dict[str, list[str]] = defaultdict(list)
    for label in sorted(names, key=lambda label: (-counts[label], label)):
        others[names[label]].append(label)
    kept = sorted(others, key=lambda label: (-sum(counts[other] for other in others[label]), label))
    return CheckFinding(
        kind=kind,
        severity=severity,
        rows=rows,
        message=message,
        why=why,
        values=(("labels", naming([_spellings(label, others[label]) for label in kept])), ("rows", str(rows))),
        examples=tuple(
            Example((), excerpt(visible(label)), " · ".join(f"{visible(o)} ({counts[o]})" for o in others[label]))
            for label in kept[:EXAMPLES]
        ),
        remedies=offer(material, remedy, rename_labels(names, kind)),
    )


def _spellings(label: str, others: Sequence[str]) -> str:
    return " / ".join(visible(one) for one in (label, *others))


def _first_rows(material: Material, labels: Sequence[str]) -> tuple[Example, ...]:
    """For each label its first rows."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, its in enumerate(material.sets):
        for label in its or ():
            rows[label].append(row)
    return tuple(
        Example(tuple(rows[label][:EXAMPLES]), excerpt(material.texts[rows[label][0]]), excerpt(label))
        for label in labels[:EXAMPLES]
    )
