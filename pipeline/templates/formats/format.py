"""What a prompt format is, and the one way from a conversation to token ids with a loss mask.

Trainer, playground, judge and export all go it, so that a model is asked as it was taught. A format says where its own
words end and somebody else's begin: what a person or a file wrote can never be read as a special token.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from pipeline.data.conversation import Conversation, single


class Tokenizer(Protocol):
    """What a format needs of a tokenizer of transformers."""

    eos_token: str | None
    chat_template: str | None

    def __call__(self, text: str, **options: Any) -> Any:
        """``{"input_ids": [...]}``."""

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> Any:
        """The conversation as one text."""


@dataclass(frozen=True)
class Piece:
    """A stretch of what the model reads, all of one kind."""

    text: str
    markup: bool  # the format's own: special tokens in it are meant
    learned: bool  # said by the assistant, or the end of what it says


class PromptFormat(Protocol):
    """One way of writing a conversation down."""

    def pieces(self, conversation: Conversation) -> tuple[Piece, ...]:
        """The conversation from its beginning; where a person has spoken last, up to where the answer begins.

        Raises:
            UnfitData: it cannot be written in this format.
        """


@dataclass(frozen=True)
class Encoded:
    """A conversation as a model reads it."""

    ids: tuple[int, ...]
    learned: tuple[bool, ...]  # of each token, whether it is the assistant's

    def __len__(self) -> int:
        return len(self.ids)


def encode(pieces: Iterable[Piece], tokenizer: Tokenizer) -> Encoded:
    """Token ids with the loss mask.

    A prompt is cut into tokens by itself and so is each answer, so that an answer never changes the tokens of its
    prompt, and asking gives the very tokens that were trained on.
    """
    ids: list[int] = []
    learned: list[bool] = []
    for is_learned, group in groupby(pieces, key=lambda piece: piece.learned):
        own = _cut(list(group), tokenizer)
        if not ids:
            # A chat template may write the beginning itself.
            mark = beginning(tokenizer)
            own = own if own[: len(mark)] == mark else [*mark, *own]
        ids += own
        learned += [is_learned] * len(own)
    return Encoded(tuple(ids), tuple(learned))


def end_tokens(model: Any, tokenizer: Any, form: PromptFormat) -> frozenset[int]:
    """The tokens that end an answer: the model's own, and the one with which the format ends an answer.

    Args:
        model: of transformers; its configuration names its own end tokens.
        tokenizer: its own.
        form: in which it is asked.
    """
    found: set[int] = set()
    for source in (model.generation_config, model.config, tokenizer):
        own = getattr(source, "eos_token_id", None)
        found.update(own if isinstance(own, list) else [] if own is None else [own])
    last = form.pieces(single("?", "", "!"))[-1]
    if last.markup and last.learned:
        closing = tokenizer(last.text.strip(), add_special_tokens=False)["input_ids"]
        found.update(closing if len(closing) == 1 else ())
    return frozenset(map(int, found))


def _cut(pieces: Sequence[Piece], tokenizer: Tokenizer) -> list[int]:
    """The tokens of neighbouring pieces: of all at once, as whoever has the text alone gets them.

    Where somebody's text holds what would be a special token, each piece by itself.
    """
    apart = [_tokens(tokenizer, piece.text, markup=piece.markup) for piece in pieces]
    meant = [_tokens(tokenizer, piece.text, markup=True) for piece in pieces]
    if apart == meant:
        return _tokens(tokenizer, "".join(piece.text for piece in pieces), markup=True)
    return [token for tokens in apart for token in tokens]


def _tokens(tokenizer: Tokenizer, text: str, *, markup: bool) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=not markup)["input_ids"]
    return ids


def encode_source(pieces: Iterable[Piece], tokenizer: Tokenizer) -> tuple[int, ...]:
    """What the encoder of an encoder-decoder reads: the prompt, and the end token that it reads behind every text."""
    end = tokenizer.eos_token
    marks = tokenizer(end, add_special_tokens=False)["input_ids"] if end else []
    return (*encode(pieces, tokenizer).ids, *marks)


def beginning(tokenizer: Tokenizer) -> list[int]:
    """What this tokenizer puts before every text, such as Gemma's <bos>; without the end that some add."""
    marks: list[int] = tokenizer("")["input_ids"]
    end = tokenizer.eos_token
    ends: list[int] = tokenizer(end, add_special_tokens=False)["input_ids"] if end else []
    return marks[: -len(ends)] if ends and marks[-len(ends) :] == ends else marks


def joined(text: str, extra: str, between: str) -> str:
    """An instruction and what it is about, as one text."""
    return f"{text}{between}{extra}" if extra else text
