"""What a model on disk can learn from texts alone is read from its files, before anything is loaded."""

import json
from pathlib import Path

import pytest

from pipeline.models.heads import has_masked_head, has_sentinels, sentinels
from tests.pretraining import SENTINELS, marked_unigram, tiny_reader
from tests.tiny import tiny_base, tiny_unigram


@pytest.mark.parametrize(
    ("architectures", "there"),
    [
        (["BertForMaskedLM"], True),
        (["BertForPreTraining"], True),
        (["XLMRobertaForMaskedLM"], True),
        (["BertModel"], False),
        (["BertForSequenceClassification"], False),
        ([], False),
        (None, False),
    ],
)
def test_the_layer_that_guesses_words_is_told_by_the_class(
    tmp_path: Path, architectures: list[str] | None, there: bool
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"architectures": architectures}))
    assert has_masked_head(tmp_path) == there


def test_folders_as_the_store_keeps_them(tmp_path: Path) -> None:
    assert has_masked_head(tiny_reader(tmp_path / "reader", "encoder"))
    assert not has_masked_head(tiny_base(tmp_path / "base"))
    assert has_sentinels(tiny_reader(tmp_path / "marked", "encoder-decoder"))
    assert not has_sentinels(tiny_base(tmp_path / "unmarked", "encoder-decoder"))
    assert not has_sentinels(tmp_path / "nothing")


def test_marks_are_found_in_their_order_in_either_spelling() -> None:
    tokenizer = marked_unigram()
    found = sentinels(tokenizer.convert_tokens_to_ids, tokenizer.unk_token_id)
    assert tokenizer.convert_ids_to_tokens(list(found)) == list(SENTINELS)
    assert sentinels(tiny_unigram().convert_tokens_to_ids, tiny_unigram().unk_token_id) == ()
    # mT5 has them among its words.
    assert sentinels({"▁<extra_id_0>": 9, "▁<extra_id_1>": 8}.get, None) == (9, 8)
