"""Which texts are the same, or nearly so. Knows nothing of labels, rows to learn from or files.

Near means a Jaccard similarity of at least 0.9 between the sets of shingles (three characters in a row) of the
normalised texts. Found exactly, not by hashing, with a prefix filter: Bayardo, Ma, Srikant, "Scaling up all pairs
similarity search" (WWW 2007); Xiao et al., "Efficient similarity joins for near duplicate detection" (WWW 2008).
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

SIMILARITY = 0.9
SHINGLE = 3

# A text that fills a tenth of a table, such as "test", would otherwise pull a whole part of the Split along.
LARGEST_SHARE = 10

# Pairs compared at once: bounds the memory at about 1 GB.
PAIRS = 2_000_000

# 64-bit words of the bitmap that stands for a set while pairs are ruled out.
WORDS = 16

# The highest code point of Unicode fits into so many bits, so three characters fit into an int64.
_BITS = 21


def near_duplicate_clusters(texts: Sequence[str]) -> list[int]:
    """A cluster number for every text; texts in one cluster are the same or near (directly or through others).

    Clusters are numbered from 0 in the order of their first text. None holds more than a tenth of the texts
    (though two texts always may share one): what would make it larger stays outside, least similar first.
    """
    keys: dict[str, int] = {}
    unique = [keys.setdefault(normalise(text), len(keys)) for text in texts]
    limit = max(2, len(texts) // LARGEST_SHARE)
    clusters = _Clusters(unique, len(keys), limit)
    for left, right in similar_pairs(list(keys)):
        clusters.join(left, right)
    return clusters.numbers()


def normalise(text: str) -> str:
    """Without differences that no reader would call one: width, case, and runs of spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def similar_pairs(texts: Sequence[str], similarity: float = SIMILARITY) -> list[tuple[int, int]]:
    """Every pair of different texts that are at least so similar, the most similar first.

    Args:
        texts: normalised and all different.
        similarity: Jaccard similarity of the shingle sets, above 0 and up to 1.

    Returns:
        Positions in ``texts``, the smaller first; ties in the order of the positions.
    """
    if len(texts) < 2:
        return []
    sets = _shingle_sets(texts)
    bitmaps = _bitmaps(sets)
    found = []
    for smaller, larger in _candidates(sets, similarity):
        possible = _possible(sets, bitmaps, smaller, larger, similarity)
        left, right = smaller[possible], larger[possible]
        found.append((left, right, _jaccard(sets, left, right)))
    if not found:
        return []
    left, right, similar = (np.concatenate(part) for part in zip(*found, strict=True))
    first, second = np.minimum(sets.text[left], sets.text[right]), np.maximum(sets.text[left], sets.text[right])
    near = similar >= similarity - 1e-12
    order = np.lexsort((second[near], first[near], -similar[near]))
    return list(zip(first[near][order].tolist(), second[near][order].tolist(), strict=True))


@dataclass(frozen=True)
class _ShingleSets:
    """The sets, smallest first. Set ``k`` is ``tokens[starts[k]:starts[k + 1]]``: ascending, rarest first."""

    text: Numbers  # [sets] which text it belongs to
    starts: Numbers  # [sets + 1]
    tokens: Numbers  # [all]

    @property
    def sizes(self) -> Numbers:
        return np.diff(self.starts)


def _shingle_sets(texts: Sequence[str]) -> _ShingleSets:
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    # A text shorter than a shingle is padded to one, so that it equals itself and nothing else.
    padded = [text.ljust(SHINGLE, "\0") for text in texts]
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    owner = np.repeat(np.arange(len(texts)), np.maximum(lengths, SHINGLE))
    inside = owner[: 1 - SHINGLE] == owner[SHINGLE - 1 :]
    owner = owner[: 1 - SHINGLE][inside]
    shingles = ((points[:-2] << 2 * _BITS) | (points[1:-1] << _BITS) | points[2:])[inside]
    _, tokens = np.unique(shingles, return_inverse=True)
    vocabulary = int(tokens.max(initial=0)) + 1
    pairs = np.unique(owner * vocabulary + tokens)
    owner, tokens = pairs // vocabulary, pairs % vocabulary
    frequency = np.bincount(tokens, minlength=vocabulary)
    rank = np.empty(vocabulary, np.int64)
    rank[np.argsort(frequency, kind="stable")] = np.arange(vocabulary)
    sizes = np.bincount(owner, minlength=len(texts))
    by_size = np.argsort(sizes, kind="stable")
    place = np.empty(len(texts), np.int64)
    place[by_size] = np.arange(len(texts))
    ordered = np.sort(place[owner] * vocabulary + rank[tokens])
    starts = np.concatenate(([0], np.cumsum(sizes[by_size])))
    return _ShingleSets(by_size, starts, ordered % vocabulary)


def _candidates(sets: _ShingleSets, similarity: float) -> Iterator[tuple[Numbers, Numbers]]:
    """Pairs of sets that share a token of their prefixes: smaller set, larger set; every similar pair is among them.

    Two sets of sizes x >= y with Jaccard >= t share at least ceil(t * x) tokens, so the first x - ceil(t * x) + 1
    tokens of the larger hold one of the first y - ceil(2t / (1 + t) * y) + 1 of the smaller.
    """
    sizes = sets.sizes
    probe_token, probe_set, probe_place = _prefixes(sets, similarity)
    token, holder, place = _prefixes(sets, 2 * similarity / (1 + similarity))
    count = len(sizes)
    keys = token * count + holder
    order = np.argsort(keys, kind="stable")
    keys, holder, place = keys[order], holder[order], place[order]
    smallest = np.searchsorted(sizes, np.ceil(similarity * sizes - 1e-9).astype(np.int64))
    low = np.searchsorted(keys, probe_token * count + smallest[probe_set])
    high = np.searchsorted(keys, probe_token * count + probe_set)
    hits = np.maximum(high - low, 0)
    for begin, end in _portions(hits, probe_set):
        left_entry, probe = _expand(low[begin:end], hits[begin:end])
        probe += begin
        smaller, larger = holder[left_entry], probe_set[probe]
        # What can still be shared from here on decides, too (positional filter).
        rest = np.minimum(sizes[smaller] - place[left_entry], sizes[larger] - probe_place[probe])
        needed = np.ceil(similarity / (1 + similarity) * (sizes[smaller] + sizes[larger]) - 1e-9)
        pairs = np.unique((larger * count + smaller)[rest >= needed])
        yield pairs % count, pairs // count


def _prefixes(sets: _ShingleSets, share: float) -> tuple[Numbers, Numbers, Numbers]:
    """Token, set and position of every token that stands in the prefix of its set, set by set."""
    sizes = sets.sizes
    lengths = np.where(sizes > 0, sizes - np.ceil(share * sizes - 1e-9).astype(np.int64) + 1, 0)
    entries, owner = _expand(sets.starts[:-1], lengths)
    return sets.tokens[entries], owner, entries - sets.starts[owner]


def _expand(starts: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """The numbers ``starts[k] .. starts[k] + lengths[k] - 1`` for every k, one after the other, and their k."""
    owner = np.repeat(np.arange(len(starts)), lengths)
    offsets = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(starts, lengths) + offsets, owner


def _portions(hits: Numbers, owner: Numbers) -> Iterator[tuple[int, int]]:
    """Ranges with about PAIRS hits each that do not cut through the entries of one owner."""
    total = np.cumsum(hits)
    begin = 0
    while begin < len(hits):
        done = int(total[begin - 1]) if begin else 0
        end = max(int(np.searchsorted(total, done + PAIRS)), begin + 1)
        end = int(np.searchsorted(owner, owner[min(end, len(owner)) - 1], side="right"))
        if total[end - 1] > done:
            yield begin, end
        begin = end


def _bitmaps(sets: _ShingleSets) -> npt.NDArray[np.uint64]:
    """[sets, WORDS] a bit for every token, several tokens to a bit."""
    bitmaps = np.zeros((len(sets.text), WORDS), np.uint64)
    owner = np.repeat(np.arange(len(sets.text)), sets.sizes)
    bits = np.uint64(1) << (sets.tokens % 64).astype(np.uint64)
    np.bitwise_or.at(bitmaps, (owner, sets.tokens // 64 % WORDS), bits)
    return bitmaps


def _possible(
    sets: _ShingleSets, bitmaps: npt.NDArray[np.uint64], left: Numbers, right: Numbers, similarity: float
) -> npt.NDArray[np.bool_]:
    """[pairs] False where too many bits differ: each of them is a token that only one of the two sets has.

    Sandes et al., "A filtering technique for set similarity joins using bitmaps" (2020).
    """
    total = sets.sizes[left] + sets.sizes[right]
    different = np.bitwise_count(bitmaps[left] ^ bitmaps[right]).sum(axis=1, dtype=np.int64)
    return np.asarray(total - different >= 2 * similarity / (1 + similarity) * total - 1e-9)


def _jaccard(sets: _ShingleSets, left: Numbers, right: Numbers) -> npt.NDArray[np.float64]:
    """[pairs] |A and B| / |A or B|, from 0 to 1."""
    sizes = sets.sizes
    similar = np.zeros(len(left))
    step = max(1, 8 * PAIRS // max(1, int(sizes.max(initial=1))) // 2)
    vocabulary = int(sets.tokens.max(initial=0)) + 1
    for begin in range(0, len(left), step):
        a, b = left[begin : begin + step], right[begin : begin + step]
        entries, pair = _expand(np.concatenate((sets.starts[a], sets.starts[b])), np.concatenate((sizes[a], sizes[b])))
        keys = np.sort((pair % len(a)) * vocabulary + sets.tokens[entries])
        shared = np.bincount(keys[1:][keys[1:] == keys[:-1]] // vocabulary, minlength=len(a))
        similar[begin : begin + step] = shared / (sizes[a] + sizes[b] - shared)
    return similar


class _Clusters:
    """Union-find over different texts that counts rows and refuses to grow beyond a limit."""

    def __init__(self, unique: Sequence[int], texts: int, limit: int) -> None:
        self._unique = unique
        self._limit = limit
        self._parent = list(range(texts))
        self._rows = [0] * texts
        for key in unique:
            self._rows[key] += 1

    def join(self, left: int, right: int) -> None:
        """Put two texts into one cluster unless it would be too large."""
        a, b = self._root(left), self._root(right)
        if a != b and self._rows[a] + self._rows[b] <= self._limit:
            self._parent[b] = a
            self._rows[a] += self._rows[b]

    def numbers(self) -> list[int]:
        """A cluster number a row; equal texts beyond the limit start another cluster."""
        numbers: dict[tuple[int, int], int] = {}
        met = [0] * len(self._parent)
        result = []
        for key in self._unique:
            root = self._root(key)
            piece = met[root] // self._limit
            met[root] += 1
            result.append(numbers.setdefault((root, piece), len(numbers)))
        return result

    def _root(self, key: int) -> int:
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key
