"""How much written texts have in common with the right ones, as an ``evaluate`` module: texts in, counts a row out.

``evaluate`` copies this one file and scans its imports line by line: one import a line, nothing of this project.
"""

from collections.abc import Callable
from typing import Any

import datasets
import evaluate
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenizers import Tokenizer
from sacrebleu.metrics.helpers import extract_all_char_ngrams


class Texts(evaluate.Metric):  # type: ignore[misc]  # the library ships no types
    """Whether a text is the right one, what chrF is made of, and ROUGE-L: of every row, so that rows can be drawn."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description="Exact match, counts of character n-grams (chrF) and ROUGE-L F1 of every row.",
            citation="",
            inputs_description="predictions, references: one text a row; words: cuts a text; order: longest n-gram.",
            features=datasets.Features(
                {"predictions": datasets.Value("string"), "references": datasets.Value("string")}
            ),
        )

    def _compute(
        self, predictions: list[str], references: list[str], words: Callable[[str], list[str]], order: int
    ) -> dict[str, list[Any]]:
        rouge = RougeScorer(["rougeL"], tokenizer=_Words(words))
        pairs = list(zip(references, predictions, strict=True))
        return {
            "exact": [true.split() == said.split() for true, said in pairs],
            "ngrams": [_ngrams(true, said, order) for true, said in pairs],
            "rouge_l": [rouge.score(true, said)["rougeL"].fmeasure for true, said in pairs],
        }


class _Words(Tokenizer):  # type: ignore[misc]  # the library ships no types
    """What ROUGE reads as words. The library's own tokenizer drops every character that is not a-z or 0-9."""

    def __init__(self, words: Callable[[str], list[str]]) -> None:
        self._words = words

    def tokenize(self, text: str) -> list[str]:
        return self._words(text)


def _ngrams(true: str, said: str, order: int) -> list[int]:
    """Said, true and common n-grams for n from 1 to ``order``, counted as sacrebleu counts them.

    Said n-grams of a length that the true text does not reach do not count.
    """
    counts = []
    for ours, theirs in zip(extract_all_char_ngrams(said, order), extract_all_char_ngrams(true, order), strict=True):
        counts += [ours.total() if theirs else 0, theirs.total(), (ours & theirs).total()]
    return counts
