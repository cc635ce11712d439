"""Dates as people write them, read for one purpose: which row is older. Knows nothing of columns or splits."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Order = Literal["", "day", "month"]  # what comes first in dates such as 5/1/2024; "": nobody says

# Days since 1899-12-30, as Excel counts them; other numbers of five digits are no dates.
_EXCEL_START = datetime(1899, 12, 30, tzinfo=UTC)
_EXCEL_DAYS = range(20_000, 80_000)  # from 1954 to 2119
_SECONDS_DIGITS, _MILLISECONDS_DIGITS = 10, 13  # of seconds since 1970, from 2001 to 2286

_LONGEST = 60  # characters; what is longer is a text

_TIME = (
    r"(?:[T,\s]*(?P<half>上午|下午|中午|晚上|早上|凌晨)?\s*(?P<hour>\d{1,2})[:时點点](?:(?P<minute>\d{1,2})(?:[:分](?:(?P<second>\d{1,2})秒?)?)?)?"
    r"(?:[.,]\d+)?\s*(?P<noon>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[-+]\d\d:?\d\d)?(?:\s*[A-Z]{3,4})?)?"
)
_YEAR_FIRST = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})(?:\s*[-/.月]\s*(?:(?P<day>\d{1,2})\s*[日号]?)?)?"
_YEAR_LAST = r"(?P<first>\d{1,2})(?P<between>[-/.])\s?(?P<second_number>\d{1,2})(?P=between)\s?(?P<year>\d{4}|\d{2})"
_DAY_NAMED = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]*(?P<name>[A-Za-z]{3,9})\.?,?[\s-]*(?P<year>\d{4})"
_MONTH_NAMED = r"(?P<name>[A-Za-z]{3,9})\.?\s*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?"
_YEAR_LAST_BEGINNING = re.compile(_YEAR_LAST)
_FORMS = tuple(
    re.compile(form + _TIME) for form in (_YEAR_FIRST, _YEAR_LAST, _WEEKDAY + _DAY_NAMED, _WEEKDAY + _MONTH_NAMED)
)
_PACKED = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 6: "%Y%m", 4: "%Y"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AFTERNOON = ("下午", "晚上", "中午", "p")


@dataclass(frozen=True)
class Told:
    """What cells say of the order in which their dates are written. Cells are named as they stand."""

    order: Order  # that of most of the days that tell; "" where none does
    telling: str = ""  # a cell that can only be read in this order
    contradicting: str = ""  # a cell that can only be read in the other one
    open: str = ""  # a cell that is another day in the other order


def read_dates(cells: Sequence[str], order: Order = "") -> list[float | None]:
    """Seconds since 1970 of every cell; None where it is no date.

    Read are ISO 8601, 2024/1/5, 2024年1月5日, 5.1.2024, 5/1/2024, 5 Jan 2024, 20240105, the day numbers of Excel and
    seconds or milliseconds since 1970, each with a time or without.

    Args:
        cells: of one column.
        order: whether 5/1/2024 is in January or in May; "": what most of the other cells say, and where none of them
            does, the day comes first, but for slashes the month. A cell that can only be read otherwise is.
    """
    stripped = [cell.strip() for cell in cells]
    order = order or order_told(stripped).order
    known: dict[str, float | None] = {}
    for cell in stripped:
        if cell not in known:
            known[cell] = _read(cell, order)
    return [known[cell] for cell in stripped]


def order_told(cells: Iterable[str]) -> Told:
    """What these cells say of their order. A day counts once, however many times of it there are."""
    seen: set[str] = set()
    days: Counter[Order] = Counter()
    examples: dict[Order, str] = {}
    for cell in cells:
        stripped = cell.strip()
        beginning = _YEAR_LAST_BEGINNING.match(stripped)
        if beginning is None or beginning.group() in seen or _read(stripped, "day") is None:
            continue
        seen.add(beginning.group())
        first, second = int(beginning["first"]), int(beginning["second_number"])
        tells: Order = "day" if first > 12 else "month" if second > 12 else ""
        if tells or first != second:
            days[tells] += 1
            examples.setdefault(tells, stripped)
    if not days["day"] and not days["month"]:
        return Told("", open=examples.get("", ""))
    order: Order = "day" if days["day"] > days["month"] else "month"
    other: Order = "month" if order == "day" else "day"
    return Told(order, examples[order], examples.get(other, ""), examples.get("", ""))


def usual_order(cell: str) -> Order:
    """The order in which a date such as 5/1/2024 is read where nothing tells: as its separator is mostly used."""
    beginning = _YEAR_LAST_BEGINNING.match(cell.strip())
    return "month" if beginning and beginning["between"] == "/" else "day"


def _read(cell: str, order: Order) -> float | None:
    if len(cell) > _LONGEST:
        return None
    number = re.fullmatch(r"\d+(\.\d+)?", cell, re.ASCII)
    try:
        moment = _from_number(cell) if number else _from_words(cell, order)
    except (ValueError, OverflowError):  # the 31st of April, the year 0
        return None
    return moment.timestamp() if moment else None


def _from_number(cell: str) -> datetime | None:
    whole = cell.partition(".")[0]
    if len(whole) == 5 and int(whole) in _EXCEL_DAYS:
        return _EXCEL_START + timedelta(days=float(cell))
    if len(whole) in (_SECONDS_DIGITS, _MILLISECONDS_DIGITS):
        seconds = float(cell) / (1 if len(whole) == _SECONDS_DIGITS else 1000)
        return datetime.fromtimestamp(seconds, UTC)
    if whole != cell or len(whole) not in _PACKED or not whole.startswith(("19", "20")):
        return None
    return datetime.strptime(cell, _PACKED[len(whole)]).replace(tzinfo=UTC)


def _from_words(cell: str, order: Order) -> datetime | None:
    match = next((match for form in _FORMS if (match := form.fullmatch(cell))), None)
    if match is None:
        return None
    parts = match.groupdict()
    year, month, day = int(parts["year"]), parts.get("month"), parts.get("day")
    if year < 100:
        year += 2000 if year < 70 else 1900
    if parts.get("name"):
        month = str(_MONTHS.index(parts["name"][:3].casefold()) + 1)
    if parts.get("first"):
        first, second = parts["first"], parts["second_number"]
        day, month = (first, second) if (order or usual_order(cell)) == "day" else (second, first)
        if int(month) > 12:  # a cell that does not do as the others do
            day, month = month, day
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = (parts["half"] or parts["noon"] or "").casefold()[:2]
    if half.startswith(_AFTERNOON) and hour < 12:
        hour += 12
    if half.startswith(("上午", "凌晨", "a")) and hour == 12:
        hour = 0
    moment = datetime(year, int(month or 1), int(day or 1), hour % 24, minute, second, tzinfo=UTC)
    return moment - _offset(parts["zone"] or "")


def _offset(zone: str) -> timedelta:
    if not zone or zone[0] not in "+-":
        return timedelta(0)
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    return timedelta(hours=hours, minutes=minutes) * (1 if zone[0] == "+" else -1)
