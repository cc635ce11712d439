"""Stretches of a text are cut out, and a model writes them: T5's span corruption. Numbers in, numbers out.

15 % of the tokens in stretches of three on average; each leaves a mark of its own (sentinel), and the answer is every
mark with what stood there (Raffel et al. 2020, section 3.1.4 and 3.3.4). T5's own code lets the last stretch end with
the text, so of one shorter than 27 tokens, as most messages are, nothing but the end would ever be asked. Here the text
may go on behind it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SHARE = 0.15  # of the tokens that are cut out
MEAN_LENGTH = 3.0  # tokens of a stretch

Spans = list[tuple[int, int]]  # begin and end of each stretch, ascending; never at the beginning, never two in touch


def choose_spans(tokens: int, random: np.random.Generator, most: int) -> Spans:
    """What is cut out of so many tokens, at least 2: a stretch or more, with something before each of them.

    Args:
        tokens: of the text.
        random: decides how long stretches are and where they stand.
        most: stretches, as many as there are marks.
    """
    cut = min(max(round(SHARE * tokens), 1), tokens - 1)
    count = min(max(round(cut / MEAN_LENGTH), 1), cut, tokens - cut, most)
    inside = _parts(cut, count, random)
    # One part more, behind the last stretch, which alone may be empty.
    between = _parts(tokens - cut + 1, count + 1, random)[:-1]
    spans, place = [], 0
    for kept, gone in zip(between, inside, strict=True):
        spans.append((place + kept, place + kept + gone))
        place += kept + gone
    return spans


def corrupt(ids: Sequence[int], spans: Spans, sentinels: Sequence[int]) -> tuple[list[int], list[int]]:
    """What the model reads and what it writes, both without an end token.

    Args:
        ids: of the text.
        spans: what is cut out of it.
        sentinels: the marks, at least one more than there are spans unless all are used up.
    """
    read: list[int] = []
    written: list[int] = []
    place = 0
    for sentinel, (begin, end) in zip(sentinels, spans, strict=False):
        read += [*ids[place:begin], sentinel]
        written += [sentinel, *ids[begin:end]]
        place = end
    return [*read, *ids[place:]], [*written, *sentinels[len(spans) : len(spans) + 1]]


def _parts(total: int, count: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """``total`` divided into ``count`` parts of at least 1, all ways being equally likely."""
    bounds = np.sort(random.choice(total - 1, count - 1, replace=False)) + 1
    return np.diff(np.concatenate(([0], bounds, [total])))
