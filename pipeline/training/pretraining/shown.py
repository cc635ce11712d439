"""A few texts to look at while a model learns from texts alone: how it goes on with one, or what it guesses in one."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel

from pipeline.data.scripts import HAN
from pipeline.training.pretraining.pieces import TextPiece
from pipeline.training.pretraining.rows import CausalRows, MaskedRows, SpanRows, TextRows
from pipeline.training.writing.answers import write_answers
from pipeline.training.writing.prepare import spread
from pipeline.training.writing.trainee import WriterTrainee

SHOWN = 5  # texts
BEGINNING, CONTINUED = 16, 48  # tokens of a text that a decoder reads, and that it writes
BLANK = "____"
BETWEEN = " · "
HALF = "\ufffd"  # stands for a character of which a token is missing
_SPACED = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")

Shown = list[dict[str, Any]]  # "row", "asked", "truth", "said"


def show_texts(module: WriterTrainee, tokenizer: Any, rows: TextRows) -> Shown:
    """What the model says to the same few of these rows whenever it is asked."""
    places = spread(range(len(rows)), SHOWN)
    if isinstance(rows, CausalRows):
        return _continued(module.model, tokenizer, rows, places)
    assert isinstance(rows, MaskedRows | SpanRows)
    return [_guessed(module, tokenizer, rows, place) for place in places]


def _continued(model: PreTrainedModel, tokenizer: Any, rows: CausalRows, places: Sequence[int]) -> Shown:
    end = tokenizer.eos_token_id
    asked, truth = [], []
    for place in places:
        row = rows.rows[place]
        cut = row.answer + max(1, min(BEGINNING, (len(row) - row.answer) // 2))
        while cut < len(row) and _plain(tokenizer, row.ids[:cut]).endswith(HALF):
            cut += 1
        asked.append(row.ids[:cut])
        truth.append(row.ids[cut : cut + CONTINUED])
    said = write_answers(model, tokenizer, asked, CONTINUED, {end})
    return [
        {
            "row": rows.rows[place].number,
            "asked": _plain(tokenizer, ids),
            "truth": _plain(tokenizer, rest),
            "said": text,
        }
        for place, ids, rest, text in zip(places, asked, truth, said, strict=True)
    ]


def _guessed(module: WriterTrainee, tokenizer: Any, rows: MaskedRows | SpanRows, place: int) -> dict[str, Any]:
    """A text with blanks, what stood there, and what the model holds likeliest there."""
    piece = rows.rows[place]
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            batch = {name: value.to(module.model.device) for name, value in rows.collate([place]).items()}
            _, wanted, guessed = module.guesses(**batch)
    finally:
        module.train(training)
    words = ~np.isin(wanted.cpu().numpy(), list(rows.marks))
    guesses = guessed.cpu().numpy()[words].tolist()
    gaps = _gaps(piece, rows, place)
    bounds = np.cumsum([0, *(end - begin for begin, end in gaps)]).tolist()
    return {
        "row": piece.number,
        "asked": _with_blanks(piece, gaps),
        "truth": BETWEEN.join(_characters(piece, gap) for gap in gaps),
        # Tokenizers of single characters put spaces between Chinese ones.
        "said": BETWEEN.join(_SPACED.sub("", _plain(tokenizer, guesses[low:high])) for low, high in pairwise(bounds)),
    }


def _gaps(piece: TextPiece, rows: MaskedRows | SpanRows, place: int) -> list[tuple[int, int]]:
    """Begin and end, in tokens, of what is hidden: word by word, or stretch by stretch."""
    if isinstance(rows, SpanRows):
        return rows.spans(place)
    hidden = rows.hidden(place)
    begins = [at for at in np.flatnonzero(hidden).tolist() if at == 0 or piece.words[at] != piece.words[at - 1]]
    return [(begin, begin + int((piece.words == piece.words[begin]).sum())) for begin in begins]


def _with_blanks(piece: TextPiece, gaps: Sequence[tuple[int, int]]) -> str:
    parts, place = [], 0
    for begin, end in gaps:
        first, last = int(piece.offsets[begin, 0]), int(piece.offsets[end - 1, 1])
        between = piece.text[place:first]
        # Some tokenizers count the space in front of a word as part of it.
        parts += [between, " " if piece.text[first : first + 1].isspace() else "", BLANK]
        place = last
    return "".join([*parts, piece.text[place:]])


def _characters(piece: TextPiece, gap: tuple[int, int]) -> str:
    return piece.text[int(piece.offsets[gap[0], 0]) : int(piece.offsets[gap[1] - 1, 1])].strip()


def _plain(tokenizer: Any, ids: Sequence[int]) -> str:
    """Tokens as a text."""
    return str(tokenizer.decode(ids, skip_special_tokens=True)).strip()
