"""Answers that are texts to write: which columns hold instruction and answer, guessed from their names.

Two customs: columns of their own (instruction, input, output), or whole conversations in one column (messages).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.data.columns import ColumnProfile
from pipeline.data.conversation import Conversation, read_messages
from pipeline.errors import UnfitData

# In order of preference, as files of Alpaca, Dolly, FAQ exports and the like call them.
INSTRUCTION_NAMES = (
    *("instruction", "prompt", "question", "query", "request", "user"),
    *("指令", "问题", "提问", "提示词", "提示", "用户问题", "客户问题"),
)
INPUT_NAMES = ("input", "context", "material", "输入", "背景", "上下文", "资料", "材料")
OUTPUT_NAMES = (
    *("output", "response", "answer", "completion", "reply", "assistant", "chosen", "preferred", "better"),
    *("输出", "回答", "答案", "回复", "答复", "客服回复", "标准答案", "较好回答", "更好的回答"),
)
REJECTED_NAMES = ("rejected", "worse", "dispreferred", "bad", "较差回答", "差的回答", "被拒绝的回答")
CONVERSATION_NAMES = ("messages", "conversations", "conversation", "dialogue", "dialog", "chat", "对话", "会话")

# Cells that have to be conversations for a column to be taken for one; the odd broken row is told of later.
_CONVERSATION_SHARE = 0.8
_LOOKED_AT = 50
# Answers are written out: labels of a few words that come back again and again are classes, whatever their name.
_LEAST_UNIQUE_SHARE = 0.3


@dataclass(frozen=True)
class WrittenColumns:
    """Where instructions and answers stand."""

    text: tuple[str, ...]  # the instruction, then what it is carried out on; or the conversations
    answer: str  # of conversations the same column
    dialogue: bool  # whole conversations in one column
    rejected: str = ""  # the worse answers, where each row has two; "" for none


def guess_written(profiles: Sequence[ColumnProfile], rows: pd.DataFrame) -> WrittenColumns | None:
    """Where a file of instructions and answers has them; None where it does not look like one.

    Args:
        profiles: of the columns that may play a part.
        rows: of the file, all or some, with these columns.
    """
    texts = [column for column in profiles if column.kind in ("text", "category", "id")]
    whole = _named(texts, CONVERSATION_NAMES)
    if whole is not None and _are_conversations(list(rows[whole.name].head(_LOOKED_AT))):
        return WrittenColumns((whole.name,), whole.name, dialogue=True)
    rejected = _named(texts, REJECTED_NAMES)
    named = ("chosen", "preferred", "better", *OUTPUT_NAMES) if rejected else OUTPUT_NAMES
    others = [column for column in texts if column is not rejected]
    instruction, answer = _named(others, INSTRUCTION_NAMES), _named(others, named)
    if instruction is None or answer is None or not (rejected or _is_written(answer, len(rows))):
        return None
    extra = _named(texts, INPUT_NAMES)
    text = (instruction.name, *([extra.name] if extra else []))
    return WrittenColumns(text, answer.name, dialogue=False, rejected=rejected.name if rejected else "")


def conversation_of(cell: str) -> Conversation | None:
    """The conversation in a cell; None where there is none that can be read."""
    try:
        return read_messages(cell)
    except UnfitData:
        return None


def last_answer(cell: str) -> str:
    """What the assistant says last in the conversation of a cell; "" where it does not have the last word."""
    conversation = conversation_of(cell)
    return conversation[-1].text if conversation and conversation[-1].role == "assistant" else ""


def _is_written(column: ColumnProfile, looked_at: int) -> bool:
    filled = max(1, looked_at - column.blank)
    return column.kind == "text" or column.unique >= _LEAST_UNIQUE_SHARE * filled


def _are_conversations(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum(conversation_of(cell) is not None for cell in filled) >= _CONVERSATION_SHARE * len(
        filled
    )


def _named(columns: Sequence[ColumnProfile], names: Sequence[str]) -> ColumnProfile | None:
    """The column with the best of these names: its own, or its last word."""
    for name in names:
        for column in columns:
            plain = column.name.strip().casefold()
            if name in (plain, re.split(r"[\s_\-/]+", plain)[-1]):
                return column
    return None
