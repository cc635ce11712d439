"""Texts as token numbers, ragged, kept by content; batches of them. Knows no model and no labels."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline import cache

if TYPE_CHECKING:
    from torch import Tensor

# Texts handed to the tokenizer at once: its threads are busy, and the lists that it returns stay small.
_TEXTS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Tokens:
    """Token numbers of n texts, one after the other; text i is ``ids[starts[i]:starts[i + 1]]``, never empty."""

    ids: npt.NDArray[np.int32]  # [tokens]
    starts: npt.NDArray[np.int64]  # [n + 1]
    digest: str  # hash of the two

    def __len__(self) -> int:
        return len(self.starts) - 1

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """[n] tokens of each text."""
        return np.diff(self.starts)

    def positions(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """[rows, longest] where each token stands in ``ids``; padding repeats the text's last token."""
        lengths = self.lengths[rows]
        steps = np.arange(lengths.max())
        return self.starts[rows][:, None] + np.minimum(steps[None, :], lengths[:, None] - 1)

    def batch(self, rows: Sequence[int] | npt.NDArray[np.int64], padding: int) -> dict[str, "Tensor"]:
        """``input_ids`` and ``attention_mask``, each [rows, longest], padded on the right with ``padding``."""
        import torch

        lengths = self.lengths[rows]
        mask = np.arange(lengths.max())[None, :] < lengths[:, None]
        ids = np.where(mask, self.ids[self.positions(rows)], padding).astype(np.int64)
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask.astype(np.int64))}


def tokenize(tokenizer: Any, fingerprint: str, texts: Sequence[str], max_length: int) -> Tokens:
    """Tokens of ``texts``, special tokens included, cut after ``max_length``; the same texts are read once.

    Args:
        tokenizer: a fast tokenizer of transformers.
        fingerprint: hash of the model's files, the tokenizer's among them.
        max_length: tokens, at least 1.
    """
    content = hashlib.sha256()
    for text in texts:
        content.update(text.encode("utf-8", "surrogatepass") + b"\0")

    def write(folder: Path) -> None:
        ids, starts = _tokenize(tokenizer, texts, max_length)
        folder.mkdir()
        np.save(folder / "ids.npy", ids)
        np.save(folder / "starts.npy", starts)

    key = f"{fingerprint}|{max_length}|{content.hexdigest()}"
    folder = cache.entry("tokens", key, write)
    ids, starts = np.load(folder / "ids.npy"), np.load(folder / "starts.npy")
    return Tokens(ids, starts, hashlib.sha256(ids.tobytes() + starts.tobytes()).hexdigest())


def tokenize_now(tokenizer: Any, texts: Sequence[str], max_length: int) -> Tokens:
    """As ``tokenize``, for texts that nobody will ask for again."""
    ids, starts = _tokenize(tokenizer, texts, max_length)
    return Tokens(ids, starts, "")


def by_length(lengths: npt.NDArray[np.int64], tokens_at_once: int) -> Iterator[npt.NDArray[np.int64]]:
    """All rows, in batches of one length each, at most ``tokens_at_once`` tokens (or one text).

    Nothing is padded, so no work is wasted, and what a model says about a text does not depend on its neighbours.
    """
    order = np.argsort(lengths, kind="stable")
    for same in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        if len(same):
            at_once = max(1, tokens_at_once // int(lengths[same[0]]))
            yield from (same[start : start + at_once] for start in range(0, len(same), at_once))


def _tokenize(
    tokenizer: Any, texts: Sequence[str], max_length: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    # A decoder's tokenizer makes nothing of an empty text, and a model can read nothing only as something.
    blank = [tokenizer.eos_token_id if tokenizer.eos_token_id is not None else tokenizer.pad_token_id]
    parts: list[npt.NDArray[np.int32]] = []
    lengths: list[int] = []
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        some = list(texts[start : start + _TEXTS_AT_ONCE])
        read = tokenizer(some, truncation=True, max_length=max_length, return_attention_mask=False)["input_ids"]
        lists = [ids or blank for ids in read]
        lengths += [len(ids) for ids in lists]
        parts.append(np.fromiter((number for ids in lists for number in ids), dtype=np.int32))
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    return np.concatenate(parts) if parts else np.empty(0, np.int32), starts
