"""Rows with an answer to write as tokens, and as batches. Knows formats and tokenizers, no model and no files of a run.

Decoders get the rows of a batch one behind the other without any padding: positions start anew with every row, and
transformers' attention masks keep them apart. Encoder-decoders, which have no such masks, get them padded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.data.conversation import Conversation
from pipeline.data.source import chosen_rows
from pipeline.data.view import Rows, View
from pipeline.templates.asking import asked_text, read_conversations
from pipeline.templates.formats.format import PromptFormat, Tokenizer, encode, encode_source

if TYPE_CHECKING:
    from torch import Tensor

IGNORED = -100  # of tokens that are not learned; the library's own number


class TrainedRows(Protocol):
    """What a trainer asks of the rows that it is given."""

    @property
    def packed(self) -> bool:
        """Whether rows of a batch stand one behind the other; else they are padded."""

    @property
    def cut(self) -> int:
        """Rows whose end was cut off."""

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """[n] tokens of each row."""

    def __len__(self) -> int: ...

    def of_epoch(self, epoch: int) -> "TrainedRows":
        """The rows as they are read in that epoch, from 0."""

    def learned(self, positions: Sequence[int]) -> int:
        """Tokens that are learned of these rows."""

    def collate(self, positions: Sequence[int]) -> dict[str, "Tensor"]:
        """What a trainee takes of these rows."""


@dataclass(frozen=True)
class WrittenRow:
    """One row as tokens. Of an encoder-decoder, ``ids`` is the answer alone."""

    number: int  # of the Source
    prompt: tuple[int, ...]  # up to where the last answer begins
    ids: tuple[int, ...]  # what is read and learned
    learned: tuple[bool, ...]  # of each of ``ids``
    answer: int  # place in ``ids`` at which the last answer begins
    asked: str
    truth: str

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def cost(self) -> int:
        """Tokens that are computed for it."""
        return len(self.ids) if self.answer else len(self.prompt) + len(self.ids)


@dataclass(frozen=True)
class WrittenRows:
    """Some rows, and how batches are made of them."""

    rows: tuple[WrittenRow, ...]
    padding: int  # number of the padding token
    packed: bool  # rows stand one behind the other; else padded
    sequences: bool = False  # for an encoder-decoder: the prompt is read, the answer written
    cut: int = 0  # rows whose end was cut off, and among them those of which no answer was left, which are not here

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """[n] tokens of each row."""
        return np.array([row.cost for row in self.rows], dtype=np.int64)

    def of_epoch(self, epoch: int) -> "WrittenRows":
        """These rows as they are read in that epoch, from 0: the same in every one."""
        return self

    def learned(self, positions: Sequence[int]) -> int:
        """Tokens that are learned of these rows."""
        return sum(sum(self.rows[position].learned) for position in positions)

    def collate(self, positions: Sequence[int], *, last: bool = False) -> dict[str, "Tensor"]:
        """What a trainee takes of these rows.

        Args:
            positions: in ``rows``.
            last: ``labels`` of the last answer only, for measuring.
        """
        chosen = [self.rows[position] for position in positions]
        labels = [_labels(row, last) for row in chosen]
        if self.sequences:
            prompts = [row.prompt for row in chosen]
            return {
                "input_ids": filled(prompts, self.padding),
                "attention_mask": filled([(1,) * len(prompt) for prompt in prompts], 0),
                "labels": filled(labels, IGNORED),
            }
        ids = [row.ids for row in chosen]
        if self.packed:
            return {
                "input_ids": filled([_behind(ids)], 0),
                "position_ids": filled([_behind([range(len(row)) for row in chosen])], 0),
                "labels": filled([_behind(labels)], 0),
            }
        return {
            "input_ids": filled(ids, self.padding),
            "attention_mask": filled([(1,) * len(row) for row in ids], 0),
            "labels": filled(labels, IGNORED),
        }


def read_written(
    view: View,
    numbers: Rows,
    form: PromptFormat,
    tokenizer: Any,
    *,
    longest: int,
    everything: bool,
    packed: bool,
    sequences: bool,
) -> WrittenRows:
    """Rows of a View's Source as tokens; those of which nothing is left to learn are left out.

    Args:
        view: how to read.
        numbers: of rows with an answer.
        form: of the prompt.
        tokenizer: of the model.
        longest: tokens of a row; what is longer is cut at its end.
        everything: learn the prompt as well; an encoder-decoder cannot.
        packed: see ``WrittenRows``.
        sequences: for an encoder-decoder.
    """
    frame = chosen_rows(view.source, tuple(dict.fromkeys((*view.text, view.label))), numbers)
    rows: list[WrittenRow] = []
    cut = 0
    for number, conversation in zip(numbers, read_conversations(view, frame, answered=True), strict=True):
        if not conversation:
            continue
        row = _row(int(number), conversation, form, tokenizer, everything, sequences)
        kept = _cut(row, longest, sequences)
        cut += kept != row
        if any(kept.learned):
            rows.append(kept)
    return WrittenRows(tuple(rows), tokenizer.pad_token_id or 0, packed and not sequences, sequences, cut)


def prompt_ids(
    conversation: Conversation, form: PromptFormat, tokenizer: Tokenizer, *, sequences: bool
) -> tuple[int, ...]:
    """What the model reads before it answers."""
    pieces = form.pieces(conversation)
    return encode_source(pieces, tokenizer) if sequences else encode(pieces, tokenizer).ids


def _row(
    number: int, conversation: Conversation, form: PromptFormat, tokenizer: Tokenizer, everything: bool, sequences: bool
) -> WrittenRow:
    whole = encode(form.pieces(conversation), tokenizer)
    before = len(encode(form.pieces(conversation[:-1]), tokenizer))
    prompt = prompt_ids(conversation[:-1], form, tokenizer, sequences=sequences)
    asked, truth = asked_text(conversation), conversation[-1].text
    if sequences:
        answer = whole.ids[before:]
        return WrittenRow(number, prompt, answer, (True,) * len(answer), 0, asked, truth)
    # Nothing stands before the first token that could foretell it.
    learned = (False, *((True,) * (len(whole) - 1) if everything else whole.learned[1:]))
    return WrittenRow(number, prompt, whole.ids, learned, before, asked, truth)


def _cut(row: WrittenRow, longest: int, sequences: bool) -> WrittenRow:
    if len(row.ids) <= longest and (not sequences or len(row.prompt) <= longest):
        return row
    prompt = (*row.prompt[: longest - 1], row.prompt[-1]) if sequences and len(row.prompt) > longest else row.prompt
    ids, learned = row.ids[:longest], row.learned[:longest]
    return WrittenRow(row.number, prompt, ids, learned, row.answer, row.asked, row.truth)


def _labels(row: WrittenRow, last: bool) -> list[int]:
    wanted = [place >= row.answer for place in range(len(row))] if last else row.learned
    return [id_ if its else IGNORED for id_, its in zip(row.ids, wanted, strict=True)]


def _behind(parts: Sequence[Sequence[int]]) -> list[int]:
    return [number for part in parts for number in part]


def filled(sequences: Sequence[Sequence[int]], filling: int) -> "Tensor":
    """[sequences, longest], filled up on the right."""
    import torch

    longest = max(map(len, sequences))
    return torch.tensor([[*sequence, *[filling] * (longest - len(sequence))] for sequence in sequences])
