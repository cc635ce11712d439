"""How a CSV-like text is laid out: what stands between its cells and around them. Judges by the first lines.

Every possible form reads the same lines; the one that gives the most rows of one width, with the fewest quotes
that do not close and the fewest other delimiters left over in the cells, is the answer.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.data.cells import BACKSLASH, DOUBLE, Cells, Form, Records, is_empty
from pipeline.data.feed import Feed
from pipeline.data.report import ReadOptions

DELIMITERS = (",", "\t", ";", "|")
SPACE = " "

# A delimiter that gives the same number of cells in fewer rows than this is not one.
CONSISTENT_SHARE = 0.5

# A table between titles and notes: nearly all of its own rows agree, and it is so much of the sample.
BLOCK_SHARE, BLOCK_ROWS, BLOCK_OF_ALL = 0.9, 3, 0.3

# Words are separated by spaces too: only a table in which every row agrees is one.
SPACE_SHARE = 0.98

# Other delimiters inside the cells speak against a form, but text has them as well.
LEFTOVER_WEIGHT = 0.2

# Two forms this close: the choice is a guess.
CLOSE = 0.25

# Cells in single quotes, before they are more likely quotes than apostrophes.
SINGLE_QUOTED, UNLIKELY = 2, 0.8

# Quotes that are left in more rows than this may have been meant to be read.
LEFT_QUOTES_SHARE = 0.02

# While the width is not known, lines of spaces are empty ones.
SEVERAL = 2

_FILLED = re.compile(r'[^\s,;|"]')
_TOLD = re.compile(r"\Asep=([,;|\t])$", re.MULTILINE)  # a line for Excel, which is above the table
_LEFTOVER = re.compile(r"[\t|;]|[^\d\s],[^\d\s]")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*%?")
_ESCAPED = re.compile(r"\\[\\\"',;|\t\n ]")
_PROTECTED = re.compile(r"\\[\\,;|\t\n ]")  # what a backslash stands before where quotes are doubled
_SINGLE_QUOTES = re.compile(r"\A'.*'", re.DOTALL)  # around a cell, or what is left of that
_ESCAPED_QUOTE = re.compile(r"\\['\"]")
_BESIDE_QUOTE = re.compile(r"""[,;|\t]["']""")  # in a single column; in a sentence a space stands between them
_DOUBLED = re.compile(r'[^\s,;|"\\]""|""[^\s,;|"]')

Record = tuple[int, Cells]  # first line of the record, from 0; its cells


@dataclass(frozen=True)
class Judgement:
    """The form that reads the text best, and whether another one would do as well."""

    form: Form
    sure: bool


@dataclass(frozen=True)
class _Fit:
    form: Form
    score: float  # from 0 to 1; 0 if it does not cut the lines into a table
    width: int
    words: bool  # spaces separate words, or may do so


def holds_cells(lines: Sequence[str]) -> bool:
    """Whether there is anything but spaces, delimiters and quotes."""
    return any(_FILLED.search(line) for line in lines)


def read_sample(lines: Sequence[str], form: Form) -> list[Record]:
    """The records of the first lines, without empty ones; the last may be cut off by the end of the sample."""
    return [(first, cells) for first, cells in Records(Feed(lines), form) if not is_empty(cells, SEVERAL)]


def find_form(lines: Sequence[str], options: ReadOptions) -> Judgement:
    """Judge by the first lines, which hold cells, within what a person has decided."""
    fits = [_fit(lines, form, likely) for form, likely in _candidates(lines, options)]
    tables = [fit for fit in fits if fit.score > 0 and not fit.words]
    if not tables:
        quote = '"' if options.quote is None else options.quote
        form = Form(options.delimiter or _quietest(lines, quote), quote, options.escape or DOUBLE)
        near = any(fit.score > 1 - CLOSE for fit in fits)
        return Judgement(form, not near and not _leaves_quotes(lines, form, options))
    # Any other delimiter before spaces. Among equals the wider table, then the one that comes first: the usual form.
    best = max(tables, key=lambda fit: (fit.form.delimiter != SPACE, round(fit.score, 3), fit.width))
    rivals = [
        fit for fit in tables if fit is not best and fit.score > best.score - CLOSE and not _alike(fit, best, lines)
    ]
    return Judgement(best.form, not rivals and not _leaves_quotes(lines, best.form, options))


def _leaves_quotes(lines: Sequence[str], form: Form, options: ReadOptions) -> bool:
    """Whether quotes are left in cells as if they had been meant to stand around them, or before a backslash.

    Texts have such quotes too, but not in many rows. What a person has decided is not doubted.
    """
    marks = []
    if options.quote is None and form.quote != "'":
        marks.append(_SINGLE_QUOTES)
    if options.escape is None and form.escape == DOUBLE:
        marks.append(_ESCAPED_QUOTE)
    records = read_sample(lines, form)
    if options.delimiter is None and all(len(cells) == 1 for _, cells in records):
        marks.append(_BESIDE_QUOTE)
    rows = sum(any(mark.search(cell) for mark in marks for cell in cells) for _, cells in records)
    return rows > LEFT_QUOTES_SHARE * len(records)


def _candidates(lines: Sequence[str], options: ReadOptions) -> Iterator[tuple[Form, float]]:
    """Forms to try, the usual ones first, and how likely each is before anything is read, from 0 to 1."""
    text = "".join(lines).replace("\r\n", "\n").replace("\r", "\n")
    told = options.delimiter or "".join(_TOLD.findall(text)[:1])
    delimiters = [told] if told else [one for one in (*DELIMITERS, SPACE) if one in text]
    for delimiter in delimiters:
        for quote, likely in [(options.quote, 1.0)] if options.quote is not None else _quotes(text, delimiter):
            for escape in [options.escape] if options.escape else _escapes(text):
                yield Form(delimiter, quote, escape), likely


def _quotes(text: str, delimiter: str) -> Iterator[tuple[str, float]]:
    yield '"', 1.0
    between = re.escape(delimiter)
    cell = rf"(^|{between})'(?:[^'\\]|\\.|'')*'(?={between}|$)"
    rest, whole = re.subn(cell, r"\1", text, flags=re.MULTILINE | re.DOTALL)
    if whole and not re.search(rf"(?:^|{between})'", rest, re.MULTILINE):
        yield "'", 1.0 if whole >= SINGLE_QUOTED else UNLIKELY


def _escapes(text: str) -> Iterator[str]:
    yield DOUBLE
    if (_PROTECTED if _DOUBLED.search(text) else _ESCAPED).search(text):
        yield BACKSLASH


def _fit(lines: Sequence[str], form: Form, likely: float) -> _Fit:
    records = Records(Feed(lines), form)
    widths: list[int] = []
    cells_seen: list[Cells] = []
    broken = 0
    for _, cells in records:
        if not is_empty(cells, SEVERAL):
            widths.append(len(cells))
            cells_seen.append(cells)
            broken += records.repaired
    width, share = _consistency(widths)
    words = form.delimiter == SPACE and not _is_spaced(cells_seen, lines, width, share)
    filled = [cell for cells in cells_seen for cell in cells if cell.strip()]
    leftover = sum(bool(_LEFTOVER.search(cell)) for cell in filled)
    clean = 1 - LEFTOVER_WEIGHT * leftover / max(1, len(filled))
    quoted = 1 - _apostrophes(filled, form) / max(1, len(filled))
    return _Fit(form, likely * share * clean * quoted * (1 - broken / max(1, len(widths))), width, words)


def _consistency(widths: list[int]) -> tuple[int, float]:
    """The number of cells that most rows have, and their share; 0 where that makes no table."""
    counts = Counter(width for width in widths if width > 1)
    if not counts:
        return 1, 0.0
    width, rows = max(counts.items(), key=lambda item: (item[1], item[0]))
    if rows > CONSISTENT_SHARE * len(widths) or len(widths) == counts.total():
        return width, rows / len(widths)
    # Titles above the table and notes below it are single cells.
    first = next(place for place, one in enumerate(widths) if one > 1)
    last = max(place for place, one in enumerate(widths) if one > 1)
    block = last + 1 - first
    if rows >= max(BLOCK_ROWS, BLOCK_SHARE * block, BLOCK_OF_ALL * len(widths)):
        return width, rows / block
    return width, 0.0


def _is_spaced(rows: Sequence[Cells], lines: Sequence[str], width: int, share: float) -> bool:
    """Whether spaces separate cells: every row has as many, and some are in quotes, or a column holds numbers.

    A single word above them is the name of the one column that the words make up.
    """
    if share < SPACE_SHARE or len(rows) < 2 or len(rows[0]) == 1:
        return False
    if any(between in line for between in ('" "', "' '") for line in lines):
        return True
    body = [cells for cells in rows[1:] if len(cells) == width]
    numbers = any(all(_NUMBER.fullmatch(cells[place]) for cells in body) for place in range(width))
    return numbers and len(rows) >= BLOCK_ROWS


def _apostrophes(filled: Sequence[str], form: Form) -> int:
    """Cells that single quotes still stand around: they were meant as quotes."""
    if form.quote == "'":
        return 0
    around = sum(len(cell) > 1 and cell.startswith("'") and cell.endswith("'") for cell in filled)
    return around if around >= SINGLE_QUOTED else 0


def _alike(one: _Fit, other: _Fit, lines: Sequence[str]) -> bool:
    """Whether two forms read the same cells."""
    return read_sample(lines, one.form) == read_sample(lines, other.form)


def _quietest(lines: Sequence[str], quote: str) -> str:
    """For a single column: the delimiter that its text uses least; a comma would cut sentences into cells."""
    uses = {one: sum(len(cells) > 1 for _, cells in read_sample(lines, Form(one, quote))) for one in DELIMITERS}
    return min(DELIMITERS, key=lambda delimiter: uses[delimiter])
