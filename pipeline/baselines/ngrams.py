"""The features of the linear baselines: TF-IDF of word and character n-grams.

Knows texts, no classes. Word 1-2-grams carry languages that write spaces, character 1-4-grams carry Chinese (and
misspellings), so one setting is fair to both. Heavy: imports scikit-learn, so it is imported by workers only.
"""

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

# The most frequent n-grams of each kind. Bounds memory on large files; files of ordinary size do not reach it.
MOST_FEATURES = 200_000
# Latin, Cyrillic ... words of any length; a run of Chinese characters is no word, its characters are n-grams anyway.
WORD = r"(?u)[^\W\u3040-\u30ff\u3400-\u9fff]+"


def extract(texts: Sequence[str]) -> tuple[tuple[TfidfVectorizer, ...], sp.csr_matrix]:
    """Learn the n-grams that occur in at least two texts, and the features of the texts themselves."""
    shared = {"min_df": 2, "max_features": MOST_FEATURES, "sublinear_tf": True, "norm": None, "dtype": np.float32}
    kinds, blocks = [], []
    for kind in (
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=WORD, **shared),
        TfidfVectorizer(analyzer="char", ngram_range=(1, 4), **shared),
    ):
        try:
            blocks.append(kind.fit_transform(texts))
        except ValueError:  # no n-gram of this kind occurs twice: Chinese text has no words in the sense of WORD
            continue
        kinds.append(kind)
    return tuple(kinds), _with_bias(blocks, len(texts))


def features(kinds: Sequence[TfidfVectorizer], texts: Sequence[str]) -> sp.csr_matrix:
    """[texts, n-grams + 1] the features of other texts."""
    return _with_bias([kind.transform(texts) for kind in kinds], len(texts))


def _with_bias(blocks: Sequence[sp.csr_matrix], rows: int) -> sp.csr_matrix:
    """[rows, n-grams + 1] float32: n-grams of both kinds at length 1 together, then a column of ones.

    Together, because a Chinese ticket has at most a Latin word or two: at length 1 of their own they would weigh
    as much as all its characters.
    """
    ones = sp.csr_matrix(np.ones((rows, 1), dtype=np.float32))
    return sp.csr_matrix(sp.hstack([*([normalize(sp.hstack(blocks))] if blocks else []), ones]), dtype=np.float32)
