"""What the columns of a table look like, and which of them are probably text and label.

Guesses from names and cells, so that a person has less to choose; decides nothing.
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline import cache
from pipeline.data.source import load_source, read_rows
from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent

# Cells looked at to tell the kind of a column; enough that one odd cell does not decide.
SAMPLE = 2_000

# Share of the filled cells that have to look like a number, a date or an id.
MATCHING_SHARE = 0.95

# A category repeats: each value stands in so many rows on average, and is a word or two, not a sentence.
ROWS_EACH = 2
CATEGORY_CHARACTERS = 50

# An id is unique in nearly every row.
UNIQUE_SHARE = 0.95

EXAMPLES = 5

# Raise it when the same column would be described differently.
PROFILE_VERSION = 1

# Described together, as far as the server has room for them: of a million rows a few columns, of short tables all.
CELLS_AT_ONCE = 2_000_000

UNWATCHED = Silent()

_NUMBER = re.compile(r"[-+]?[$€£¥￥]?\s*(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?([eE][-+]?\d+)?\s*%?")
_DATE = re.compile(
    r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})"
    r"([ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?(Z|[-+]\d{2}:?\d{2})?)?"
)
_ID = re.compile(r"[A-Za-z]{0,10}[-_#]?[\dA-Fa-f]*\d[\dA-Fa-f-]*|[\w.+-]+@[\w.-]+|[\dA-Za-z]+(-[\dA-Za-z]+)+")

# In order of preference. A name matches when it is one of these, or ends with one after a space, "_" or "-".
LABEL_NAMES = (
    *("label", "labels", "标签", "category", "类别", "分类", "class", "target", "intent", "意图"),
    *("技术负责人", "负责人"),
    *("queue", "队列", "owner", "technical owner", "team", "处理人", "受理人", "部门", "department", "assignee"),
    *("tag", "topic", "sentiment", "情感", "类型", "type", "group", "分组"),
)
TITLE_NAMES = ("标题", "主题", "title", "subject", "summary", "摘要", "名称")
BODY_NAMES = (
    *("text", "文本", "描述", "内容", "正文", "description", "body", "message", "content", "问题", "question"),
    *("review", "评论", "comment", "sentence", "query", "ticket", "utterance", "tweet", "需求", "sms", "request"),
)
TEST_NAMES = ("split", "set", "subset", "partition", "fold", "数据集", "划分")
TESTING = {"test", "testing", "测试", "测试集"}  # what such a column says of a row to measure on
VALIDATING = {"val", "valid", "validation", "dev", "验证", "验证集"}  # and of one to choose settings by
TEST_VALUES = {"train", "training", "训练", "训练集"} | VALIDATING | TESTING


@dataclass(frozen=True)
class ColumnProfile:
    """One column, described."""

    name: str
    kind: str  # "text", "category", "id", "number", "date" or "empty"
    blank: int  # rows
    unique: int  # different values, blanks aside
    mean_length: float  # characters of the filled cells
    examples: tuple[str, ...]  # the first different values


@dataclass(frozen=True)
class Roles:
    """Which columns play which part; a guess."""

    text: tuple[str, ...]
    label: str | None
    test_column: str | None = None  # says which rows are for training and which for testing


def profile(rows: pd.DataFrame) -> tuple[ColumnProfile, ...]:
    """Describe every column of ``rows`` (strings, "" for blank)."""
    return tuple(_profile(str(name), rows.iloc[:, position]) for position, name in enumerate(rows.columns))


def profile_source(source_id: str, progress: Progress = UNWATCHED) -> tuple[ColumnProfile, ...]:
    """Describe every column of a Source. Kept, because of a million rows it takes seconds.

    Raises:
        DataError: no such Source.
    """
    source = load_source(source_id)
    columns, at_once = source.columns, max(1, CELLS_AT_ONCE // max(1, source.rows))

    def describe() -> list[dict[str, Any]]:
        found = []
        for first in range(0, len(columns), at_once):
            progress.advance(N_("Looking at the columns"), first, len(columns))
            some = read_rows(source_id, columns[first : first + at_once])
            found += [dataclasses.asdict(one) for one in profile(some)]
        return found

    kept = cache.json_entry("reading", f"profile|{PROFILE_VERSION}|{source_id}", describe)
    return tuple(ColumnProfile(**{**one, "examples": tuple(one["examples"])}) for one in kept)


def guess_roles(profiles: Sequence[ColumnProfile]) -> Roles:
    """The likeliest text columns, in the order of the file, and label column; () and None where nothing fits."""
    test_column = next((column.name for column in profiles if _says_the_split(column)), None)
    candidates = [column for column in profiles if column.kind != "empty" and column.name != test_column]
    label = _guess_label(candidates)
    rest = [column for column in candidates if column.name != label]
    return Roles(_guess_text(rest), label, test_column)


def _profile(name: str, cells: "pd.Series[str]") -> ColumnProfile:
    filled = cells[cells.str.strip() != ""]
    if filled.empty:
        return ColumnProfile(name, "empty", len(cells), 0, 0.0, ())
    values = filled.drop_duplicates()
    mean_length = float(filled.str.len().mean())
    kind = _kind(filled, len(values), mean_length)
    examples = tuple(values.head(EXAMPLES))
    return ColumnProfile(name, kind, len(cells) - len(filled), len(values), mean_length, examples)


def _kind(filled: "pd.Series[str]", unique: int, mean_length: float) -> str:
    sample = [cell.strip() for cell in filled.iloc[:: max(1, len(filled) // SAMPLE)]]

    def mostly(pattern: re.Pattern[str]) -> bool:
        return sum(bool(pattern.fullmatch(cell)) for cell in sample) >= MATCHING_SHARE * len(sample)

    if mostly(_DATE):
        return "date"
    repeats = unique * ROWS_EACH <= len(filled)
    if repeats and mean_length <= CATEGORY_CHARACTERS and not (mostly(_NUMBER) and any("." in cell for cell in sample)):
        return "category"
    if unique >= UNIQUE_SHARE * len(filled) and len(filled) > 1 and mostly(_ID) and not any("." in c for c in sample):
        return "id"
    if mostly(_NUMBER):
        return "number"
    return "id" if mostly(_ID) else "text"


def _matches(name: str, known: Sequence[str]) -> int:
    """The place of a column's name in ``known``; its length where it matches nothing."""
    plain = name.strip().casefold()
    last = re.split(r"[\s_\-/]+", plain)[-1]
    for position, word in enumerate(known):
        if plain == word:
            return position
    for position, word in enumerate(known):
        if last == word or (not word.isascii() and plain.endswith(word)):
            return position
    return len(known)


def _says_the_split(column: ColumnProfile) -> bool:
    values = {example.strip().casefold() for example in column.examples}
    named = _matches(column.name, TEST_NAMES) < len(TEST_NAMES)
    return named and 2 <= column.unique <= EXAMPLES and values <= TEST_VALUES


def _guess_label(candidates: Sequence[ColumnProfile]) -> str | None:
    """The best-named column that repeats; without a telling name, the last category."""

    short = [column for column in candidates if column.unique >= 2 and column.mean_length <= CATEGORY_CHARACTERS]
    named = [column for column in short if _matches(column.name, LABEL_NAMES) < len(LABEL_NAMES)]
    named = [column for column in named if column.kind in ("category", "id", "text")]
    if named:
        # Blank cells are what people want to have filled, so of two equally good names the one with blanks wins.
        best = min(named, key=lambda c: (c.kind != "category", _matches(c.name, LABEL_NAMES), c.blank == 0))
        return best.name
    categories = [column for column in candidates if column.kind == "category" and column.unique >= 2]
    categories = [column for column in categories if column.name.casefold() not in BODY_NAMES + TITLE_NAMES]
    with_blanks = [column for column in categories if column.blank]
    return (with_blanks or categories)[-1].name if categories else None


def _guess_text(candidates: Sequence[ColumnProfile]) -> tuple[str, ...]:
    """A title and a body where the names say so; else the column with the longest texts."""
    readable = [column for column in candidates if column.kind in ("text", "category")]
    chosen = [best for names in (TITLE_NAMES, BODY_NAMES) if (best := _best_named(readable, names))]
    if chosen:
        return tuple(column.name for column in candidates if column in chosen)
    texts = [column for column in readable if column.kind == "text"] or readable or list(candidates)
    longest = max(texts, key=lambda column: column.mean_length, default=None)
    return (longest.name,) if longest else ()


def _best_named(columns: Sequence[ColumnProfile], names: Sequence[str]) -> ColumnProfile | None:
    """Free text before categories, then the better name."""
    fitting = [column for column in columns if _matches(column.name, names) < len(names)]
    return min(fitting, key=lambda c: (c.kind != "text", _matches(c.name, names)), default=None)
