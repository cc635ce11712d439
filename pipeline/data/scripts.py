"""Which script a text is written in, by Unicode blocks. Tells Chinese from English; for German see ``languages``."""

import re
from collections import Counter
from itertools import islice

# Fewer words are a name or an abbreviation that stands in any language.
LEAST_WORDS = 3

# Chinese uses a kana as an ornament now and then; Japanese is full of them.
KANA_SHARE = 0.2

# Characters that are read; more of a long text would not change the answer.
_READ = 2_000

# A web address is written in Latin letters whatever the language around it.
_ADDRESS = r"https?://[!-~]+|(?<![\w.+-])[A-Za-z0-9_.+-]{1,64}@[!-~]+"
HAN = "\u3005\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # as the brackets of a pattern want it
# Written without spaces: each character counts like a word. So a Chinese sentence about an iPhone 15 Pro is Chinese.
_CHARACTERS = {
    "han": HAN,
    "kana": "\u3041-\u3096\u30a1-\u30fa\u30fc\u31f0-\u31ff\uff66-\uff9f",
    "thai": "\u0e01-\u0e4e",
}
_WORDS = {
    "latin": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a",
    "hangul": "\uac00-\ud7af\u1100-\u11ff\u3130-\u318f",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "arabic": "\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
}
SCRIPTS = (*_CHARACTERS, *_WORDS)
# A single letter is more often a part of a code than a word.
_FORMS = {
    "address": _ADDRESS,
    **{name: f"[{block}]+" for name, block in _CHARACTERS.items()},
    **{name: f"[{block}]{{2,}}" for name, block in _WORDS.items()},
}
_LATIN_WORD = re.compile("[A-Za-z]{2,}")
_RUNS = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()))


def script_of(text: str) -> str:
    """The script that most of ``text`` is written in: "han" (Chinese), "kana" (Japanese), "latin" ...

    "" where it has too few words to tell, or is in a script that is not known here.
    """
    if text.isascii() and "@" not in text and "://" not in text:
        some = islice(_LATIN_WORD.finditer(text), LEAST_WORDS)  # quicker: most texts of most English files
        return "latin" if len(list(some)) == LEAST_WORDS else ""
    words: Counter[str] = Counter()
    for run in _RUNS.finditer(text[:_READ]):
        script = str(run.lastgroup)
        words[script] += len(run.group()) if script in _CHARACTERS else 1
    del words["address"]
    if words["kana"] >= KANA_SHARE * (words["kana"] + words["han"]) > 0:
        words["kana"] += words.pop("han", 0)
    else:
        words["han"] += words.pop("kana", 0)
    script, count = max(words.items(), key=lambda one: one[1])
    return script if count >= LEAST_WORDS else ""
