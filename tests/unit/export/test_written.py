"""How a model that writes is asked, on the card: a program that runs, and the prompt that it was taught."""

import contextlib
import dataclasses
import io
from pathlib import Path
from typing import Any

import pytest

from pipeline.data.conversation import single
from pipeline.export.card import model_card
from pipeline.export.written import has_encoder, program
from pipeline.runs.bundle import BundleInfo
from pipeline.settings import Workspace
from pipeline.templates.formats import registry
from pipeline.templates.formats.format import encode, encode_source

METRICS = {"chrf": 0.43, "bits_per_character": 1.2345, "rouge_l": 0.4, "exact_match": 0.01}
INFO = BundleInfo(
    *("run", "mine", "instruction", "tiny", ("instruction", "input"), "", "output", (), 512, METRICS, {}, "2026-01-01"),
    format="alpaca",
)
OWN = 'Q: {instruction}\n"""{input}``` {x}\nA: "{answer}'


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that writes nonsense, with a tokenizer of letters and a chat template."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    backend = Tokenizer(models.BPE({letter: number for number, letter in enumerate(letters)}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<end>", pad_token="<end>")
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}<end>{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    torch.manual_seed(0)
    sizes = {"vocab_size": len(tokenizer), "hidden_size": 16, "intermediate_size": 16}
    heads = {"num_hidden_layers": 1, "num_attention_heads": 2, "pad_token_id": tokenizer.pad_token_id}
    model = LlamaForCausalLM(LlamaConfig(**sizes, **heads, max_position_embeddings=1024, eos_token_id=None))
    folder = tmp_path_factory.mktemp("writer")
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("form", "own"), [("chat", ""), ("alpaca", ""), ("phi3", ""), ("plain", ""), ("bare", ""), ("own", OWN)]
)
def test_the_program_runs_and_asks_as_the_model_was_taught(writer: Path, form: str, own: str) -> None:
    info = dataclasses.replace(INFO, format=form, own_format=own)
    written = program(info, str(writer), 'Say "hello"', "C:\\temp\n打印机", encoder=has_encoder(writer))
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(written, names)
    taught = registry.get(form, names["tokenizer"], own).pieces(single('Say "hello"', "C:\\temp\n打印机"))
    assert names["inputs"]["input_ids"][0].tolist() == [*encode(taught, names["tokenizer"]).ids]
    assert names["written"].shape[1] == names["inputs"]["input_ids"].shape[1] + 256


@pytest.mark.parametrize("adds_end", [False, True])
def test_an_encoder_reads_the_end_token_behind_the_text_once_whoever_adds_it(
    writer: Path, tmp_path: Path, adds_end: bool
) -> None:
    import torch
    from tokenizers.processors import TemplateProcessing
    from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration

    tokenizer = AutoTokenizer.from_pretrained(writer)
    end = tokenizer.eos_token_id
    if adds_end:
        marks = TemplateProcessing(single="$A <end>", special_tokens=[("<end>", end)])
        tokenizer.backend_tokenizer.post_processor = marks
    torch.manual_seed(0)
    sizes = {"d_model": 16, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2}
    marked = {"pad_token_id": end, "eos_token_id": end, "decoder_start_token_id": end}
    T5ForConditionalGeneration(T5Config(vocab_size=len(tokenizer), **sizes, **marked)).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    info = dataclasses.replace(INFO, format="bare", text=("instruction",))
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(program(info, str(tmp_path), "打印机坏了", "", encoder=has_encoder(tmp_path)), names)
    taught = registry.get("bare", names["tokenizer"], "").pieces(single("打印机坏了", ""))
    assert names["inputs"]["input_ids"][0].tolist() == [*encode_source(taught, names["tokenizer"])]


def test_a_model_without_an_input_column_is_asked_without_one() -> None:
    alone = dataclasses.replace(INFO, text=("instruction",))
    assert "what it is about" not in program(alone, "here", "do it", "what it is about", encoder=False)


def test_the_card_says_what_was_measured_and_how_to_ask(home: Workspace) -> None:
    card = model_card(INFO)
    assert "pipeline_tag: text-generation\n" in card and "AutoModelForCausalLM" in card
    for line in (
        "| chrF | 43.0% |",
        "| Bits per character of the right answers | 1.234 |",
        "| ROUGE-L | 40.0% |",
        "| Exact match | 1.0% |",
    ):
        assert line in card
    assert "the column `instruction`, together with `input`, as the column `output` does" in card
    assert "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n```" in card
    assert "chat template of its tokenizer" in model_card(dataclasses.replace(INFO, format="chat"))


def test_conversations_and_masks_are_told(home: Workspace) -> None:
    talks = dataclasses.replace(INFO, text=("messages",), label="messages", dialogue=True, masks=("email",))
    card = model_card(talks)
    assert "It learned to say what the assistant says in the conversations of the column `messages`" in card
    assert "e-mail addresses by `[email]`" in card


def test_a_template_cannot_leave_its_place_in_the_card(home: Workspace) -> None:
    card = model_card(dataclasses.replace(INFO, format="own", own_format=OWN))
    assert sum(line.startswith("```") for line in card.splitlines()) == 4
    assert "Q: {instruction}\n\"\"\"{input}''' {x}" in card


def test_the_card_says_that_it_learned_in_four_bits(home: Workspace) -> None:
    assert "held in four bits (QLoRA)" in model_card(dataclasses.replace(INFO, four_bit=True))
    assert "four bits" not in model_card(INFO)


def test_an_encoder_decoder_is_loaded_as_one(home: Workspace) -> None:
    card = model_card(INFO, encoder=True)
    assert "pipeline_tag: text2text-generation" in card
    assert "AutoModelForSeq2SeqLM.from_pretrained" in card and "tokenizer.decode(written[0]," in card
