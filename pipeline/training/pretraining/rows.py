"""Pieces of texts as a model gets to read them, and what it has to say: one class for each way of hiding.

What is hidden of a piece follows from seed, epoch and row alone, so that it does not matter which batch it comes in,
in how many parts that is computed, or whether training was interrupted. What is measured is hidden the same way for
every model. Knows no model and no files of a run.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import N_, ModelError
from pipeline.models.heads import sentinels
from pipeline.templates.formats.format import beginning
from pipeline.training.pretraining import masking, spans
from pipeline.training.pretraining.masking import Ids
from pipeline.training.pretraining.pieces import TextPiece
from pipeline.training.writing.rows import IGNORED, TrainedRows, WrittenRow, WrittenRows, filled

if TYPE_CHECKING:
    from torch import Tensor

# Rows that are measured have the epoch before the first one, and this seed whatever the run's is.
MEASURED, MEASURED_SEED = -1, 0
# A single token has nothing around it to be guessed from.
_FEWEST = 2


class TextRows(TrainedRows, Protocol):
    """What is asked of rows that are texts, beside what the trainer asks."""

    @property
    def numbers(self) -> Sequence[int]:
        """[n] the row of the Source that each comes from."""

    @property
    def characters(self) -> Sequence[int]:
        """[n] of each."""

    @property
    def marks(self) -> frozenset[int]:
        """Tokens that a model has to say and that are no words."""


@dataclass(frozen=True)
class CausalRows(WrittenRows):
    """Rows of which every token is learned after those before it. For decoders."""

    marks: frozenset[int] = frozenset()

    @property
    def numbers(self) -> Sequence[int]:
        """As ``TextRows``."""
        return [row.number for row in self.rows]

    @property
    def characters(self) -> Sequence[int]:
        """As ``TextRows``."""
        return [len(row.truth) for row in self.rows]


@dataclass(frozen=True)
class _Hiding:
    """Pieces, each hidden anew in every epoch."""

    rows: tuple[TextPiece, ...]
    padding: int
    seed: int
    epoch: int
    packed: bool = dataclasses.field(default=False, init=False)
    cut: int = dataclasses.field(default=0, init=False)  # what is long is divided

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def numbers(self) -> Sequence[int]:
        """As ``TextRows``."""
        return [row.number for row in self.rows]

    @property
    def characters(self) -> Sequence[int]:
        """As ``TextRows``."""
        return [len(row.text) for row in self.rows]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """[n] tokens of each."""
        return np.array([len(row) for row in self.rows], dtype=np.int64)

    def random(self, piece: TextPiece) -> np.random.Generator:
        """Decides what is hidden of a piece."""
        return np.random.default_rng((self.seed, self.epoch + 1, *piece.seed))


@dataclass(frozen=True)
class MaskedRows(_Hiding):
    """Pieces of which whole words are hidden behind a mask. For encoders."""

    before: tuple[int, ...]  # special tokens in front of every text
    behind: tuple[int, ...]
    mask: int
    others: Ids  # tokens that may stand in a hidden word's place
    marks: frozenset[int] = frozenset()

    def of_epoch(self, epoch: int) -> "MaskedRows":
        """Other words are hidden."""
        return dataclasses.replace(self, epoch=epoch)

    def hidden(self, place: int) -> npt.NDArray[np.bool_]:
        """[tokens] which tokens of a piece are hidden, special ones not counted."""
        return masking.choose_words(self.rows[place].words, self.random(self.rows[place]))

    def learned(self, positions: Sequence[int]) -> int:
        """Tokens that are hidden of these pieces."""
        return sum(int(self.hidden(place).sum()) for place in positions)

    def collate(self, positions: Sequence[int]) -> dict[str, "Tensor"]:
        """``input_ids`` with the masks, ``attention_mask``, and ``labels``: the hidden tokens, IGNORED elsewhere."""
        ids, labels = zip(*map(self._read, positions), strict=True)
        return {
            "input_ids": filled(ids, self.padding),
            "attention_mask": filled([[1] * len(row) for row in ids], 0),
            "labels": filled(labels, IGNORED),
        }

    def _read(self, place: int) -> tuple[list[int], list[int]]:
        piece, random = self.rows[place], self.random(self.rows[place])
        hidden = masking.choose_words(piece.words, random)
        read = masking.hide(piece.ids, hidden, random, self.mask, self.others)
        wanted = np.where(hidden, piece.ids, IGNORED)
        unasked = [IGNORED] * len(self.before), [IGNORED] * len(self.behind)
        return [*self.before, *read.tolist(), *self.behind], [*unasked[0], *wanted.tolist(), *unasked[1]]


@dataclass(frozen=True)
class SpanRows(_Hiding):
    """Pieces out of which stretches were cut, to be written. For encoder-decoders."""

    sentinels: tuple[int, ...]
    end: int

    @property
    def marks(self) -> frozenset[int]:
        """The sentinels, and the end."""
        return frozenset((*self.sentinels, self.end))

    def of_epoch(self, epoch: int) -> "SpanRows":
        """Other stretches are cut out."""
        return dataclasses.replace(self, epoch=epoch)

    def spans(self, place: int) -> spans.Spans:
        """What is cut out of a piece."""
        piece = self.rows[place]
        return spans.choose_spans(len(piece), self.random(piece), len(self.sentinels))

    def learned(self, positions: Sequence[int]) -> int:
        """Tokens that are written for these pieces."""
        return sum(len(self._read(place)[1]) for place in positions)

    def collate(self, positions: Sequence[int]) -> dict[str, "Tensor"]:
        """``input_ids``, ``attention_mask``, and ``labels``: what is to be written, IGNORED behind its end."""
        ids, labels = zip(*map(self._read, positions), strict=True)
        return {
            "input_ids": filled(ids, self.padding),
            "attention_mask": filled([[1] * len(row) for row in ids], 0),
            "labels": filled(labels, IGNORED),
        }

    def _read(self, place: int) -> tuple[list[int], list[int]]:
        read, written = spans.corrupt(self.rows[place].ids.tolist(), self.spans(place), self.sentinels)
        return [*read, self.end], [*written, self.end]


def causal_rows(pieces: Iterable[TextPiece], tokenizer: Any, packed: bool) -> CausalRows:
    """Rows for a decoder. The end token stands behind every text.

    Every token is foretold once: the first one after the mark that the tokenizer puts in front, else after an end
    token, as texts follow each other in pre-training; that of a later piece after the last one of the piece before.

    Raises:
        ModelError: the tokenizer has no end token.
    """
    end = end_of(tokenizer)
    start = tuple(beginning(tokenizer)) or (end,)
    rows: list[WrittenRow] = []
    for piece in pieces:
        before = start if piece.part == 0 else (rows[-1].ids[-1],)
        own = (*piece.ids.tolist(), *((end,) if piece.last else ()))
        learned = (*(False,) * len(before), *(True,) * len(own))
        rows.append(WrittenRow(piece.number, (), (*before, *own), learned, len(before), "", piece.text))
    return CausalRows(tuple(rows), tokenizer.pad_token_id or 0, packed)


def masked_rows(pieces: Iterable[TextPiece], tokenizer: Any, vocabulary: int, seed: int, epoch: int) -> MaskedRows:
    """Rows for an encoder.

    Args:
        vocabulary: tokens that the model knows.
        seed, epoch: decide what is hidden; see MEASURED.

    Raises:
        ModelError: the tokenizer has no mask.
    """
    if tokenizer.mask_token_id is None:
        raise ModelError(N_("The model's tokenizer has no mask to hide words behind. Choose another base model."))
    before, behind = frame(tokenizer)
    special = {*tokenizer.all_special_ids}
    others = np.array([token for token in range(min(vocabulary, len(tokenizer))) if token not in special], np.int32)
    rows = tuple(piece for piece in pieces if len(piece) >= _FEWEST)
    return MaskedRows(rows, tokenizer.pad_token_id or 0, seed, epoch, before, behind, tokenizer.mask_token_id, others)


def span_rows(pieces: Iterable[TextPiece], tokenizer: Any, seed: int, epoch: int) -> SpanRows:
    """Rows for an encoder-decoder; arguments as for ``masked_rows``.

    Raises:
        ModelError: the tokenizer has no marks for what is cut out, or no end token.
    """
    marks = sentinels(tokenizer.convert_tokens_to_ids, tokenizer.unk_token_id)
    if not marks:
        raise ModelError(
            N_("The model's tokenizer lacks T5's marks <extra_id_0> and so on. Choose another base model, such as T5.")
        )
    rows = tuple(piece for piece in pieces if len(piece) >= _FEWEST)
    return SpanRows(rows, tokenizer.pad_token_id or 0, seed, epoch, marks, end_of(tokenizer))


def end_of(tokenizer: Any) -> int:
    """The end token. Raises ModelError where there is none."""
    if tokenizer.eos_token_id is None:
        raise ModelError(
            N_("The model's tokenizer has no end token, so that it cannot tell texts apart. Choose another base model.")
        )
    return int(tokenizer.eos_token_id)


def frame(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The special tokens in front of every text, and those behind it."""
    read = tokenizer("a", return_special_tokens_mask=True)
    ids, special = read["input_ids"], read["special_tokens_mask"]
    first = special.index(0)
    last = len(special) - special[::-1].index(0)
    return tuple(ids[:first]), tuple(ids[last:])
