"""Which language a text in Latin or Cyrillic letters is written in: what a small model inside a package says of it.

Tells English from German, where ``scripts`` tells Chinese from English. Of a single short text it is often unsure, and
then says nothing; of many texts it tells well which languages there are. Loads its model (0.7 s of a core, 110 MB) when
it is asked first, and not before.
"""

from functools import cache
from typing import Any

# What a text has to be in a language with, from 0 to 1; below, more than a few in a hundred short texts were taken for
# another language than they are in (docs/experiments.md).
SURE = 0.5

# Characters that are read; more of a long text would not change the answer.
_READ = 1_000

# Languages so near to one another that short texts of the one are taken for the other: told as one.
_TWINS = {"no": "da", "nn": "da", "sk": "cs", "ms": "id", "bs": "hr", "sr": "hr"}

# Those that are told. What looks like any of the hundred others is more often a misunderstanding.
LANGUAGES = (
    *("cs", "da", "de", "en", "es", "fi", "fr", "hr", "hu", "id", "it", "nl", "pl", "pt", "ro", "sv", "tr", "vi"),
    *("bg", "ru", "uk"),
)


def language_of(text: str) -> str:
    """One of LANGUAGES; "" where the text is too short to tell, or is in a language that is not among them."""
    language, sure = _model().classify(text[:_READ])
    language = _TWINS.get(language, language)
    return language if sure > SURE and language in LANGUAGES else ""


@cache
def _model() -> Any:  # the package has no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # seconds, and seldom asked for

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
