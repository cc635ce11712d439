"""Personal data in a text: e-mail addresses, phone numbers, Chinese resident ids, bank cards. Found and masked.

Knows texts only. What looks like a number of a person but fails its check digit is left alone: an order number
that is masked by mistake may be what the label depends on.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from pipeline.errors import N_

# What a masked text shows in place of what stood there; models meet such words in every language.
MASKS = {"email": "[email]", "resident_id": "[id]", "bank_card": "[card]", "phone": "[phone]"}
NAMES = {
    "email": N_("e-mail addresses"),
    "resident_id": N_("Chinese resident ids"),
    "bank_card": N_("bank card numbers"),
    "phone": N_("phone numbers"),
}
KINDS = tuple(MASKS)

# GB 11643-1999: the weights of the first 17 digits, and the check character for each remainder of 11.
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"

_EMAIL = r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}"
_RESIDENT_ID = r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
_BANK_CARD = r"\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,4}(?:[ -]?\d{1,3})?"
_PHONE = "|".join(
    (
        r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}",  # a Chinese mobile
        r"0\d{2,3}[- ]\d{7,8}",  # a Chinese landline with its area code
        r"\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}",  # international, written with its plus
        r"\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}",  # North American
    )
)
# One pass: at each place the most specific kind that fits wins. Digits and letters around it would make it a part
# of something longer.
_PERSONAL = re.compile(
    rf"(?<![A-Za-z0-9._%+-])(?P<email>{_EMAIL})"
    rf"|(?<![0-9A-Za-z])(?P<resident_id>{_RESIDENT_ID})(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z+])(?P<phone>{_PHONE})(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z])(?P<bank_card>{_BANK_CARD})(?![0-9A-Za-z])"
)
# A look at the text that is quicker than the search: without these there is nothing to find.
_POSSIBLE = re.compile(r"@|\d{4}|\+\d|\d{3}\)?[ -]\d")


@dataclass(frozen=True)
class Personal:
    """Where something personal stands in a text."""

    kind: str  # one of KINDS
    start: int
    end: int


def find_personal(text: str) -> Iterator[Personal]:
    """What is personal in ``text``, from left to right, without overlaps."""
    if not _POSSIBLE.search(text):
        return
    for match in _PERSONAL.finditer(text):
        kind = str(match.lastgroup)
        if _CHECKS.get(kind, _anything)(match.group()):
            yield Personal(kind, match.start(), match.end())


def mask(text: str, kinds: Collection[str]) -> str:
    """``text`` with what is personal, of these kinds, replaced by words that say what stood there."""
    pieces, end = [], 0
    for found in find_personal(text) if kinds else ():
        if found.kind in kinds:
            pieces += [text[end : found.start], MASKS[found.kind]]
            end = found.end
    return "".join([*pieces, text[end:]])


def _anything(_text: str) -> bool:
    return True


def _is_resident_id(text: str) -> bool:
    remainder = sum(int(digit) * weight for digit, weight in zip(text, _RESIDENT_WEIGHTS, strict=False)) % 11
    return text[-1].upper() == _RESIDENT_CHECKS[remainder]


def _is_card(text: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled, the sum of all digits divides by 10."""
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


_CHECKS: dict[str, Callable[[str], bool]] = {"resident_id": _is_resident_id, "bank_card": _is_card}
