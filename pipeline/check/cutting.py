"""Texts that are longer than a model reads: what the models of this machine cut off, in their own tokens."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from pipeline.check.compose import EXAMPLES, offer
from pipeline.check.finding import CheckFinding, Example, Severity
from pipeline.check.material import Material
from pipeline.check.texts import MATTERING_SHARE
from pipeline.data.scripts import script_of
from pipeline.data.steps import leave_out
from pipeline.errors import N_
from pipeline.models import store
from pipeline.models.store import Model
from pipeline.runs.spec import LONGEST_WRITTEN, Recipe

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

# Tokens that a prompt format adds to instruction and answer, about: Alpaca's words are 40, the marks of a chat a dozen.
_FORMAT = 30


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
    sample = _some(rows)
    cuts = _cuts(material, sample, lambda model: min(Recipe().max_length, model.context))
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


def find_cut_answers(material: Material) -> Iterator[CheckFinding]:
    """Rows whose instruction and answer are together longer than a model that writes learns by default.

    As ``find_cut_texts``; what is lost is the end of the answer.
    """
    sample = _some(material.labelled)
    cuts = _cuts(material, sample, lambda model: min(LONGEST_WRITTEN, model.context) - _FORMAT)
    if not cuts or not cuts[-1].ends:
        return
    most = cuts[-1]
    rows, known = sorted(most.ends), len(sample) == len(material.labelled)
    affected = round(len(rows) * len(material.labelled) / len(sample))
    worst = sorted(rows, key=lambda row: most.ends[row] - len(material.whole[row]))[:EXAMPLES]
    yield CheckFinding(
        kind="cut_answers",
        severity=Severity.WARNING if len(rows) >= MATTERING_SHARE * len(sample) else Severity.NOTE,
        rows=affected,
        message=N_(
            "{model} learns {limit} tokens of an instruction with its answer by default. Longer rows, which are cut at "
            "their end: about {rows}."
        ),
        why=N_(
            "It learns from them answers that stop in the middle. Raise the maximum length on the Train page, which "
            "takes more time and memory, or leave them out."
        ),
        values=(("model", most.model.name), ("limit", str(most.limit + _FORMAT)), ("rows", str(affected))),
        examples=tuple(_shown_cut(row, material.whole[row], most.ends[row]) for row in worst),
        remedies=offer(
            material,
            N_("Leave these rows out (rows: {rows})"),
            leave_out(rows, "cut_answers"),
            rows=str(len(rows)),
        )
        if known
        else (),
    )


def _some(rows: Sequence[int]) -> Sequence[int]:
    return rows if len(rows) <= SAMPLE else sorted(random.Random(0).sample(rows, SAMPLE))


def _cuts(material: Material, rows: Sequence[int], limit: Callable[[Model], int]) -> list[_Cut]:
    """What each model of this machine that may be trained on these rows cuts off; the one that loses most is last."""
    cuts = [_cut(material.whole, rows, model, limit(model)) for model in _models_for(material, rows)]
    return sorted(cuts, key=lambda cut: (cut.share, len(cut.ends)))


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
        and not (material.view.written and model.family == "encoder")
        and (not language or not model.languages or {language, "multi"} & {*model.languages})
    ]


def _vocabulary(model: Model) -> Path:
    return model.path / "tokenizer.json"


def _cut(texts: Sequence[str], rows: Sequence[int], model: Model, limit: int) -> _Cut:
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
