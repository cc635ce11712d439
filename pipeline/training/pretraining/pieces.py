"""Texts as tokens, long ones in several pieces of about the same length, so that nothing of them is lost.

Knows tokenizers; nothing of models and of what is hidden.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.training.pretraining.masking import Ids, whole_words

_TEXTS_AT_ONCE = 1_000


@dataclass(frozen=True)
class TextPiece:
    """A text, or a part of one that is too long to be read at once."""

    number: int  # row of the Source
    part: int  # of the row, from 0
    last: bool  # whether it is the row's last one
    text: str
    ids: Ids  # [tokens] without special tokens
    offsets: npt.NDArray[np.int32]  # [tokens, 2] the characters of ``text`` that each stands for
    words: Ids  # [tokens] which word each belongs to, from 0

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def seed(self) -> tuple[int, int]:
        """What tells it from all others of a Source."""
        return self.number, self.part


def cut_texts(texts: Sequence[str], numbers: Sequence[int], tokenizer: Any, room: int) -> Iterator[TextPiece]:
    """The pieces of texts, in their order; what is blank has none.

    Args:
        texts: [n].
        numbers: [n] their rows.
        tokenizer: a fast one of transformers. A mark of the model that stands in a text is read as text.
        room: tokens of a piece, at most.
    """
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        some = [text.strip() for text in texts[start : start + _TEXTS_AT_ONCE]]
        read = tokenizer(
            some,
            add_special_tokens=False,
            split_special_tokens=True,
            return_offsets_mapping=True,
            return_attention_mask=False,
        )
        for place, text in enumerate(some):
            ids = np.array(read["input_ids"][place], np.int32)
            if len(ids):
                offsets = read["offset_mapping"][place]
                words = whole_words(text, offsets, read.word_ids(place))
                yield from _cut(text, int(numbers[start + place]), ids, np.array(offsets, np.int32), words, room)


def _cut(
    text: str, number: int, ids: Ids, offsets: npt.NDArray[np.int32], words: Ids, room: int
) -> Iterator[TextPiece]:
    count = -(-len(ids) // room)
    bounds = np.linspace(0, len(ids), count + 1).round().astype(int)
    # A character may be several tokens, and be cut: it counts once all the same.
    begins = [0, *(int(offsets[bound, 0]) for bound in bounds[1:-1]), len(text)]
    for part in range(count):
        low, high = bounds[part], bounds[part + 1]
        yield TextPiece(
            number,
            part,
            part == count - 1,
            text[begins[part] : begins[part + 1]],
            ids[low:high],
            offsets[low:high] - begins[part],
            words[low:high] - words[low],
        )
