"""Two columns of texts that are compared with each other, such as question1 and question2; guessed from their names."""

import re
from collections.abc import Sequence

from pipeline.data.columns import ColumnProfile

# Names that go together without being numbered.
TWINS = (
    *(
        ("premise", "hypothesis"),
        ("query", "document"),
        ("query", "passage"),
        ("query", "title"),
        ("query", "candidate"),
    ),
    *(
        ("source", "target"),
        ("left", "right"),
        ("anchor", "candidate"),
        ("前提", "假设"),
        ("查询", "候选"),
        ("原文", "对照"),
    ),
)
_NUMBERED = re.compile(r"(?P<stem>.*?)[\s_-]?(?P<number>1|2|a|b|一|二|甲|乙)")
_FIRST, _SECOND = "1a一甲", "2b二乙"


def guess_pair(profiles: Sequence[ColumnProfile]) -> tuple[str, str] | None:
    """The two text columns that are probably a pair, first and second; None where no names go together."""
    texts = {column.name.strip().casefold(): column.name for column in profiles if column.kind in ("text", "category")}
    for first, second in TWINS:
        if first in texts and second in texts:
            return texts[first], texts[second]
    for plain, name in texts.items():
        match = _NUMBERED.fullmatch(plain)
        if match and match["stem"] and match["number"] in _FIRST:
            twin = plain[: match.start("number")] + _SECOND[_FIRST.index(match["number"])]
            if twin in texts and _are_texts(profiles, name, texts[twin]):
                return name, texts[twin]
    return None


def _are_texts(profiles: Sequence[ColumnProfile], *names: str) -> bool:
    """Whether none of them is a short category: "annotator1" and "annotator2" are two labels, not two texts."""
    return all(column.kind == "text" for column in profiles if column.name in names)
