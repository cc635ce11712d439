"""Texts as sets of shingles (three characters in a row), made anew whenever they are asked for. Compares nothing.

A set takes eight bytes a shingle, so those of a million texts are never held at once: only their sizes are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHINGLE = 3

# Characters whose sets are made at once; about 50 bytes each while that goes on.
CHARACTERS_AT_ONCE = 100_000

Numbers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]

_POINTS = 0x110000  # of Unicode
_WORD = 64  # bits


@dataclass(frozen=True)
class Sets:
    """Some sets, one after the other. Equal shingles have equal codes, whatever text they stand in."""

    codes: Codes  # [all] ascending within a set
    owner: Numbers  # [all] position of the set, from 0, ascending
    sizes: Numbers  # [sets]


class Shingles:
    """The sets of ``texts``, by the positions of these."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._lengths = np.maximum(np.fromiter(map(len, texts), np.int64, len(texts)), SHINGLE)
        self._most = len(texts) + 1
        self._letters = self._number_letters()
        # A code is three letters' numbers, and the position of its set stands before it: together a word of 64 bits.
        self._bits = int(self._letters[-1]).bit_length()
        self._most = min(self._most, 1 << (_WORD - SHINGLE * self._bits))
        self.sizes = np.zeros(len(texts), np.int64)
        for rows in self.batches(np.arange(len(texts))):
            self.sizes[rows] = self.sets(rows).sizes

    def batches(self, rows: Numbers) -> Iterator[Numbers]:
        """``rows`` in portions whose sets fit into memory."""
        total = np.cumsum(self._lengths[rows])
        begin = 0
        while begin < len(rows):
            done = int(total[begin - 1]) if begin else 0
            end = int(np.searchsorted(total, done + CHARACTERS_AT_ONCE, side="right"))
            end = min(max(end, begin + 1), begin + self._most)
            yield rows[begin:end]
            begin = end

    def sets(self, rows: Numbers) -> Sets:
        """The sets of these texts, in this order; of no more than ``batches`` gives at once."""
        points = self._letters[self._points(rows)].astype(np.uint64)
        owner = np.repeat(np.arange(len(rows), dtype=np.uint64), self._lengths[rows])
        inside = owner[: 1 - SHINGLE] == owner[SHINGLE - 1 :]
        bits, width = np.uint64(self._bits), np.uint64(SHINGLE * self._bits)
        keys = (((owner[:-2] << bits | points[:-2]) << bits | points[1:-1]) << bits | points[2:])[inside]
        keys.sort()
        keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
        found = (keys >> width).astype(np.int64)
        codes = keys & ((np.uint64(1) << width) - np.uint64(1))
        return Sets(codes, found, np.bincount(found, minlength=len(rows)))

    def _number_letters(self) -> npt.NDArray[np.uint32]:
        """[up to the last point that occurs] a number for every character that occurs, as small as can be."""
        occurs = np.zeros(_POINTS, bool)
        occurs[[0, 1]] = True  # what fills up a short text; and a letter has one bit at least
        for rows in self.batches(np.arange(len(self._texts))):
            occurs[self._points(rows)] = True
        last = int(np.flatnonzero(occurs)[-1])
        return (np.cumsum(occurs[: last + 1]) - 1).astype(np.uint32)

    def _points(self, rows: Numbers) -> npt.NDArray[np.uint32]:
        """Code points of texts; one shorter than a shingle is padded to one, so that it equals itself alone."""
        texts = [self._texts[row].ljust(SHINGLE, "\0") for row in rows.tolist()]
        return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
