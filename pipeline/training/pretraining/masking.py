"""Which words are hidden from a model, and what stands in their place: BERT's rule, for whole words.

15 % of the tokens; of these 80 % become the mask, 10 % any other token, 10 % stay (Devlin et al. 2019, section 3.1 and
A.1). Words are hidden whole (Cui et al. 2019, "Pre-Training with Whole Word Masking for Chinese BERT"): Chinese ones as
jieba cuts them, others as the tokenizer does. Numbers in, numbers out: knows no model.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.metrics.words import han_spans

Ids = npt.NDArray[np.int32]

SHARE = 0.15  # of the tokens that are hidden
MASKED, SWAPPED = 0.8, 0.1  # of these: the mask stands there, or any other token
# A longer "word" is an address, a number, or a sentence of a script without spaces: it counts token by token.
LONGEST_WORD = 10  # tokens


def whole_words(text: str, offsets: Sequence[tuple[int, int]], words: Sequence[int | None]) -> Ids:
    """[tokens] which word each token belongs to, counted from 0.

    Args:
        text: all of it.
        offsets: [tokens] the characters that each token stands for.
        words: [tokens] the tokenizer's own count of words.
    """
    starts = np.zeros(len(text) + 1, bool)
    chinese = np.zeros(len(text) + 1, bool)
    for begin, end in han_spans(text):
        starts[begin] = True
        chinese[begin:end] = True
    found = np.zeros(len(offsets), np.int32)
    word, before, last, was_chinese = -1, -1, None, False
    for place, ((begin, end), own) in enumerate(zip(offsets, words, strict=True)):
        # Some tokenizers count the space in front of a word as part of its first token.
        while begin < end - 1 and text[begin].isspace():
            begin += 1
        is_chinese = bool(chinese[min(begin, len(text))])
        new = starts[begin] and begin != before if is_chinese else own != last or was_chinese
        word += int(new or place == 0)
        found[place] = word
        before, last, was_chinese = begin, own, is_chinese
    return _without_endless(found)


def choose_words(words: Ids, random: np.random.Generator, share: float = SHARE) -> npt.NDArray[np.bool_]:
    """[tokens] which tokens are hidden: whole words, drawn until about ``share`` of the tokens are; at least one.

    The first word that is drawn counts however long it is; of the others those that would be too many are passed over.
    """
    wanted = max(1, round(share * len(words)))
    begins = np.flatnonzero(np.diff(words, prepend=-1))
    ends = np.append(begins[1:], len(words))
    hidden = np.zeros(len(words), bool)
    count = 0
    for word in random.permutation(len(begins)):
        length = ends[word] - begins[word]
        if count and count + length > wanted:
            continue
        hidden[begins[word] : ends[word]] = True
        count += length
        if count >= wanted:
            break
    return hidden


def hide(ids: Ids, hidden: npt.NDArray[np.bool_], random: np.random.Generator, mask: int, others: Ids) -> Ids:
    """[tokens] what the model reads in place of ``ids``.

    Args:
        ids: the true tokens.
        hidden: which of them the model has to guess.
        random: decides what becomes of each.
        mask: number of the mask.
        others: tokens that may stand there by chance.
    """
    drawn, by_chance = random.random(len(ids)), random.choice(others, len(ids))
    read = np.where(hidden & (drawn < MASKED), mask, ids)
    return np.where(hidden & (drawn >= MASKED) & (drawn < MASKED + SWAPPED), by_chance, read).astype(np.int32)


def _without_endless(words: Ids) -> Ids:
    """Words counted anew, those of more than LONGEST_WORD tokens token by token."""
    begins = np.diff(words, prepend=-1) != 0
    lengths = np.bincount(words, minlength=1)
    begins |= lengths[words] > LONGEST_WORD
    return (np.cumsum(begins) - 1).astype(np.int32)
