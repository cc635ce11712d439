"""How near written answers come to the right ones, and how much the right ones surprise a model.

Everything is counted row by row into a table, and a figure is made of the sums over rows, so that
``resampled.interval(table, chrf)`` gives it with its interval. Heavy when first called (``evaluate``).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.metrics.kept import module
from pipeline.metrics.resampled import Table
from pipeline.metrics.words import words

ORDER = 6  # longest n-gram of chrF, and how much more recall counts than precision: Popović's own choice
BETA = 2
_NGRAMS = 3 * ORDER
_EXACT, _ROUGE, _BITS, _CHARACTERS, _ONE = range(_NGRAMS, _NGRAMS + 5)


def table(truth: Sequence[str], said: Sequence[str], bits: npt.ArrayLike) -> Table:
    """[rows, columns] what the figures below are made of.

    Args:
        truth, said: [rows] the right answers and those of a model, at least one.
        bits: [rows] -log2 p of the right answer by that model, summed over its tokens.

    Raises:
        ValueError: no rows, or lengths that differ.
    """
    surprise = np.asarray(bits, dtype=np.float64)
    if not truth or not len(truth) == len(said) == len(surprise):
        raise ValueError(f"need equally many answers and bits, got {len(truth)}, {len(said)} and {len(surprise)}")
    counted = module("texts").compute(predictions=list(said), references=list(truth), words=words, order=ORDER)
    characters = [len(answer.strip()) for answer in truth]
    return np.column_stack(
        [counted["ngrams"], counted["exact"], counted["rouge_l"], surprise, characters, np.ones(len(truth))]
    ).astype(np.float64)


def chrf(sums: Table) -> Table:
    """chrF from 0 to 1 (Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation").

    Precision and recall of n-grams, each the mean over the lengths from 1 to 6 that both sides have, joined to F2.
    It is that of the corpus: of n-grams summed over rows, not the mean of the rows' own, in which an answer of one word
    would weigh as much as a page. A resample therefore draws rows and sums their n-grams anew. Of a table itself it is
    the chrF of each row. Counts and figure are sacrebleu's (``nc:6 nw:0 space:no``), divided by 100.

    Args:
        sums: [draws, columns] sums of rows of ``table``.
    """
    said, true, common = np.moveaxis(sums[:, :_NGRAMS].reshape(-1, ORDER, 3), 2, 0)
    reached = (said > 0) & (true > 0)
    lengths = np.maximum(1, reached.sum(axis=1))
    precision = np.where(reached, common / np.maximum(1, said), 0).sum(axis=1) / lengths
    recall = np.where(reached, common / np.maximum(1, true), 0).sum(axis=1) / lengths
    both = BETA**2 * precision + recall
    return np.asarray((1 + BETA**2) * precision * recall / np.where(both > 0, both, 1), dtype=np.float64)


def rouge_l(sums: Table) -> Table:
    """Mean over the rows of ROUGE-L F1, from 0 to 1 (Lin 2004): the longest common subsequence of words."""
    return np.asarray(sums[:, _ROUGE] / sums[:, _ONE], dtype=np.float64)


def exact_match(sums: Table) -> Table:
    """Share of the rows whose answer is the right one but for blanks, from 0 to 1."""
    return np.asarray(sums[:, _EXACT] / sums[:, _ONE], dtype=np.float64)


def bits_per_character(sums: Table) -> Table:
    """How much the right answers surprise the model: bits a character, over all rows together; less is better.

    Unlike the loss a token it does not depend on how a tokenizer cuts texts, so that any two models compare.
    """
    return np.asarray(sums[:, _BITS] / np.maximum(1, sums[:, _CHARACTERS]), dtype=np.float64)


def is_exact(rows: Table) -> npt.NDArray[np.int64]:
    """[rows] 1 where the answer of a row of ``table`` is the right one but for blanks, else 0."""
    return rows[:, _EXACT].astype(np.int64)
