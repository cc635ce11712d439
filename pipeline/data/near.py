"""Which sets are near each other: exactly, and in little memory however many they are. Knows sets, not what they mean.

Near sets differ in few elements. So where every set is cut, by the hash of its elements, into one part more than that,
two near sets have some part in common, with all that is in it: Arasu, Ganti, Kaushik, "Efficient exact set-similarity
joins" (VLDB 2006), there PartEnum. Sets are compared with those of nearly their size only, band by band, and for one
part after the other, so that what is held at once does not depend on how many pairs there are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.data.shingles import Codes, Numbers, Sets, Shingles

# What is held at once, besides the texts and about 150 bytes for each: hashes of parts (8 bytes each), pairs that may
# be near (about 100 bytes each), and elements of pairs that are counted (about 60 bytes each).
ENTRIES = 6_000_000
PAIRS = 400_000
ELEMENTS = 1_000_000

# Sets with the same part, from which on these are first told apart by their rarest elements: numbers in texts that are
# otherwise the same leave one part or another the same in most of them.
MANY = 128

# Bits that stand for a set while pairs are ruled out: several times its elements, within these.
FEWEST_BITS, MOST_BITS = 256, 1024

# Sets whose bits are made at once.
_SKETCHED = 2_048

# Classes of elements whose frequency is counted: not exact, but the order that follows from it is one for all.
_FREQUENCIES = 1 << 16

_ROUNDING = 1e-9

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Near:
    """Pairs of sets, by their positions; none of them twice."""

    left: Numbers  # [pairs]
    right: Numbers  # [pairs]
    similarity: npt.NDArray[np.float64]  # [pairs] |A and B| / |A or B|, from 0 to 1


def near_sets(
    shingles: Shingles, similarity: float, together: Numbers | None, look: Callable[[int], None]
) -> Iterator[Near]:
    """Every pair of sets whose Jaccard similarity is at least ``similarity``, portion by portion, in no order.

    Args:
        shingles: the sets.
        similarity: above 0 and up to 1.
        together: a number for every set: pairs with equal numbers are left out. The caller may change it between two
            portions, and so be spared pairs that would tell nothing new.
        look: is told how many sets are done; what it raises ends the search.
    """
    lowest = _bands(int(shingles.sizes.max(initial=0)), similarity)
    order = np.argsort(shingles.sizes, kind="stable")
    edges = np.searchsorted(shingles.sizes[order], lowest)
    for number, (begin, end) in enumerate(pairwise(edges.tolist())):
        look(begin)
        if begin < end:
            smaller = order[edges[number - 1] : begin] if number else order[:0]
            band = _Band(shingles, smaller, order[begin:end], lowest[number + 1] - 1, similarity)
            for share, near in band.pairs(together):
                look(begin + int(share * (end - begin)))
                if near is not None:
                    yield near


def _bands(largest: int, similarity: float) -> list[int]:
    """The smallest size of every band. A set is near to none below the band before its own."""
    lowest = [1]
    while lowest[-1] <= largest:
        lowest.append(int(lowest[-1] / similarity + _ROUNDING) + 1)
    return lowest


class _Band:
    """Sets of nearly one size, and the smaller ones that may be near to them."""

    def __init__(self, shingles: Shingles, smaller: Numbers, own: Numbers, largest: int, similarity: float) -> None:
        self._shingles = shingles
        self._sets = np.concatenate((smaller, own))
        self._sizes = shingles.sizes[self._sets]
        self._smaller = len(smaller)
        self._similarity = similarity
        # |A| + |B| - 2 |A and B|, where |A and B| >= t / (1 + t) (|A| + |B|): so many elements only one of them has.
        self._apart = int(2 * largest * (1 - similarity) / (1 + similarity) + 1e-6)
        self._bits = min(MOST_BITS, max(FEWEST_BITS, 1 << (2 * largest - 1).bit_length()))

    def pairs(self, together: Numbers | None) -> Iterator[tuple[float, Near | None]]:
        """See ``near_sets``. Which share of the band is done, from 0 to 1, and what was found, if anything was."""
        parts = self._apart + 1
        at_once = max(1, ENTRIES // len(self._sets))
        waiting: list[tuple[Numbers, Numbers]] = []
        met = np.zeros(0, np.int64)
        for first in range(0, parts, at_once):
            hashes, sketches = self._hash_parts(first, min(at_once, parts - first))
            for part in range(hashes.shape[1]):
                yield (first + part) / parts, None
                for left, right in self._with_same(hashes[:, part], together):
                    yield (first + part) / parts, None
                    possible = self._possible(sketches, left, right)
                    left, right = left[possible], right[possible]
                    # Pairs with an earlier part in common were found there.
                    new = ~(hashes[left, :part] == hashes[right, :part]).any(axis=1)
                    waiting.append((left[new], right[new]))
                    if sum(len(some) for some, _ in waiting) >= PAIRS:
                        found, met = self._near(waiting, together, met)
                        waiting.clear()
                        yield (first + part) / parts, found
        found, _ = self._near(waiting, together, met)
        yield 1.0, found

    def _near(
        self, waiting: list[tuple[Numbers, Numbers]], together: Numbers | None, met: Numbers
    ) -> tuple[Near, Numbers]:
        """Those that are near, and not among the pairs ``met`` before; the pairs that are met now."""
        count = len(self._sets)
        pairs = [np.minimum(left, right) * count + np.maximum(left, right) for left, right in waiting]
        keys = np.unique(np.concatenate([*pairs, met[:0]]))
        left, right = keys // count, keys % count
        if together is not None:
            apart = together[self._sets[left]] != together[self._sets[right]]
            keys, left, right = keys[apart], left[apart], right[apart]
        similar = self._jaccard(left, right)
        near = similar >= self._similarity - 1e-12
        new = near if together is not None else near & ~np.isin(keys, met)
        if together is None:
            met = np.concatenate((met, keys[new]))
        return Near(self._sets[left[new]], self._sets[right[new]], similar[new]), met

    def _hash_parts(self, first: int, count: int) -> tuple[Codes, Codes]:
        """[sets, count] hashes of the parts from ``first`` on; [sets, words] bits that stand for the whole sets."""
        hashes = np.zeros((len(self._sets), count), np.uint64)
        sketches = np.empty((len(self._sets), self._bits // 64), np.uint64)
        parts = self._apart + 1
        for begin, some in self._read(self._sets):
            mixed = _mix(some.codes)
            part = ((mixed >> np.uint64(40)) * np.uint64(parts) >> np.uint64(24)).astype(np.int64) - first
            place = (some.owner + begin) * count + part
            if count < parts:
                inside = (part >= 0) & (part < count)
                place, summands = place[inside], mixed[inside]
            else:
                summands = mixed
            np.add.at(hashes.reshape(-1), place, summands * np.uint64(0xFF51AFD7ED558CCD))
            sketches[begin : begin + len(some.sizes)] = self._sketch(some, mixed)
        return hashes, sketches

    def _sketch(self, some: Sets, mixed: Codes) -> Codes:
        """[sets, words] for each of the bits whether an odd number of elements falls on it.

        Where two sets differ in a bit, an element that only one of them has falls on it.
        """
        sketches = np.empty((len(some.sizes), self._bits // 64), np.uint64)
        place = some.owner * self._bits + (mixed & np.uint64(self._bits - 1)).astype(np.int64)
        for begin in range(0, len(sketches), _SKETCHED):
            low, high = np.searchsorted(some.owner, (begin, begin + _SKETCHED))
            count = min(_SKETCHED, len(sketches) - begin)
            fallen = np.bincount(place[low:high] - begin * self._bits, minlength=count * self._bits)
            odd = (fallen & 1).astype(np.uint8).reshape(count, self._bits)
            sketches[begin : begin + count] = np.packbits(odd, axis=1).view(np.uint64)
        return sketches

    def _with_same(self, hashes: Codes, together: Numbers | None) -> Iterator[tuple[Numbers, Numbers]]:
        """Pairs of sets whose part has the same hash, not both of them ``smaller``; numbered as in this band."""
        marked = hashes << np.uint64(1)
        marked[self._smaller :] |= np.uint64(1)  # so that of one hash the smaller sets come first
        order = np.argsort(marked)
        marked = marked[order]
        groups = _Groups(order, marked >> np.uint64(1), (marked & np.uint64(1)).astype(bool))
        if together is not None:
            groups = groups.without(groups.uniform(together[self._sets[order]]))
        many = groups.lengths > MANY
        yield from groups.without(many).pairs()
        if many.any():
            yield from self._with_same_rare(groups.without(~many), self._apart + 1)

    def _with_same_rare(self, groups: "_Groups", count: int) -> Iterator[tuple[Numbers, Numbers]]:
        """The pairs within large groups that may be near by their ``count`` rarest elements, one of which they share.

        Prefix filter with positions: Xiao et al., "Efficient similarity joins for near duplicate detection" (WWW 2008).
        """
        members, group = groups.members, np.repeat(np.arange(len(groups.lengths)), groups.lengths)
        frequency = np.zeros(_FREQUENCIES, np.int64)
        for _, some in self._read(self._sets[members]):
            frequency += np.bincount(_class(some.codes), minlength=_FREQUENCIES)
        # As many classes of rare elements after each other as keep the entries of one within bounds.
        passes = -(-len(members) * count // ENTRIES)
        for turn in range(passes):
            rare: list[tuple[Codes, Numbers, Numbers]] = []
            for begin, some in self._read(self._sets[members]):
                order = np.lexsort((some.codes, frequency[_class(some.codes)], some.owner))
                owner, codes = some.owner[order], some.codes[order]
                place = np.arange(len(owner)) - np.repeat(np.cumsum(some.sizes) - some.sizes, some.sizes)
                kept = place < count
                if passes > 1:
                    kept &= _class(codes) % passes == turn
                rare.append((codes[kept], owner[kept] + begin, place[kept].astype(np.int64)))
            codes, holder, place = (np.concatenate(column) for column in zip(*rare, strict=True))
            keys = _mix(codes + _mix(group[holder].astype(np.uint64)))
            order = np.lexsort((groups.own[holder], keys))
            sharing = _Groups(order, keys[order], groups.own[holder][order])
            for left, right in sharing.pairs():
                # What stands before the first rare element that they share, only one of them has.
                possible = place[left] + place[right] <= self._apart
                yield members[holder[left[possible]]], members[holder[right[possible]]]

    def _possible(self, sketches: Codes, left: Numbers, right: Numbers) -> Mask:
        """[pairs] False where the sizes differ too much, or too many bits."""
        a, b = self._sizes[left], self._sizes[right]
        total = a + b
        different = np.bitwise_count(sketches[left] ^ sketches[right]).sum(axis=1, dtype=np.int64)
        different = np.maximum(different, np.abs(a - b))
        share = 2 * self._similarity / (1 + self._similarity)
        return np.asarray(total - different >= share * total - _ROUNDING)

    def _jaccard(self, left: Numbers, right: Numbers) -> npt.NDArray[np.float64]:
        """[pairs] |A and B| / |A or B|, counted element by element."""
        similar = np.zeros(len(left))
        total = np.cumsum(self._sizes[left] + self._sizes[right])
        begin = 0
        while begin < len(left):
            done = int(total[begin - 1]) if begin else 0
            end = max(begin + 1, int(np.searchsorted(total, done + ELEMENTS, side="right")))
            similar[begin:end] = self._count(left[begin:end], right[begin:end])
            begin = end
        return similar

    def _count(self, left: Numbers, right: Numbers) -> npt.NDArray[np.float64]:
        sets, place = np.unique(np.concatenate((left, right)), return_inverse=True)
        read = [some for _, some in self._read(self._sets[sets])]
        vocabulary, elements = np.unique(np.concatenate([some.codes for some in read]), return_inverse=True)
        sizes = self._sizes[sets]
        owner, at = expand((np.cumsum(sizes) - sizes)[place], sizes[place])
        keys = (owner % len(left)) * len(vocabulary) + elements[at]
        keys.sort()
        shared = np.bincount(keys[1:][keys[1:] == keys[:-1]] // len(vocabulary), minlength=len(left))
        return np.asarray(shared / (self._sizes[left] + self._sizes[right] - shared))

    def _read(self, sets: Numbers) -> Iterator[tuple[int, Sets]]:
        """The sets in portions, each with the position of its first one."""
        begin = 0
        for some in self._shingles.batches(sets):
            yield begin, self._shingles.sets(some)
            begin += len(some)


class _Groups:
    """Members with equal keys, group by group; of each group those that are not ``own`` first."""

    def __init__(self, members: Numbers, keys: Codes, own: Mask) -> None:
        self.members = members  # [members]
        self.own = own  # [members]
        begins = np.flatnonzero(np.concatenate((np.ones(min(1, len(keys)), bool), keys[1:] != keys[:-1])))
        self.lengths = np.diff(np.append(begins, len(keys)))  # [groups]
        self._keys = keys

    def uniform(self, numbers: Numbers) -> Mask:
        """[groups] whether all members have one number."""
        if not len(self.lengths):
            return np.zeros(0, bool)
        begins = np.cumsum(self.lengths) - self.lengths
        return np.asarray(np.minimum.reduceat(numbers, begins) == np.maximum.reduceat(numbers, begins))

    def without(self, groups: Mask) -> "_Groups":
        """The other groups."""
        kept = np.repeat(~groups, self.lengths)
        return _Groups(self.members[kept], self._keys[kept], self.own[kept])

    def pairs(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Each own member with all that stand before it in its group, PAIRS at once or a little more."""
        begins = np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)
        before = np.where(self.own, np.arange(len(self.members)) - begins, 0)
        later = np.flatnonzero(before)
        before, begins = before[later], begins[later]
        total = np.cumsum(before)
        begin = 0
        while begin < len(later):
            done = int(total[begin - 1]) if begin else 0
            end = max(begin + 1, int(np.searchsorted(total, done + PAIRS, side="right")))
            owner, left = expand(begins[begin:end], before[begin:end])
            yield self.members[left], self.members[later[begin:end][owner]]
            begin = end


def expand(begins: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """Every k as often as it has numbers, and the numbers ``begins[k] .. begins[k] + lengths[k] - 1``, k by k."""
    owner = np.repeat(np.arange(len(begins)), lengths)
    return owner, np.arange(len(owner)) + np.repeat(begins - np.cumsum(lengths) + lengths, lengths)


def _mix(numbers: Codes) -> Codes:
    """Numbers that look random, equal for equal ones; after the finaliser of MurmurHash3 (Appleby 2011)."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xC4CEB9FE1A85EC53)
    mixed ^= mixed >> np.uint64(29)
    return mixed


def _class(codes: Codes) -> Numbers:
    """[codes] one of _FREQUENCIES classes."""
    return (_mix(codes) >> np.uint64(48)).astype(np.int64)
