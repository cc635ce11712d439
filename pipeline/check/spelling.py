"""When two spellings of a label mean the same, surely or perhaps. Knows strings only."""

import re
import unicodedata
from functools import cache

import opencc

# Compatibility forms that mean something of their own: 10² is not 102, ① may be a rank and 1 a count.
_MEANINGFUL = ("<super>", "<sub>", "<fraction>", "<circle>")

# What a sentence ends with. A question mark is none of them: "spam?" says that somebody was not sure.
_ENDS = " .,;:!。、~·…"

# Chinese and Japanese are written without spaces, so one beside such a character is a slip.
_IDEOGRAPH = "\u2e80-\u9fff\uf900-\ufaff"
_GAP = re.compile(rf"(?<=[{_IDEOGRAPH}]) | (?=[{_IDEOGRAPH}])")

_SEPARATORS = re.compile(r"(?<=[^\W_])[\s_-]+(?=[^\W_])")
_LEADING_ZEROS = re.compile(r"(?<![\d.])0+(?=\d)")
_WHOLE_NUMBER = re.compile(r"(?<=\d)\.0+$")


def fold(label: str) -> str:
    """The same for spellings that surely mean the same.

    Without differences of spaces, invisible characters, width, case, punctuation at the end, and of simplified and
    traditional characters. Signs that mean something stay: C is not C++, A/B is not AB.
    """
    plain = unicodedata.normalize("NFC", "".join(map(_plain, label)))
    text = _to_simplified().convert(plain).replace("帐", "账").casefold()  # both are written of accounts
    text = _GAP.sub("", " ".join(text.split()))
    return text.rstrip(_ENDS) or text


def resemblance(label: str) -> str:
    """The same for spellings that perhaps mean the same: 1, 01 and 1.0, "credit card" and credit_card, no and no?."""
    text = _SEPARATORS.sub(" ", fold(label))
    text = _WHOLE_NUMBER.sub("", _LEADING_ZEROS.sub("", text))
    return text.rstrip("?") or text


def is_tidy(label: str) -> bool:
    """Whether a label has no spaces where none belong, and nothing that cannot be seen."""
    return label == _GAP.sub("", " ".join("".join(c for c in label if not _is_invisible(c)).split()))


def visible(label: str) -> str:
    """A label with spaces at its ends, odd spaces and invisible characters written out."""
    body = label.strip(" ")
    start = len(label) - len(label.lstrip(" "))
    shown = "".join(f"<U+{ord(c):04X}>" if _is_invisible(c) or (c.isspace() and c != " ") else c for c in body)
    return "␣" * start + shown + "␣" * (len(label) - start - len(body))


def _plain(character: str) -> str:
    if _is_invisible(character):
        return ""
    kept = unicodedata.decomposition(character).startswith(_MEANINGFUL)
    return character if kept else unicodedata.normalize("NFKC", character)


def _is_invisible(character: str) -> bool:
    """Zero-width and control characters, and selectors of a glyph; spaces of any kind are none."""
    if character in "\ufe0e\ufe0f":
        return True
    return unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()


@cache
def _to_simplified() -> opencc.OpenCC:
    """Character by character; words of one region are not put into those of another."""
    return opencc.OpenCC("t2s")
