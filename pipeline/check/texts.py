"""What is the matter with the texts: too short to say anything, in several scripts. How long may be: ``cutting``."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.check.compose import EXAMPLES, excerpt, offer
from pipeline.check.finding import CheckFinding, Example, Remedy, Severity
from pipeline.check.material import Material
from pipeline.data.scripts import script_of
from pipeline.data.steps import leave_out
from pipeline.errors import N_
from pipeline.models import catalogue

# Rows that are cut, or in another script: a smaller share hardly moves any figure.
MATTERING_SHARE = 0.05

_OTHER_SCRIPT = {
    "han": N_("Texts in Chinese, unlike most others here: {rows} ({share})."),
    "kana": N_("Texts in Japanese, unlike most others here: {rows} ({share})."),
    "thai": N_("Texts in Thai, unlike most others here: {rows} ({share})."),
    "latin": N_("Texts in Latin letters, unlike most others here: {rows} ({share})."),
    "hangul": N_("Texts in Korean, unlike most others here: {rows} ({share})."),
    "cyrillic": N_("Texts in Cyrillic letters, unlike most others here: {rows} ({share})."),
    "greek": N_("Texts in Greek, unlike most others here: {rows} ({share})."),
    "arabic": N_("Texts in Arabic letters, unlike most others here: {rows} ({share})."),
    "hebrew": N_("Texts in Hebrew, unlike most others here: {rows} ({share})."),
    "devanagari": N_("Texts in Devanagari, unlike most others here: {rows} ({share})."),
}


def find_mixed_scripts(material: Material) -> Iterator[CheckFinding]:
    """A good share of the texts in another script than the rest."""
    texts = material.cells
    left_out = material.view.left_out
    judged = enumerate(material.each(script_of, texts))
    scripts = {row: script for row, script in judged if script and row not in left_out}
    counts = Counter(scripts.values()).most_common()
    for script, count in counts[1:]:
        if count < MATTERING_SHARE * len(scripts):
            continue
        rows = [row for row, its in scripts.items() if its == script]
        yield unlike_most(
            material, kind="mixed_scripts", message=_OTHER_SCRIPT[script], rows=rows, share=count / len(scripts)
        )


def unlike_most(
    material: Material, *, kind: str, message: str, rows: Sequence[int], share: float, estimated: int = 0
) -> CheckFinding:
    """Texts that a base model for most of the others cannot read.

    Args:
        material: the rows that are checked.
        kind: of the finding.
        message: with the values ``rows`` and ``share``.
        rows: such texts.
        share: of such texts, from 0 to 1.
        estimated: how many there are, about, where ``rows`` are those of a sample: these alone can't be left out.
    """
    return CheckFinding(
        kind=kind,
        severity=Severity.NOTE,
        rows=estimated or len(rows),
        message=message,
        why=N_(
            "A base model for one language makes little of another. Choose a multilingual one, such as {model}, "
            "which reads both, or train on the languages one by one."
        ),
        values=(
            ("rows", f"≈ {estimated}" if estimated else str(len(rows))),
            ("share", f"{share:.1%}"),
            ("model", _multilingual()),
        ),
        examples=tuple(
            Example((row,), excerpt(material.cells[row]), excerpt(material.labels[row])) for row in rows[:EXAMPLES]
        ),
        remedies=() if estimated else _without(material, rows, kind),
    )


def find_short_texts(material: Material) -> Iterator[CheckFinding]:
    """Labelled texts of one or two letters, or of signs alone, which say hardly anything."""
    texts = material.cells
    short = list(material.each(_says_nothing, texts))
    rows = [row for row in material.labelled if short[row] and texts[row].strip()]
    if rows:
        yield CheckFinding(
            kind="short_texts",
            severity=Severity.NOTE,
            rows=len(rows),
            message=N_("Labelled texts of a letter or two, or of signs alone: {rows}."),
            why=N_(
                "So little says hardly anything about the label. Keep such texts if they always mean the same; "
                "otherwise the model learns by heart what nobody could know."
            ),
            values=(("rows", str(len(rows))),),
            examples=tuple(Example((row,), excerpt(texts[row]), material.labels[row]) for row in rows[:EXAMPLES]),
            remedies=_without(material, rows, "short_texts"),
        )


def _says_nothing(text: str) -> bool:
    """Whether there are fewer than three letters or digits; a Chinese character is worth two, a picture three."""
    said = 0
    for character in text:
        category = unicodedata.category(character)
        if category == "So":
            said += 3
        elif category[0] in "LN":
            said += 2 if unicodedata.east_asian_width(character) == "W" else 1
        if said > 2:
            return False
    return True


def _multilingual() -> str:
    return next(entry.name for entry in catalogue.ENTRIES if "multi" in entry.languages)


def _without(material: Material, rows: Sequence[int], reason: str) -> tuple[Remedy, ...]:
    return offer(material, N_("Leave these rows out (rows: {rows})"), leave_out(rows, reason), rows=str(len(rows)))
