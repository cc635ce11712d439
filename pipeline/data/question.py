"""What is asked of a file: which texts are read, and what the answer of a row is like. Guessed, and said by a person.

Knows columns and cells; the remedies, the label space and the division of the rows are for the View and the Split.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pipeline.data.columns import CATEGORY_CHARACTERS, LABEL_NAMES, ColumnProfile, Roles, guess_roles, profile_source
from pipeline.data.numbers import guess_amounts
from pipeline.data.pairs import guess_pair
from pipeline.data.several import guess_label_columns, guess_separators
from pipeline.data.source import spread_rows
from pipeline.data.written import guess_written

# one: a class a row; joined: several labels in a cell; columns: one column of yes and no a label; number: an amount;
# written: a text to write; dialogue: conversations, of which the assistant's part is written; preferred: of two texts
# the better one is to be written; raw: texts that nothing is asked about.
Kind = Literal["one", "joined", "columns", "number", "written", "dialogue", "preferred", "raw"]

# Rows that are looked at: enough that a cell with two labels is among them.
LOOKED_AT = 5_000

# What a column with an amount to predict is often called.
NUMBER_NAMES = (
    *("score", "rating", "similarity", "hours", "effort", "amount", "price", "urgency", "severity", "stars"),
    *("分数", "评分", "得分", "相似度", "工时", "金额", "价格", "紧急程度", "紧急度", "打分", "天数", "小时"),
)


@dataclass(frozen=True)
class Question:
    """Which columns are read and answered. Field for field what ``data.view.View`` is made of."""

    text: tuple[str, ...]
    label: str = ""  # "" where ``label_columns`` hold the answers, or while none is chosen
    separators: str = ""  # between several labels of a cell
    label_columns: tuple[str, ...] = ()  # columns of yes and no
    second: str = ""  # texts that are compared with the others
    number: bool = False  # the cells of ``label`` are amounts
    written: bool = False  # the cells of ``label`` are texts to write; ``text`` is the instruction, then its input
    dialogue: bool = False  # of those: whole conversations, in the one column that is ``text`` and ``label``
    rejected: str = ""  # of those: column with worse answers; what is learned is which of two is better
    raw: bool = False  # of those: texts alone, in the one column that is ``text`` and ``label``

    @property
    def kind(self) -> Kind:
        """What the answer of a row is like."""
        if self.raw:
            return "raw"
        if self.written:
            return "dialogue" if self.dialogue else "preferred" if self.rejected else "written"
        if self.number:
            return "number"
        if self.label_columns:
            return "columns"
        return "joined" if self.separators else "one"

    @property
    def answers(self) -> tuple[str, ...]:
        """The columns with the answers; () while none is chosen."""
        return self.label_columns or ((self.label,) if self.label else ())


def question_of(source_id: str, roles: Roles | None = None, without: Sequence[str] = ()) -> Question:
    """The likeliest question to a file, judged by rows from all over it.

    Args:
        source_id: the Source.
        roles: what is known of text and label column already; None: guessed.
        without: columns that play another part.

    Raises:
        DataError: no such Source, or no such column.
    """
    profiles = [column for column in profile_source(source_id) if column.name not in without]
    rows = spread_rows(source_id, [column.name for column in profiles], LOOKED_AT)
    return guess_question(profiles, rows, roles)


def guess_question(profiles: Sequence[ColumnProfile], rows: pd.DataFrame, roles: Roles | None = None) -> Question:
    """The likeliest question.

    Args:
        profiles: of the columns that may play a part.
        rows: of the file, all or the first ones, with these columns.
        roles: what is known of text and label column already; None: guessed.
    """
    written = guess_written(profiles, rows)
    if written is not None and (roles is None or roles.label == written.answer):
        text = roles.text if roles and roles.text and not written.dialogue else written.text
        text = tuple(name for name in text if name != written.rejected)
        return Question(text, written.answer, written=True, dialogue=written.dialogue, rejected=written.rejected)
    roles = roles or guess_roles(profiles)
    known = [column.name for column in profiles]
    pair = guess_pair(profiles)
    taken = pair or roles.text
    columns = guess_label_columns(rows[[name for name in known if name not in taken]])
    # Columns of yes and no beside a column that is called a label are properties of the row.
    named = roles.label is not None and roles.label not in columns and roles.label.casefold() in LABEL_NAMES
    if columns and not named:
        text = roles.text if roles.text and not set(roles.text) & set(columns) else ()
        return _with_pair(Question(text or _longest(profiles, columns), label_columns=columns), pair)
    label = roles.label or _amounts(profiles, rows, roles.text) or ""
    if not label and _is_text_alone(profiles):
        return texts_alone(roles.text[0]) if roles.text else Question(())
    text = tuple(column for column in roles.text if column != label)
    if not label:
        return _with_pair(Question(text), pair)
    question = _with_pair(Question(text, label), pair)
    return Question(
        question.text,
        label,
        "" if guess_amounts(list(rows[label])) else guess_separators(list(rows[label])),
        second=question.second,
        number=guess_amounts(list(rows[label])),
    )


def texts_alone(column: str) -> Question:
    """The question to a column of texts that nothing is asked about."""
    return Question((column,), column, written=True, raw=True)


def _is_text_alone(profiles: Sequence[ColumnProfile]) -> bool:
    """Whether one column holds texts, and no other could hold answers; a blank one could."""
    told = [column.kind for column in profiles if column.kind not in ("id", "date")]
    return told == ["text"]


def _with_pair(question: Question, pair: tuple[str, str] | None) -> Question:
    if pair is None or set(pair) & set(question.answers):
        return question
    return Question((pair[0],), question.label, question.separators, question.label_columns, pair[1])


def _amounts(profiles: Sequence[ColumnProfile], rows: pd.DataFrame, text: Sequence[str]) -> str | None:
    """A column of amounts whose name says that it is an answer; else the last one with fractions."""
    found = [
        column.name
        for column in profiles
        if column.kind in ("number", "category", "id")
        and column.name not in text
        and column.mean_length <= CATEGORY_CHARACTERS
        and guess_amounts(list(rows[column.name]))
    ]
    named = [name for name in found if any(word in name.casefold() for word in (*NUMBER_NAMES, *LABEL_NAMES))]
    return named[-1] if named else None


def _longest(profiles: Sequence[ColumnProfile], besides: Sequence[str]) -> tuple[str, ...]:
    texts = [column for column in profiles if column.name not in besides and column.kind in ("text", "category")]
    longest = max(texts, key=lambda column: column.mean_length, default=None)
    return (longest.name,) if longest else ()
