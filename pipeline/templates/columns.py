"""How several columns become one text: a template that a person sees and can edit. Knows nothing of tokens."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

import pandas as pd

from pipeline.data.personal import mask
from pipeline.errors import N_, SettingError

# What may be left dangling at the start of a line when the field before it is blank.
_DANGLING = re.compile(r"^[\s/|,;:，、；：·–—-]+")
_FIELD = re.compile(r"\{([^{}\n]*)\}")

# A line of a template: (literal before the field, field) ..., and the literal after the last one.
Line = tuple[tuple[tuple[str, str], ...], str]


class Reading(Protocol):
    """How rows become texts: a View says so while training, a bundle when it answers."""

    @property
    def text(self) -> tuple[str, ...]:
        """Text columns."""

    @property
    def template(self) -> str:
        """How they join; "" for a single column: the text is the cell itself."""

    @property
    def masks(self) -> tuple[str, ...]:
        """Kinds of personal data that are masked."""

    @property
    def second(self) -> str:
        """Column whose texts stand opposite the others; "" for none."""


def read_texts(reading: Reading, rows: pd.DataFrame) -> list[str]:
    """[rows] the text of every row as a model gets to read it: joined, then masked.

    The one way from cells to what a model reads; training, answering, filling and exporting all go it.

    Raises:
        SettingError: the template names a column that is not a text column, or none.
    """
    texts = render(reading.template, reading.text, rows)
    return [mask(text, reading.masks) for text in texts] if reading.masks else texts


def read_pairs(reading: Reading, second: str, rows: pd.DataFrame) -> list[tuple[str, str]]:
    """[rows] the two texts of every row that a model compares: ``read_texts``, and the cell of the column ``second``.

    Raises:
        SettingError: as ``read_texts``.
    """
    cells = [mask(str(cell), reading.masks) for cell in rows[second]]
    return list(zip(read_texts(reading, rows), cells, strict=True))


def read_whole(reading: Reading, second: str, rows: pd.DataFrame) -> list[str]:
    """[rows] all that a row says, as one text: the two texts of a pair one under the other, else ``read_texts``.

    For what asks whether rows are alike, or how long they are; a model that compares reads ``read_pairs``.

    Raises:
        SettingError: as ``read_texts``.
    """
    if not second:
        return read_texts(reading, rows)
    return ["\n".join(filter(None, (one.strip() for one in pair))) for pair in read_pairs(reading, second, rows)]


def default_template(columns: Sequence[str]) -> str:
    """The first column by itself, then a line "name: value" for each other; "" for a single column."""
    if len(columns) < 2:
        return ""
    named = [f"{column}{'：' if _is_wide(column) else ': '}{{{column}}}" for column in columns[1:]]
    return "\n".join([f"{{{columns[0]}}}", *named])


def render(template: str, text_columns: Sequence[str], rows: pd.DataFrame) -> list[str]:
    """One text for every row.

    A blank field vanishes with the words before it, and a line of which nothing is left vanishes whole. With one
    column and no template the text is the cell itself.

    Args:
        template: text with ``{column}`` fields; "": the default one.
        text_columns: the columns that may stand in it.
        rows: has these columns (strings).

    Returns:
        [rows] texts, without spaces around them where a template was used.

    Raises:
        SettingError: the template names another column, or none.
    """
    if not template and len(text_columns) == 1:
        return [str(cell) for cell in rows[text_columns[0]]]
    lines = parse(template or default_template(text_columns), text_columns)
    cells = {column: [str(cell).strip() for cell in rows[column]] for column in text_columns}
    values: Iterator[tuple[str, ...]] = zip(*cells.values(), strict=True)
    return [_fill(lines, dict(zip(cells, row, strict=True))) for row in values]


def parse(template: str, columns: Sequence[str]) -> list[Line]:
    """The lines of a template.

    Raises:
        SettingError: it names a column that is not among ``columns``, or none at all.
    """
    lines = [_parse_line(line, columns) for line in template.split("\n")]
    if not any(fields for fields, _ in lines):
        raise SettingError(
            N_("The template names no column. Write at least one field, such as {field}."), field=f"{{{columns[0]}}}"
        )
    return lines


def _parse_line(line: str, columns: Sequence[str]) -> Line:
    # Names of columns may hold braces themselves, so these come first, the longest before its parts.
    known = sorted(columns, key=len, reverse=True)
    pieces = re.split("|".join(rf"\{{({re.escape(column)})\}}" for column in known), line)
    fields, literal = [], pieces[0]
    width = len(known) + 1
    for start in range(1, len(pieces), width):
        name = next(name for name in pieces[start : start + width - 1] if name is not None)
        fields.append((_literal(literal, columns), name))
        literal = pieces[start + width - 1]
    return tuple(fields), _literal(literal, columns)


def _literal(text: str, columns: Sequence[str]) -> str:
    unknown = _FIELD.search(text)
    if unknown:
        raise SettingError(
            N_("The template names {field}, which is not a text column. Text columns are: {columns}."),
            field=unknown.group(),
            columns=", ".join(columns),
        )
    return text


def _fill(lines: Sequence[Line], row: dict[str, str]) -> str:
    filled = []
    for fields, tail in lines:
        if not fields:
            filled.append(tail)
            continue
        text = "".join(literal + row[column] for literal, column in fields if row[column])
        if text:
            if not row[fields[0][1]]:
                text = _DANGLING.sub("", text)
            filled.append(text + tail)
    return "\n".join(filled).strip()


def _is_wide(name: str) -> bool:
    """Whether a name is written in a script that uses the full-width colon."""
    return any("\u3000" <= character <= "\u9fff" for character in name)
