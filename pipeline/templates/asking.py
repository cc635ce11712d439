"""From the cells of a row to the conversation that it holds: instruction, input and answer, or messages as they stand.

The one way for training, measuring and filling. Knows nothing of prompt formats.
"""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from pipeline.data.conversation import Conversation, Turn, single
from pipeline.data.personal import mask
from pipeline.data.written import conversation_of
from pipeline.templates.columns import default_template, render


class Instructions(Protocol):
    """How rows become conversations: a View says so while training, a bundle when it answers."""

    @property
    def text(self) -> tuple[str, ...]:
        """The column of the instruction, then those of its input."""

    @property
    def label(self) -> str:
        """The column of the answer."""

    @property
    def dialogue(self) -> bool:
        """Whether the text column holds whole conversations."""

    @property
    def masks(self) -> tuple[str, ...]:
        """Kinds of personal data that are masked."""


def read_conversations(reading: Instructions, rows: pd.DataFrame, *, answered: bool) -> list[Conversation]:
    """[rows] what is said in every row; () where there is nothing to answer.

    Args:
        reading: which columns.
        rows: has these columns (strings).
        answered: with the answer at the end, from rows that have one; else up to where it would begin.
    """
    if reading.dialogue:
        found = [conversation_of(cell) or () for cell in rows[reading.text[0]]]
        if not answered:
            found = [turns[:-1] if turns and turns[-1].role == "assistant" else turns for turns in found]
    else:
        instructions, *extras = reading.text
        answers: Sequence[str | None] = list(rows[reading.label]) if answered else [None] * len(rows)
        inputs = render(default_template(extras), extras, rows) if extras else [""] * len(rows)
        found = [
            single(said, extra, answer) if said.strip() or extra.strip() else ()
            for said, extra, answer in zip(rows[instructions], inputs, answers, strict=True)
        ]
    return [_masked(turns, reading.masks) for turns in found] if reading.masks else found


def asked_text(conversation: Conversation) -> str:
    """What was asked, as a person reads it: the user's last message with what it is about."""
    last = next(turn for turn in reversed(conversation) if turn.role == "user")
    return f"{last.text}\n{last.extra}" if last.extra else last.text


def _masked(conversation: Conversation, kinds: tuple[str, ...]) -> Conversation:
    return tuple(Turn(turn.role, mask(turn.text, kinds), mask(turn.extra, kinds)) for turn in conversation)
