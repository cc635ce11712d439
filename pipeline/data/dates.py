"""Dates as people write them, read for one purpose: which row is older. Knows nothing of columns or splits."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

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
_FORMS = tuple(
    re.compile(form + _TIME) for form in (_YEAR_FIRST, _YEAR_LAST, _WEEKDAY + _DAY_NAMED, _WEEKDAY + _MONTH_NAMED)
)
_PACKED = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 6: "%Y%m", 4: "%Y"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AFTERNOON = ("下午", "晚上", "中午", "p")


def read_dates(cells: Sequence[str]) -> list[float | None]:
    """Seconds since 1970 of every cell; None where it is no date.

    Read are ISO 8601, 2024/1/5, 2024年1月5日, 5.1.2024, 5/1/2024, 5 Jan 2024, 20240105, the day numbers of Excel and
    seconds or milliseconds since 1970, each with a time or without. Whether 5/1/2024 is in January or in May is
    what the other cells say; where none of them does, the day comes first, but for slashes the month.
    """
    stripped = [cell.strip() for cell in cells]
    day_first = _day_first(stripped)
    known: dict[str, float | None] = {}
    for cell in stripped:
        if cell not in known:
            known[cell] = _read(cell, day_first)
    return [known[cell] for cell in stripped]


def _day_first(cells: Sequence[str]) -> bool | None:
    """Whether the day stands before the month in dates such as 5/1/2024; None where no cell tells."""
    for cell in cells:
        match = _FORMS[1].fullmatch(cell)
        if match and int(match["first"]) > 12:
            return True
        if match and int(match["second_number"]) > 12:
            return False
    return None


def _read(cell: str, day_first: bool | None) -> float | None:
    if len(cell) > _LONGEST:
        return None
    number = re.fullmatch(r"\d+(\.\d+)?", cell, re.ASCII)
    try:
        moment = _from_number(cell) if number else _from_words(cell, day_first)
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


def _from_words(cell: str, day_first: bool | None) -> datetime | None:
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
        first = parts["between"] != "/" if day_first is None else day_first
        day, month = (parts["first"], parts["second_number"]) if first else (parts["second_number"], parts["first"])
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
