"""Personal data in a text: e-mail addresses, phone numbers, Chinese resident ids, bank cards. Found and masked.

Knows texts only. What looks like a number of a person but fails its check digit, or is called an order number by
the words before it, is left alone: a number that is masked by mistake may be what the label depends on. For the same
reason a hotline (400-...) stays: it belongs to a company.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

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

# Characters as a Chinese keyboard or a word processor writes them, one for one, so that places stay the same.
_PLAIN = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | dict.fromkeys(map(ord, "‐‑‒–—"), "-")
_PLAIN |= dict.fromkeys(map(ord, "\u3000\u00a0"), " ")

# A look at the text that is quicker than the search: without these there is nothing to find.
_POSSIBLE = re.compile(r"[@＠]|(?:\d[\s().‐‑‒–—（）．－-]{0,3}){7}")

# Digits and letters around a number make it a part of something longer; so does "SO-" or "#" before it, and a
# currency or a fraction makes it an amount.
_LEFT = r"(?<![0-9A-Za-z+])(?<![0-9A-Za-z][-_.])(?<![A-Za-z]/)(?<![#_¥$€£])"
_RIGHT = r"(?![0-9A-Za-z_])(?!\.\d)(?! ?(?:元|万|亿|块|美元|%))"

_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_FILE_ENDINGS = ("png", "jpg", "jpeg", "gif", "svg", "webp")  # icon@2x.png is a picture

_RESIDENT_ID = re.compile(rf"{_LEFT}[1-9]\d{{5}}([ -]?)(?:19|20)\d{{6}}\1\d{{3}}[\dXx]{_RIGHT}", re.ASCII)
# The ids of before 1999 have no check digit, so only the word before them tells them from any other number.
_OLD_RESIDENT_ID = re.compile(
    rf"(?:身份证|证件)[号码是为:\s]{{0,6}}(?P<number>[1-9]\d{{14}}){_RIGHT}", re.ASCII | re.IGNORECASE
)
# GB 11643-1999: the weights of the first 17 digits, and the check character for each remainder of 11.
_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
# GB/T 2260: the first two digits name the province.
_PROVINCES = {
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83
}  # fmt: skip

_BANK_CARD = re.compile(
    rf"{_LEFT}(?:\d{{4}}([ -]?)\d{{4}}\1\d{{4}}\1\d{{2,4}}(?:\1\d{{1,3}})?|\d{{6}}[ -]\d{{10,13}}"
    rf"|\d{{4}}[ -]\d{{6}}[ -]\d{{5}}){_RIGHT}",
    re.ASCII,
)
# Who issues cards under which first digits, and how long these are (ISO/IEC 7812-1; the networks' own tables).
# Without them every tenth long number would pass the check digit: times in milliseconds, order numbers.
_ISSUERS = re.compile(
    r"62\d{14,17}"  # UnionPay
    r"|4\d{15}"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}"  # American Express, JCB, Diners Club
    r"|6(?:0|5)\d{14}|9558\d{15}"  # Discover; the older cards of ICBC
)

# The first three digits that are given out to people; 141 and its like belong to machines, with longer numbers.
_MOBILE = r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
_CHINA = r"\(?(?:\+|00)?86\)?[ -]?"
_AREA = r"(?:10|2\d|[3-9]\d\d)"  # of a Chinese landline, without its 0
_PHONE = re.compile(
    _LEFT
    + "(?:"
    + "|".join(
        (
            rf"(?:{_CHINA})?{_MOBILE}\d{{8}}(?!-\d)",  # a Chinese mobile
            # The same in pieces; as a part of a longer row of numbers it is none.
            rf"(?:{_CHINA}|(?<!\d[ .-])){_MOBILE}(?:([ .-])\d{{4}}\1\d{{4}}|\d([ .-])\d{{3}}\2\d{{4}}|[ -]\d{{8}})"
            r"(?![ .-]\d)",
            # A Chinese landline with its area code and perhaps an extension
            rf"(?:{_CHINA}\(?0?|\(?0){_AREA}(?:\) ?| ?- ?| )[2-9]\d{{2,3}}[ -]?\d{{4}}(?: ?(?:-|转) ?\d{{1,5}})?",
            r"\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}",  # international, written with its plus
            r"(?:1[ .-]?)?(?:\([2-9]\d\d\) ?[2-9]\d\d-\d{4}|[2-9]\d\d([.-])[2-9]\d\d\3\d{4})",  # North American
            r"0[1-9]\d{9}|0[1-9]\d{3} \d{6}",  # national, as in Britain
            r"(?<!\d[ -])0[1-9]\d{1,3}([ -])\d{3,4}\4\d{3,4}(?![ -]\d)",
        )
    )
    + ")"
    + _RIGHT,
    re.ASCII,
)
# A number of any form right after a word that calls it a phone number.
_CALLED_PHONE = re.compile(
    r"(?:电话|手机|座机|固话|致电|拨打|回电|来电|传真|联系方式|\b(?:telephone|phone|mobile|cell|tel|fax|call|whatsapp))"
    r"(?:号码?|是|为| (?:no|number|us|me|at|on|is|now))*[\s.:]{0,3}"
    rf"(?P<number>[+(]?\d(?:[ ().-]{{0,2}}\d){{6,13}}){_RIGHT}",
    re.ASCII | re.IGNORECASE,
)
_HOTLINE = re.compile(r"1?(?:400|8(?:00|33|44|55|66|77|88))\d{7}")
_ABROAD = re.compile(r"1\d{10}|[2-9]\d{8,16}")  # a country code and a number; a change of +12345 is none
_DATE_OR_AMOUNT = re.compile(r"(?:19|20)\d\d([-. ]?)(?:0?[1-9]|1[0-2])\1(?:[0-2]?\d|3[01])(?: .*)?|\+?\d+\.\d{1,2}")
# Digits of a phone number: fewer than 7 is a short code; the longest are 12 and an extension of 5.
_PHONE_DIGITS = range(7, 18)

# Words that make the number after them one of a thing.
_OF_A_THING = re.compile(
    r"(?:单号|编号|订单|工单|运单|流水|批次|序列|货号|料号|型号|合同|发票|order|ticket|invoice|reference|ref|serial|tracking|sn)"
    r"(?:号码?|no|number|id|is|是|为|[\s:#.=])*$",
    re.ASCII | re.IGNORECASE,
)
_WORDS_BEFORE = 20  # characters in which such a word is looked for


@dataclass(frozen=True)
class Personal:
    """Where something personal stands in a text."""

    kind: str  # one of KINDS
    start: int
    end: int


def find_personal(text: str) -> Iterator[Personal]:
    """What is personal in ``text``, from left to right, without overlaps: the more specific kind wins."""
    if not _POSSIBLE.search(text):
        return
    plain = text.translate(_PLAIN)
    found: list[Personal] = []
    taken = bytearray(len(plain))
    for kind, pattern, fits in _FORMS:
        for match in pattern.finditer(plain):
            start, end = match.span("number" if "number" in pattern.groupindex else 0)
            if not any(taken[start:end]) and fits(plain[start:end], plain[max(0, start - _WORDS_BEFORE) : start]):
                found.append(Personal(kind, start, end))
                taken[start:end] = bytes([1]) * (end - start)
    yield from sorted(found, key=lambda one: one.start)


def mask(text: str, kinds: Collection[str]) -> str:
    """``text`` with what is personal, of these kinds, replaced by words that say what stood there."""
    pieces, end = [], 0
    for found in find_personal(text) if kinds else ():
        if found.kind in kinds:
            pieces += [text[end : found.start], MASKS[found.kind]]
            end = found.end
    return "".join([*pieces, text[end:]])


def _is_email(found: str, _before: str) -> bool:
    return not found.lower().endswith(_FILE_ENDINGS)


def _is_resident_id(found: str, _before: str) -> bool:
    number = re.sub("[ -]", "", found)
    remainder = sum(int(digit) * weight for digit, weight in zip(number, _RESIDENT_WEIGHTS, strict=False)) % 11
    return number[-1].upper() == _RESIDENT_CHECKS[remainder] and _was_born(number[:2], number[6:14])


def _is_old_resident_id(found: str, _before: str) -> bool:
    return _was_born(found[:2], f"19{found[6:12]}")


def _was_born(province: str, day: str) -> bool:
    try:
        date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return False
    return int(province) in _PROVINCES


def _is_card(found: str, before: str) -> bool:
    """ISO/IEC 7812-1, annex B: every second digit from the right doubled, the sum of all digits divides by 10."""
    number = re.sub("[ -]", "", found)
    digits = [int(character) for character in number]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    whole = (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    return whole and bool(_ISSUERS.fullmatch(number)) and not _OF_A_THING.search(before)


def _is_phone(found: str, before: str) -> bool:
    return _is_called_phone(found, before) and not _OF_A_THING.search(before)


def _is_called_phone(found: str, _before: str) -> bool:
    digits = re.sub(r"\D", "", found)
    if found.startswith("+") and not _ABROAD.fullmatch(digits):
        return False
    return len(digits) in _PHONE_DIGITS and not _HOTLINE.fullmatch(digits) and not _DATE_OR_AMOUNT.fullmatch(found)


# Kind, form, and whether what has that form, with the words before it, really is one. The most specific kind first:
# what one has found is not looked at by the next.
_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[str, str], bool]], ...] = (
    ("email", _EMAIL, _is_email),
    ("resident_id", _RESIDENT_ID, _is_resident_id),
    ("resident_id", _OLD_RESIDENT_ID, _is_old_resident_id),
    ("bank_card", _BANK_CARD, _is_card),
    ("phone", _PHONE, _is_phone),
    ("phone", _CALLED_PHONE, _is_called_phone),
)
