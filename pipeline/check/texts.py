"""What is the matter with the texts: too long for a model, too short to say anything, in several scripts."""

import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from pipeline.check.compose import EXAMPLES, excerpt, offer
from pipeline.check.finding import CheckFinding, Example, Remedy, Severity
from pipeline.check.material import Material
from pipeline.data.scripts import script_of
from pipeline.data.steps import leave_out
from pipeline.errors import N_
from pipeline.models import catalogue, store
from pipeline.models.store import Model
from pipeline.runs.spec import Recipe

# Texts that are handed to the tokenizers; so many give a share of rows to about one point.
SAMPLE = 5_000
_TEXTS_AT_ONCE = 500

# No tokenizer packs more characters into a token on average, so that what stands behind need not be read.
_CHARACTERS_A_TOKEN = 64
_AROUND_CUT = 60  # characters shown on each side of a cut

# Share of all text below which nobody has to hear of it.
LEAST_LOSS = 0.001

# What a model has to read, by the script of the texts; "multi" reads everything.
_LANGUAGES = {"han": "zh", "kana": "ja", "hangul": "ko", "latin": "en"}

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


@dataclass(frozen=True)
class _Cut:
    """What a model does not get to read, of the texts that were looked at."""

    model: Model
    limit: int  # tokens
    ends: dict[int, int]  # row -> characters that are read, for rows that are cut
    share: float  # of all characters, from 0 to 1


def find_cut_texts(material: Material) -> Iterator[CheckFinding]:
    """Texts that are longer than a model of this machine reads by default, for the model that loses most.

    Models for other languages are not asked: what they cannot read they cut in pieces, or take for nothing.
    """
    rows = [row for row in _rows(material) if material.texts[row].strip()]
    sample = rows if len(rows) <= SAMPLE else sorted(random.Random(0).sample(rows, SAMPLE))
    cuts = [_cut(material.texts, sample, model) for model in _models_for(material, sample)]
    cuts.sort(key=lambda cut: (cut.share, len(cut.ends)))
    if not cuts or cuts[-1].share < LEAST_LOSS:
        return
    least, most = cuts[0], cuts[-1]
    affected = {cut.model.name: round(len(cut.ends) * len(rows) / len(sample)) for cut in (least, most)}
    message = N_("{model} reads {limit} tokens of a text by default: {rows} rows are cut, {share} of all text is lost.")
    if len(cuts) > 1:
        message = N_(
            "{model} reads {limit} tokens of a text by default: {rows} rows are cut, {share} of all text is lost. "
            "{least} loses least: {least_rows} rows, {least_share}."
        )
    about = "" if len(sample) == len(rows) else "≈ "
    values = {
        "model": most.model.name,
        "limit": str(most.limit),
        "rows": f"{about}{affected[most.model.name]}",
        "share": f"{most.share:.1%}",
        "least": least.model.name,
        "least_rows": f"{about}{affected[least.model.name]}",
        "least_share": f"{least.share:.1%}",
    }
    worst = sorted(most.ends, key=lambda row: most.ends[row] - len(material.texts[row]))[:EXAMPLES]
    yield CheckFinding(
        kind="cut_texts",
        severity=Severity.WARNING if len(least.ends) >= MATTERING_SHARE * len(sample) else Severity.NOTE,
        rows=affected[most.model.name],
        message=message,
        why=N_(
            "What is cut off is never read. If it matters, put the column that says most first, or raise the maximum "
            "length on the Train page: longer texts take more time and memory."
        ),
        values=tuple(values.items()),
        examples=tuple(_shown_cut(row, material.texts[row], most.ends[row]) for row in worst),
    )


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


def _rows(material: Material) -> list[int]:
    left_out = material.view.left_out
    return [row for row in range(len(material.texts)) if row not in left_out]


def _models_for(material: Material, rows: Sequence[int]) -> list[Model]:
    """Models of this machine that read what most of the texts are written in, as far as that is known."""
    scripts = Counter(script_of(material.texts[row]) for row in rows)
    del scripts[""]
    language = _LANGUAGES.get(scripts.most_common(1)[0][0], "multi") if scripts else ""
    return [
        model
        for model in store.list_ready()
        if _vocabulary(model).is_file()
        and (not language or not model.languages or {language, "multi"} & {*model.languages})
    ]


def _vocabulary(model: Model) -> Path:
    return model.path / "tokenizer.json"


def _cut(texts: Sequence[str], rows: Sequence[int], model: Model) -> _Cut:
    limit = min(Recipe().max_length, model.context)
    tokenizer = Tokenizer.from_file(str(_vocabulary(model)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    special = tokenizer.num_special_tokens_to_add(False)
    # A token stands for a byte at least (and one may stand for the start), so shorter texts need not be read.
    long = [row for row in rows if len(texts[row].encode("utf-8", "surrogatepass")) + special >= limit]
    ends: dict[int, int] = {}
    for start in range(0, len(long), _TEXTS_AT_ONCE):
        some = long[start : start + _TEXTS_AT_ONCE]
        read = tokenizer.encode_batch([_readable(texts[row])[: limit * _CHARACTERS_A_TOKEN] for row in some])
        cut = [(row, one) for row, one in zip(some, read, strict=True) if one.overflowing]
        ends |= {row: max(end for _, end in one.offsets) for row, one in cut}
    lost = sum(len(texts[row]) - end for row, end in ends.items())
    return _Cut(model, limit, ends, lost / max(1, sum(len(texts[row]) for row in rows)))


def _readable(text: str) -> str:
    """Half a character, as a cut file may hold it, is no text to a tokenizer."""
    return text.encode("utf-8", "replace").decode()


def _shown_cut(row: int, text: str, end: int) -> Example:
    before = ("… " if end > _AROUND_CUT else "") + text[max(0, end - _AROUND_CUT) : end]
    return Example((row,), f"{before} ✂ {text[end : end + _AROUND_CUT]}")


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
