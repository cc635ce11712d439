"""A file of texts, very small models of every family that can learn from texts alone, specs, and their training."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import make_split_of_answers, save_split
from pipeline.data.view import View, view_answers
from pipeline.models import store
from pipeline.runs.bundle import seal
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress, Silent
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import workspace
from pipeline.training.pretraining.run import train_pretraining
from pipeline.training.run import Trained
from tests.tiny import tiny_letters, tiny_tokenizer, tiny_unigram

ROWS = 120
# Every text is one of these with a few words of its own, so that much of it can be foretold.
PHRASES = (
    "the printer is on fire and nobody can log in",
    "please refund the invoice that was charged twice",
    "打印机卡纸了 请尽快处理",
    "密码忘记了 登录不上系统",
)
EXTRAS = ("again", "today", "please", "nobody", "尽快", "发票")
SENTINELS = tuple(f"<extra_id_{number}>" for number in range(100))
QUICK = {"epochs": 12, "batch_size": 8, "trained_layers": -1, "learning_rate": 4e-3, "max_length": 48}
CONTEXT = 64


def texts(rows: int = ROWS, seed: int = 0) -> list[str]:
    """Phrases with a word or two behind."""
    random = np.random.default_rng(seed)
    return [
        " ".join([PHRASES[number % len(PHRASES)], *random.choice(EXTRAS, random.integers(1, 3))])
        for number in range(rows)
    ]


def texts_view(folder: Path, rows: int = ROWS) -> View:
    """A View of texts that nothing is asked about."""
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts(rows)]
    (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    source = import_source(folder / "texts.jsonl", "texts.jsonl")
    return make_view(source.id, ["text"], "text", written=True, raw=True)


def marked_unigram() -> PreTrainedTokenizerFast:
    """T5's kind of tokenizer, with the marks for what is cut out."""
    tokenizer = tiny_unigram(CONTEXT, words=[*PHRASES, *EXTRAS])
    tokenizer.add_special_tokens({"additional_special_tokens": list(SENTINELS)})
    return tokenizer


def tiny_reader(folder: Path, family: str) -> Path:
    """A folder with a model that learns from texts alone, random weights, as the store of base models keeps one."""
    torch.manual_seed(7)
    if family == "decoder":
        tokenizer = tiny_letters()
    else:
        tokenizer = tiny_tokenizer(CONTEXT) if family == "encoder" else marked_unigram()
    size = len(tokenizer)
    model: PreTrainedModel
    if family == "encoder":
        model = BertForMaskedLM(
            BertConfig(
                vocab_size=size, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128,
                max_position_embeddings=CONTEXT, pad_token_id=tokenizer.pad_token_id,
            )
        )  # fmt: skip
    elif family == "decoder":
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=size, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128,
                max_position_embeddings=CONTEXT, tie_word_embeddings=True, pad_token_id=0, eos_token_id=1,
                bos_token_id=None, initializer_range=0.1,
            )
        )  # fmt: skip
    else:
        model = T5ForConditionalGeneration(
            T5Config(
                vocab_size=size, d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4, pad_token_id=0,
                eos_token_id=1, decoder_start_token_id=0, dropout_rate=0.0,
            )
        )  # fmt: skip
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    facts = {
        "name": folder.name, "family": family, "parameters": model.num_parameters(), "languages": ["en", "zh"],
        "licence": "", "context": CONTEXT, "brought": True,
    }  # fmt: skip
    (folder / store.FACTS).write_text(json.dumps(facts))
    seal(folder)
    return folder


def reading_spec(view: View, family: str, seed: int = 0, **settings: Any) -> RunSpec:
    """A spec for a tiny model of that family; fields of the recipe by name."""
    answers = view_answers(view)
    split = make_split_of_answers(view.source, [str(number) for number in range(len(answers))], answers)
    save_split(split)
    folder = workspace().models / f"reader-{family}"
    if not folder.exists():
        tiny_reader(folder, family)
    base = store.get(folder.name)
    recipe = Recipe(**{**QUICK, **settings})
    return RunSpec(view, split.id, "pretraining", base.name, base.fingerprint, recipe, seed)


def carry_out(spec: RunSpec, name: str, progress: Progress | None = None, halvings: int = 0) -> Trained:
    """Train in the run folder of that name, or go on there."""
    folder = workspace().runs / name
    if not folder.exists():
        folder.mkdir(parents=True)
        save_spec(spec, folder)
    metrics = MetricsWriter(folder)
    try:
        return train_pretraining(spec, folder, progress or Silent(), metrics, halvings)
    finally:
        metrics.close()
