"""Texts in another language than most, in the same letters: German among English. Other letters are for ``texts``."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.check.finding import CheckFinding
from pipeline.check.material import Material
from pipeline.check.texts import unlike_most
from pipeline.data.languages import language_of
from pipeline.data.scripts import script_of
from pipeline.errors import N_

# Only letters that many languages share leave a question; Chinese or Greek ones are the answer.
_SHARED = ("latin", "cyrillic")

# Texts that are asked about at first: half a second. If they are mixed, all texts of a file of up to so many rows are
# asked about, some seconds more, so that the rows are known.
SAMPLE, MOST_ASKED = 3_000, 50_000

# A language is there when so many texts are in it, and surely more than are ever taken for it by mistake: at most 0.6 %
# were in any file of one language that was tried (docs/experiments.md).
FEWEST, LEAST_SHARE, NEVER_BY_MISTAKE = 10, 0.02, 0.01
_Z = 1.96

OTHER_LANGUAGE = {
    "bg": N_("Texts in Bulgarian, unlike most others here: {rows} ({share})."),
    "cs": N_("Texts in Czech or Slovak, unlike most others here: {rows} ({share})."),
    "da": N_("Texts in Danish or Norwegian, unlike most others here: {rows} ({share})."),
    "de": N_("Texts in German, unlike most others here: {rows} ({share})."),
    "en": N_("Texts in English, unlike most others here: {rows} ({share})."),
    "es": N_("Texts in Spanish, unlike most others here: {rows} ({share})."),
    "fi": N_("Texts in Finnish, unlike most others here: {rows} ({share})."),
    "fr": N_("Texts in French, unlike most others here: {rows} ({share})."),
    "hr": N_("Texts in Croatian, Bosnian or Serbian, unlike most others here: {rows} ({share})."),
    "hu": N_("Texts in Hungarian, unlike most others here: {rows} ({share})."),
    "id": N_("Texts in Indonesian or Malay, unlike most others here: {rows} ({share})."),
    "it": N_("Texts in Italian, unlike most others here: {rows} ({share})."),
    "nl": N_("Texts in Dutch, unlike most others here: {rows} ({share})."),
    "pl": N_("Texts in Polish, unlike most others here: {rows} ({share})."),
    "pt": N_("Texts in Portuguese, unlike most others here: {rows} ({share})."),
    "ro": N_("Texts in Romanian, unlike most others here: {rows} ({share})."),
    "ru": N_("Texts in Russian, unlike most others here: {rows} ({share})."),
    "sv": N_("Texts in Swedish, unlike most others here: {rows} ({share})."),
    "tr": N_("Texts in Turkish, unlike most others here: {rows} ({share})."),
    "uk": N_("Texts in Ukrainian, unlike most others here: {rows} ({share})."),
    "vi": N_("Texts in Vietnamese, unlike most others here: {rows} ({share})."),
}


def find_mixed_languages(material: Material) -> Iterator[CheckFinding]:
    """Languages of a small but sure share of the texts, beside the one that most are in.

    Of a large file a sample is looked at; then the rows are not known, and there is no remedy.
    """
    left_out = material.view.left_out
    rows = [row for row in range(len(material.cells)) if row not in left_out]
    asked = rows if len(rows) <= SAMPLE else sorted(random.Random(0).sample(rows, SAMPLE))
    languages = _languages(material, asked)
    if len(asked) < len(rows) <= MOST_ASKED and _others(languages):
        asked = rows
        languages = _languages(material, asked)
    for language in _others(languages):
        found = [row for row, its in languages.items() if its == language]
        estimated = 0 if len(asked) == len(rows) else round(len(found) * len(rows) / len(asked))
        share = len(found) / len(languages)
        message = OTHER_LANGUAGE[language]
        yield unlike_most(
            material, kind="mixed_languages", message=message, rows=found, share=share, estimated=estimated
        )


def _languages(material: Material, rows: Sequence[int]) -> dict[int, str]:
    """Row -> language, "" where it is not sure, of the rows in the letters that most of them are in."""
    texts = [material.cells[row] for row in rows]
    scripts = list(material.each(script_of, texts))
    counts = Counter(script for script in scripts if script).most_common(1)
    if not counts or counts[0][0] not in _SHARED:
        return {}
    its = [place for place, script in enumerate(scripts) if script == counts[0][0]]
    found = material.each(language_of, [texts[place] for place in its])
    return {rows[place]: language for place, language in zip(its, found, strict=True)}


def _others(languages: dict[int, str]) -> list[str]:
    """Languages that are surely there, but for the one of most texts; that of most rows first."""
    counts = Counter(filter(None, languages.values())).most_common()
    return [language for language, count in counts[1:] if _is_there(count, len(languages))]


def _is_there(count: int, total: int) -> bool:
    """Whether that share counts: by the lower end of its 95 % interval (Wilson 1927)."""
    share = count / total
    middle = share + _Z**2 / (2 * total)
    reach = _Z * (share * (1 - share) / total + _Z**2 / (4 * total**2)) ** 0.5
    return count >= FEWEST and share >= LEAST_SHARE and (middle - reach) / (1 + _Z**2 / total) > NEVER_BY_MISTAKE
