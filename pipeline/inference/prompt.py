"""From a conversation to the tokens that a model is asked with, cut to what it can read.

The one way for training and asking lies below (``templates.formats``); this only decides which turns still fit.
"""

from dataclasses import dataclass

from pipeline.data.conversation import Conversation
from pipeline.errors import N_, SettingError, UnfitData
from pipeline.templates.formats.format import PromptFormat, Tokenizer, encode, encode_source

# A conversation leaves an answer at least this part of what the model reads, or as much as was asked for.
_LEAST_ROOM = 4


@dataclass(frozen=True)
class Prompt:
    """What a model reads before it answers."""

    ids: tuple[int, ...]
    left_out: int  # turns at the beginning for which there was no room
    room: int  # tokens that the answer may have


def write_prompt(
    conversation: Conversation,
    prompt_format: PromptFormat,
    tokenizer: Tokenizer,
    *,
    wanted: int,
    context: int | None,
    anew: bool = False,
) -> Prompt:
    """The conversation as tokens; the oldest exchanges are left out until the answer has room.

    Args:
        conversation: the last turn is a user's.
        prompt_format: how it is written down.
        tokenizer: of the model.
        wanted: tokens that the answer may have.
        context: tokens that prompt and answer may have together; None for no bound.
        anew: the answer is a text of its own, which needs no room beside the prompt: an encoder-decoder.

    Raises:
        UnfitData: there is nothing to answer.
        SettingError: the last message alone is too long.
    """
    if not conversation or conversation[-1].role != "user":
        raise UnfitData(N_("There is nothing to answer: the conversation has no message of a user."))
    kept, beside = conversation, 0 if anew else min(wanted, (context or 0) // _LEAST_ROOM)
    while True:
        pieces = prompt_format.pieces(kept)
        ids = encode_source(pieces, tokenizer) if anew else encode(pieces, tokenizer).ids
        if context is None or len(ids) + beside <= context:
            room = wanted if anew or context is None else min(wanted, context - len(ids))
            return Prompt(ids, len(conversation) - len(kept), room)
        shorter = _without_oldest(kept)
        if shorter == kept:
            break
        kept = shorter
    if anew or len(ids) >= context:
        raise SettingError(
            N_("The prompt has {count} tokens; this model reads at most {limit}. Shorten the message."),
            count=len(ids),
            limit=context,
        )
    return Prompt(ids, len(conversation) - len(kept), context - len(ids))


def _without_oldest(conversation: Conversation) -> Conversation:
    """Without the first question and its answer; what was told to the model for all of the conversation stays."""
    system = conversation[:1] if conversation[0].role == "system" else ()
    said = conversation[len(system) :]
    return (*system, *said[2:]) if len(said) > 2 else conversation
