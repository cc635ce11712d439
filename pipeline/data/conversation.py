"""What is said between a person and a model, turn by turn, and how a cell of a file holds it. Knows no tokens.

Conversations of files come in two customs, both read here: OpenAI's (``role``, ``content``) and ShareGPT's (``from``,
``value``).
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.errors import N_, UnfitData

Role = Literal["system", "user", "assistant"]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human", "prompter"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "model", "bot"), "assistant"),
}
_SHOWN = 60  # characters of a cell that an error quotes


@dataclass(frozen=True)
class Turn:
    """What one of the two says."""

    role: Role
    text: str
    extra: str = ""  # what an instruction is to be carried out on, such as a ticket; "": nothing


Conversation = tuple[Turn, ...]


def single(instruction: str, extra: str, answer: str | None = None) -> Conversation:
    """One instruction, with what it is to be carried out on, and the answer where there is one."""
    asked = Turn("user", instruction.strip(), extra.strip())
    return (asked,) if answer is None else (asked, Turn("assistant", answer.strip()))


def read_messages(cell: str) -> Conversation:
    """The conversation in a cell: a JSON list of messages, or an object that holds one under ``messages``.

    Raises:
        UnfitData: it is no such list, a role is unknown, or user and assistant do not take turns.
    """
    try:
        content: Any = json.loads(cell)
    except ValueError:
        content = None
    if isinstance(content, dict):
        content = content.get("messages", content.get("conversations"))
    if not isinstance(content, list) or not content:
        raise UnfitData(
            N_("“{cell}” is not a conversation. Expected a JSON list of messages with role and content."),
            cell=cell[:_SHOWN],
        )
    turns = tuple(_turn(message, cell) for message in content)
    said = [turn.role for turn in turns if turn.role != "system"]
    in_turn = all(role == ("user", "assistant")[place % 2] for place, role in enumerate(said))
    if not said or not in_turn or any(turn.role == "system" for turn in turns[1:]):
        raise UnfitData(
            N_("In “{cell}” user and assistant do not take turns, the user first. Correct the row, or leave it out."),
            cell=cell[:_SHOWN],
        )
    return turns


def _turn(message: Any, cell: str) -> Turn:
    role, text = (None, None) if not isinstance(message, dict) else _said(message)
    known = _ROLES.get(str(role).strip().lower())
    if known is None or not isinstance(text, str):
        raise UnfitData(
            N_("A message in “{cell}” has no known role or no text. Known roles: system, user, assistant."),
            cell=cell[:_SHOWN],
        )
    return Turn(known, text.strip())


def _said(message: dict[str, Any]) -> tuple[Any, Any]:
    return message.get("role", message.get("from")), message.get("content", message.get("value"))
