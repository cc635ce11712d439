"""Texts and pairs of texts as token numbers, ragged, kept by content; batches of them. Knows no model, no labels."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline import cache
from pipeline.tasks.task import Inputs

if TYPE_CHECKING:
    from torch import Tensor

# Enough tokens to fill a processor, few enough that a batch of a large model fits into memory.
TOKENS_AT_ONCE = 2_048
# Texts handed to the tokenizer at once: its threads are busy, and the lists that it returns stay small.
_TEXTS_AT_ONCE = 10_000
_SEGMENTS = "segments.npy"


@dataclass(frozen=True)
class Tokens:
    """Token numbers of n texts, one after the other; text i is ``ids[starts[i]:starts[i + 1]]``, never empty."""

    ids: npt.NDArray[np.int32]  # [tokens]
    starts: npt.NDArray[np.int64]  # [n + 1]
    digest: str  # hash of all of it
    segments: npt.NDArray[np.int8] | None = None  # [tokens] 0: first text, 1: second one; None where it makes no odds

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
        """``input_ids`` and ``attention_mask``, each [rows, longest], padded on the right with ``padding``.

        With them ``token_type_ids``, where the model tells two texts apart by it.
        """
        import torch

        lengths = self.lengths[rows]
        mask = np.arange(lengths.max())[None, :] < lengths[:, None]
        ids = np.where(mask, self.ids[self.positions(rows)], padding).astype(np.int64)
        batch = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask.astype(np.int64))}
        if self.segments is not None:
            types = np.where(mask, self.segments[self.positions(rows)], 0).astype(np.int64)
            batch["token_type_ids"] = torch.from_numpy(types)
        return batch


def tokenize(tokenizer: Any, fingerprint: str, inputs: Inputs, max_length: int) -> Tokens:
    """Tokens of ``inputs``, special tokens included, cut after ``max_length``; the same texts are read once.

    Of two texts the longer one is cut first, so that something is left of both.

    Args:
        tokenizer: a fast tokenizer of transformers.
        fingerprint: hash of the model's files, the tokenizer's among them.
        max_length: tokens, at least 1.
    """
    content = hashlib.sha256(b"" if inputs.second is None else b"pairs\0")
    for texts in inputs.rows():
        for text in texts:
            content.update(text.encode("utf-8", "surrogatepass") + b"\0")

    def write(folder: Path) -> None:
        tokens = tokenize_now(tokenizer, inputs, max_length)
        folder.mkdir()
        np.save(folder / "ids.npy", tokens.ids)
        np.save(folder / "starts.npy", tokens.starts)
        if tokens.segments is not None:
            np.save(folder / _SEGMENTS, tokens.segments)

    key = f"{fingerprint}|{max_length}|{content.hexdigest()}"
    folder = cache.entry("tokens", key, write)
    ids, starts = np.load(folder / "ids.npy"), np.load(folder / "starts.npy")
    segments = np.load(folder / _SEGMENTS) if (folder / _SEGMENTS).exists() else None
    kinds = b"" if segments is None else segments.tobytes()
    return Tokens(ids, starts, hashlib.sha256(ids.tobytes() + starts.tobytes() + kinds).hexdigest(), segments)


def tokenize_now(tokenizer: Any, inputs: Inputs, max_length: int) -> Tokens:
    """As ``tokenize``, for texts that nobody will ask for again."""
    # A decoder's tokenizer makes nothing of an empty text, and a model can read nothing only as something.
    blank = [tokenizer.eos_token_id if tokenizer.eos_token_id is not None else tokenizer.pad_token_id]
    parts: list[npt.NDArray[np.int32]] = []
    kinds: list[npt.NDArray[np.int8]] = []
    lengths: list[int] = []
    for start in range(0, len(inputs), _TEXTS_AT_ONCE):
        some = inputs.at(range(start, min(len(inputs), start + _TEXTS_AT_ONCE)))
        given = [list(texts) for texts in (some.first, some.second) if texts is not None]
        read = tokenizer(*given, truncation=True, max_length=max_length, return_attention_mask=False)
        lists = [ids or blank for ids in read["input_ids"]]
        lengths += [len(ids) for ids in lists]
        parts.append(np.fromiter((number for ids in lists for number in ids), dtype=np.int32))
        # Of a single text they are all 0, which is what a model takes where they are left out.
        if len(given) == 2 and "token_type_ids" in read:
            kinds.append(np.fromiter((kind for its in read["token_type_ids"] for kind in its), dtype=np.int8))
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    ids = np.concatenate(parts) if parts else np.empty(0, np.int32)
    return Tokens(ids, starts, "", np.concatenate(kinds) if kinds else None)


def turned(inputs: Inputs) -> Inputs:
    """Every pair in its own order, then every pair in the other one: [2n] rows."""
    assert inputs.second is not None
    return Inputs((*inputs.first, *inputs.second), (*inputs.second, *inputs.first))


def by_length(lengths: npt.NDArray[np.int64], tokens_at_once: int) -> Iterator[npt.NDArray[np.int64]]:
    """All rows, in batches of one length each, at most ``tokens_at_once`` tokens (or one text).

    Nothing is padded, so no work is wasted, and what a model says about a text does not depend on its neighbours.
    """
    order = np.argsort(lengths, kind="stable")
    for same in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        if len(same):
            at_once = max(1, tokens_at_once // int(lengths[same[0]]))
            yield from (same[start : start + at_once] for start in range(0, len(same), at_once))
