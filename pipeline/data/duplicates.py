"""Which texts are the same, or nearly so. Knows nothing of labels, rows to learn from or files.

Near means a Jaccard similarity of at least 0.9 between the sets of shingles (three characters in a row) of the
normalised texts. Found exactly (``data.near``); what it takes in memory was measured (docs/benchmarks.md), not bounded.
"""

import unicodedata
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.data.near import near_sets
from pipeline.data.shingles import Numbers, Shingles
from pipeline.errors import N_
from pipeline.runs.progress import Progress, Silent, Stopped

PHASE = N_("Looking for texts that are nearly the same")

SIMILARITY = 0.9

# A text that fills a tenth of a table, such as "test", would otherwise pull a whole part of the Split along.
LARGEST_SHARE = 10

# Pairs that wait to be joined, of texts that are too many for one cluster: about 60 bytes each.
WAITING = 2_000_000

UNWATCHED = Silent()

Pairs = npt.NDArray[np.int64]


def near_duplicate_clusters(texts: Sequence[str], progress: Progress = UNWATCHED) -> list[int]:
    """A cluster number for every text; texts in one cluster are the same or near (directly or through others).

    Clusters are numbered from 0 in the order of their first text. None holds more than a tenth of the texts
    (though two texts always may share one): what would make it larger stays outside, least similar first.

    Raises:
        Stopped: somebody asked for it.
    """
    keys, unique = number_texts(texts)
    limit = max(2, len(texts) // LARGEST_SHARE)
    rows = np.bincount(unique, minlength=len(keys))
    return _in_order(unique, _join(keys, rows, limit, progress), limit)


def normalise(text: str) -> str:
    """Without differences that no reader would call one: width, case, and runs of spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def number_texts(texts: Sequence[str]) -> tuple[list[str], Numbers]:
    """The different normalised texts in the order in which they come, and the number of each text's own."""
    keys: dict[str, int] = {}
    known: dict[str, int] = {}  # equal texts are normalised once: that takes longer than everything else here
    numbers = np.empty(len(texts), np.int64)
    for place, text in enumerate(texts):
        number = known.get(text)
        if number is None:
            key = normalise(text)
            # The text itself where it is its own normalised form: that takes no memory.
            number = known[text] = keys.setdefault(text if text == key else key, len(keys))
        numbers[place] = number
    return list(keys), numbers


def similar_pairs(
    texts: Sequence[str], similarity: float = SIMILARITY, *, most: int | None = None, progress: Progress = UNWATCHED
) -> Pairs:
    """Every pair of different texts that are at least so similar, the most similar first.

    Args:
        texts: normalised and all different.
        similarity: Jaccard similarity of the shingle sets, above 0 and up to 1.
        most: the search ends once it has more pairs than this; None: it never does.
        progress: hears how many texts are over.

    Returns:
        [pairs, 2] positions in ``texts``, the smaller first; ties in the order of the positions. With ``most``, this
        many at most: some of the pairs, where there are more.

    Raises:
        Stopped: somebody asked for it.
    """
    found = [(np.zeros((0, 2), np.int64), np.zeros(0))]
    count = 0
    for near in near_sets(Shingles(texts), similarity, None, _watch(progress, len(texts))):
        pairs = np.sort(np.column_stack((near.left, near.right)), axis=1)
        found.append((pairs, near.similarity))
        count += len(pairs)
        if most is not None and count > most:
            break
    pairs, similar = (np.concatenate(part) for part in zip(*found, strict=True))
    return pairs[_order(pairs, similar)][:most]


def _join(keys: Sequence[str], rows: Numbers, limit: int, progress: Progress) -> Numbers:
    """[keys] a number for every text, equal for those of one cluster: see ``near_duplicate_clusters``."""
    shingles, look = Shingles(keys), _watch(progress, len(keys))
    numbers = np.arange(len(keys))
    for near in near_sets(shingles, SIMILARITY, numbers, look):
        fits = rows[near.left] + rows[near.right] <= limit
        _unite(numbers, near.left[fits], near.right[fits])
    # As long as none is too large, the order in which texts were joined makes no difference.
    too_large = np.bincount(numbers, weights=rows, minlength=len(keys)) > limit
    crowded = np.flatnonzero(too_large[numbers])
    crowded = crowded[rows[crowded] < limit]
    if len(crowded):
        numbers[crowded] = crowded
        texts = [keys[key] for key in crowded.tolist()]
        numbers[crowded] = crowded[_join_in_order(texts, rows[crowded], limit, progress)]
    return numbers


def _join_in_order(texts: Sequence[str], rows: Numbers, limit: int, progress: Progress) -> Numbers:
    """[texts] as ``_join``, the most similar pairs first, each only if the cluster does not grow beyond the limit.

    A pair that is refused once is refused for ever, since clusters only grow. So the pairs are looked through again and
    again, each time for the next WAITING that are still possible.
    """
    shingles, look = Shingles(texts), _watch(progress, len(texts))
    numbers, sizes = np.arange(len(texts)), rows.copy()
    while True:
        pairs, similar = np.zeros((0, 2), np.int64), np.zeros(0)
        complete = True
        for near in near_sets(shingles, SIMILARITY, numbers, look):
            possible = sizes[numbers[near.left]] + sizes[numbers[near.right]] <= limit
            new = np.sort(np.column_stack((near.left, near.right)), axis=1)[possible]
            pairs, similar = np.concatenate((pairs, new)), np.concatenate((similar, near.similarity[possible]))
            if len(pairs) > WAITING:
                first = _order(pairs, similar)[:WAITING]
                pairs, similar, complete = pairs[first], similar[first], False
        clusters = _Clusters(numbers, sizes, limit)
        for left, right in pairs[_order(pairs, similar)].tolist():
            clusters.join(left, right)
        numbers, sizes = clusters.numbers()
        if complete:
            return numbers


def _unite(numbers: Numbers, left: Numbers, right: Numbers) -> None:
    """Give all texts that pairs join the smallest of their numbers, which is the position of the first of them."""
    while True:
        a, b = numbers[left], numbers[right]
        apart = a != b
        if not apart.any():
            return
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(numbers, np.maximum(a, b), np.minimum(a, b))
        while True:
            further = numbers[numbers]
            if np.array_equal(further, numbers):
                break
            numbers[:] = further


def _in_order(unique: Numbers, numbers: Numbers, limit: int) -> list[int]:
    """A cluster number a row, in the order of the rows; equal texts beyond the limit start another cluster."""
    clusters: dict[tuple[int, int], int] = {}
    met = [0] * len(numbers)
    result = []
    for number in numbers[unique].tolist():
        piece = met[number] // limit
        met[number] += 1
        result.append(clusters.setdefault((number, piece), len(clusters)))
    return result


def _order(pairs: Pairs, similar: npt.NDArray[np.float64]) -> Numbers:
    """The most similar first; ties in the order of the positions."""
    return np.lexsort((pairs[:, 1], pairs[:, 0], -similar))


def _watch(progress: Progress, texts: int) -> Callable[[int], None]:
    def look(done: int) -> None:
        progress.advance(PHASE, done, texts)
        if progress.stop_requested():
            raise Stopped({})

    return look


class _Clusters:
    """Union-find over different texts that counts rows and refuses to grow beyond a limit."""

    def __init__(self, numbers: Numbers, sizes: Numbers, limit: int) -> None:
        """Texts with equal ``numbers``, each the position of one of them, are in one cluster already."""
        self._limit = limit
        self._parent = numbers.tolist()
        self._rows = sizes.tolist()

    def join(self, left: int, right: int) -> None:
        """Put two texts into one cluster unless it would be too large."""
        a, b = self._root(left), self._root(right)
        if a != b and self._rows[a] + self._rows[b] <= self._limit:
            self._parent[b] = a
            self._rows[a] += self._rows[b]

    def numbers(self) -> tuple[Numbers, Numbers]:
        """[texts] the position of one text of the cluster of each; how many rows the cluster at a position has."""
        return np.array([self._root(key) for key in range(len(self._parent))]), np.array(self._rows)

    def _root(self, key: int) -> int:
        while self._parent[key] != key:
            self._parent[key] = self._parent[self._parent[key]]
            key = self._parent[key]
        return key
