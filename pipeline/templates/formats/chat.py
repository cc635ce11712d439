"""The model's own chat template: what it was taught to be asked in, before anybody fine-tuned it.

The template is a program that came with the model. It is run with marks in place of the texts, in the library's
sandbox, and what it writes between the marks is the format's; so texts cannot pass for its words.
"""

import re
from functools import lru_cache

import jinja2

from pipeline.data.conversation import Conversation
from pipeline.errors import N_, SettingError, UnfitData
from pipeline.templates.formats.format import Piece, Tokenizer, joined

# Between an instruction and what it is about: a blank line, as people write it.
BETWEEN = "\n\n"
# Letters for private use, which no text of a template has.
_MARK = re.compile("\ue000(\\d+)\ue001")


class ChatFormat:
    """The chat template of a tokenizer.

    Raises:
        SettingError: it has none.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        if not tokenizer.chat_template:
            raise SettingError(
                N_("This model has no chat template of its own. Choose another prompt format, such as Alpaca.")
            )
        self._tokenizer = tokenizer
        self._kept = lru_cache(maxsize=64)(self._around)

    def pieces(self, conversation: Conversation) -> tuple[Piece, ...]:
        """As ``PromptFormat``."""
        roles = tuple(turn.role for turn in conversation)
        before, after = self._kept(roles)
        found = []
        for turn, opening, closing in zip(conversation, before, after, strict=True):
            answers = turn.role == "assistant"
            found.append(Piece(opening, markup=True, learned=False))
            found.append(Piece(joined(turn.text, turn.extra, BETWEEN), markup=False, learned=answers))
            found.append(Piece(closing, markup=True, learned=answers))
        if roles[-1] != "assistant":
            found.append(Piece(self._opening(roles), markup=True, learned=False))
        return tuple(piece for piece in found if piece.text)

    def _around(self, roles: tuple[str, ...]) -> tuple[list[str], list[str]]:
        """What the template writes before each turn, and what ends it (of the assistant's turns only)."""
        whole = self._render(roles)
        parts = _MARK.split(whole)
        if [int(number) for number in parts[1::2]] != list(range(len(roles))):
            raise UnfitData(
                N_("The chat template of this model leaves out or repeats messages. Choose another prompt format.")
            )
        between = parts[0::2]  # before the first turn, between turns, after the last one
        before, after = between[:-1], [""] * len(roles)
        for place, role in enumerate(roles):
            if role == "assistant":
                after[place] = _MARK.split(self._render(roles[: place + 1]))[-1].rstrip()
                before[place] = self._opening(roles[:place])
                if place + 1 < len(roles):
                    before[place + 1] = before[place + 1].removeprefix(after[place])
        return before, after

    def _opening(self, roles: tuple[str, ...]) -> str:
        """What stands between the last of these turns and the answer to it."""
        return _MARK.split(self._render(roles, asks=True))[-1]

    def _render(self, roles: tuple[str, ...], *, asks: bool = False) -> str:
        messages = [{"role": role, "content": f"\ue000{place}\ue001"} for place, role in enumerate(roles)]
        try:
            text: str = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=asks)
        except (jinja2.TemplateError, ValueError, TypeError) as error:
            raise UnfitData(
                N_("The chat template of this model refuses the conversation: {reason}. Choose another prompt format."),
                reason=str(error),
            ) from error
        return text
