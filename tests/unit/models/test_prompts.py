"""Prefix, delimiter and end token stand in the tokenizer, travel with it, and are never cut away."""

import json
from pathlib import Path

import pytest
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from pipeline.models.load import load_tokenizer
from pipeline.models.prompts import DELIMITER, load_pair_tokenizer, load_text_tokenizer
from tests.tiny import tiny_base

LONG = "printer " * 50


def reloaded(tokenizer: PreTrainedTokenizerBase, folder: Path) -> PreTrainedTokenizerBase:
    tokenizer.save_pretrained(folder)
    again: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return again


@pytest.mark.parametrize("adds_its_end_token", [True, False])
def test_a_text_stands_between_the_prefix_and_the_end_token(tmp_path: Path, adds_its_end_token: bool) -> None:
    folder = tiny_base(tmp_path / "t5", "encoder-decoder")
    if not adds_its_end_token:  # as ChatLM-mini-Chinese's
        content = json.loads((folder / "tokenizer.json").read_text())
        (folder / "tokenizer.json").write_text(json.dumps(content | {"post_processor": None}))
    tokenizer = load_text_tokenizer(folder, "please: ")
    plain = load_tokenizer(folder)
    expected = [
        *plain("please: ", add_special_tokens=False)["input_ids"],
        *plain("refund", add_special_tokens=False)["input_ids"],
        tokenizer.eos_token_id,
    ]
    for one in (tokenizer, reloaded(tokenizer, tmp_path / "saved")):
        assert one("refund")["input_ids"] == expected
        cut = one(LONG, truncation=True, max_length=20)["input_ids"]
        assert len(cut) == 20
        assert cut[-1] == one.eos_token_id


@pytest.mark.parametrize("family", ["decoder", "encoder-decoder"])
def test_of_two_texts_the_longer_one_is_cut_and_both_are_told_apart(tmp_path: Path, family: str) -> None:
    folder = tiny_base(tmp_path / "base", family)
    load = load_pair_tokenizer if family == "decoder" else load_text_tokenizer
    tokenizer = load(folder)
    refund = tokenizer("refund", add_special_tokens=False)["input_ids"]
    for one in (tokenizer, reloaded(tokenizer, tmp_path / "saved")):
        assert one("log", "refund")["input_ids"] != one("refund", "log")["input_ids"]
        for pair in (("refund", LONG), (LONG, "refund")):
            read = one(*pair, truncation=True, max_length=40)
            assert len(read["input_ids"]) == 40
            assert "token_type_ids" not in read
            text = ",".join(map(str, read["input_ids"]))
            assert ",".join(map(str, refund)) in text


def test_what_a_decoder_puts_before_a_text_stays_there(tmp_path: Path) -> None:
    folder = tiny_base(tmp_path / "base", "decoder")
    plain, tokenizer = load_tokenizer(folder), load_pair_tokenizer(folder)
    marks = plain("")["input_ids"]
    assert marks
    assert tokenizer("log")["input_ids"][: len(marks)] == marks
    between = plain(DELIMITER, add_special_tokens=False)["input_ids"]
    ids = tokenizer("log", "refund")["input_ids"]
    assert any(ids[at : at + len(between)] == between for at in range(len(ids)))
