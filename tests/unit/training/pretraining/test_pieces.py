"""Long texts are cut into pieces of which a decoder learns every token once; what it is asked adds up to the text."""

import pytest
import torch

from pipeline.errors import ModelError
from pipeline.models.load import load_tokenizer, load_writer
from pipeline.settings import Workspace
from pipeline.training.pretraining.measure import surprise
from pipeline.training.pretraining.pieces import cut_texts
from pipeline.training.pretraining.rows import causal_rows
from pipeline.training.writing.rows import IGNORED
from pipeline.training.writing.trainee import WriterTrainee
from tests.pretraining import PHRASES, texts, tiny_reader
from tests.tiny import tiny_letters, tiny_tokenizer

LONG = " ".join(PHRASES)


@pytest.mark.parametrize("room", [2, 5, 17, 1_000])
def test_no_token_and_no_character_is_lost(room):
    tokenizer = tiny_letters()
    whole = tokenizer(LONG, add_special_tokens=False)["input_ids"]
    pieces = list(cut_texts([LONG, "", "  \n"], [3, 4, 5], tokenizer, room))
    assert [token for piece in pieces for token in piece.ids.tolist()] == whole
    assert "".join(piece.text for piece in pieces) == LONG
    assert {piece.number for piece in pieces} == {3}
    assert [piece.part for piece in pieces] == list(range(len(pieces)))
    assert [piece.last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert max(map(len, pieces)) <= room
    assert max(map(len, pieces)) - min(map(len, pieces)) <= 1


def test_a_decoder_learns_every_token_once_and_the_end_of_every_text():
    tokenizer = tiny_letters()
    end = tokenizer.eos_token_id
    rows = causal_rows(cut_texts([LONG, "please"], [0, 1], tokenizer, 17), tokenizer, packed=True)
    batch = rows.collate(range(len(rows)))
    learned = batch["labels"][0][batch["labels"][0] != IGNORED].tolist()
    whole = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in (LONG, "please")]
    assert learned == [*whole[0], end, *whole[1], end]
    # A later piece goes on from the last token of the one before.
    starts = [row.ids[0] for row in rows.rows]
    assert starts == [end, *(row.ids[-1] for row in rows.rows[:-2]), end]
    assert all(len(row) <= 17 + 2 for row in rows.rows)


def test_a_decoder_without_an_end_token_is_refused():
    with pytest.raises(ModelError, match="no end token"):
        causal_rows([], tiny_tokenizer(), packed=True)


def test_packed_and_filled_up_surprise_the_same(home: Workspace):
    folder = tiny_reader(home.models / "reader", "decoder")
    tokenizer, module = load_tokenizer(folder), WriterTrainee(load_writer(folder), [])
    some = [*texts(5), LONG]
    pieces = list(cut_texts(some, range(6), tokenizer, 30))
    found = surprise(module, causal_rows(pieces, tokenizer, packed=True), "cpu")
    assert found.rows.tolist() == list(range(6))
    assert found.characters.tolist() == list(map(len, some))
    assert found.tokens.tolist() == [len(tokenizer(text)["input_ids"]) + 1 for text in some]
    padded = causal_rows(pieces, tokenizer, packed=False)
    with torch.no_grad():
        together = module.eval()(**padded.collate(range(len(padded))))
    assert float(together["nats"]) == pytest.approx(found.nats.sum(), rel=1e-4)
