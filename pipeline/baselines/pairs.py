"""The features of the linear baselines for two texts that are compared: n-grams of each, and what they share.

A linear model cannot multiply: that a word stands in both texts has to be a feature of its own. Knows texts, no
classes. Heavy: imports scikit-learn, so it is imported by workers only.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.baselines.ngrams import extract, features

# How much the few numbers of overlap weigh beside n-grams, whose features are at most 1 and mostly far below.
OVERLAP_WEIGHT = 2.0


def extract_pairs(first: Sequence[str], second: Sequence[str]) -> tuple[tuple[TfidfVectorizer, ...], sp.csr_matrix]:
    """Learn the n-grams that occur in at least two of all texts, and the features of the pairs themselves."""
    kinds, _ = extract([*first, *second])
    return kinds, pair_features(kinds, first, second)


def pair_features(kinds: Sequence[TfidfVectorizer], first: Sequence[str], second: Sequence[str]) -> sp.csr_matrix:
    """[pairs, 3 n-grams + overlap + 1] the n-grams of either text, those of both, three shares, and a bias."""
    left, right = features(kinds, first)[:, :-1], features(kinds, second)[:, :-1]
    both = left.minimum(right)
    overlap = np.column_stack(
        [
            np.asarray(left.multiply(right).sum(axis=1)).ravel(),  # the cosine: both are of length 1
            _jaccard([set(text.lower().split()) for text in first], [set(text.lower().split()) for text in second]),
            _jaccard([set(text.lower()) for text in first], [set(text.lower()) for text in second]),
        ]
    )
    blocks = [left, right, both, sp.csr_matrix(OVERLAP_WEIGHT * overlap), sp.csr_matrix(np.ones((len(first), 1)))]
    return sp.csr_matrix(sp.hstack(blocks), dtype=np.float32)


def _jaccard(left: Sequence[set[str]], right: Sequence[set[str]]) -> npt.NDArray[np.float64]:
    """Shared members over all members; 0 where there are none."""
    return np.array([len(a & b) / max(1, len(a | b)) for a, b in zip(left, right, strict=True)])
