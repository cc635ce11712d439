"""Very small models that write, trained in a second or two to give a few answers by heart. Byte by byte, so that a
Chinese character is several tokens."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from pipeline.data.conversation import single
from pipeline.models import store
from pipeline.runs.bundle import BundleInfo, seal, write_info
from pipeline.templates.formats import registry
from pipeline.templates.formats.format import encode
from tests.tiny import tiny_base

CONTEXT = 256
ANSWERS = {"hello": "Hello, how can I help?", "打印机坏了": "请重启打印机，然后再试一次。谢谢！"}
SPECIAL = ("<pad>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>")
TEMPLATE = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_STEPS, _RATE = 400, 5e-3
_GOOD = 1e-3  # mean loss of a token; below it the answers are known by heart


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """Every byte is a token; a Chinese character is three."""
    vocabulary = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=CONTEXT,
        pad_token=SPECIAL[0],
        eos_token=SPECIAL[1],
        chat_template=TEMPLATE,
    )


def train_writer(
    answers: Mapping[str, str] = ANSWERS, seed: int = 0
) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """A Llama of two layers that gives these answers, in its chat template."""
    torch.manual_seed(seed)
    tokenizer = byte_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=CONTEXT,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    chat = registry.get("chat", tokenizer)
    rows = [encode(chat.pieces(single(asked, "", said)), tokenizer) for asked, said in answers.items()]
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE)
    model.train()
    for _ in range(_STEPS):
        losses = []
        for row in rows:
            ids = torch.tensor([row.ids])
            labels = ids.masked_fill(~torch.tensor([row.learned]), -100)
            losses.append(model(input_ids=ids, labels=labels).loss)
        loss = torch.stack(losses).mean()
        if loss < _GOOD:
            break
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return model.eval(), tokenizer


def write_base(folder: Path, answers: Mapping[str, str] = ANSWERS, seed: int = 0) -> Path:
    """A base model that gives these answers, as the store keeps one."""
    model, tokenizer = train_writer(answers, seed)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    facts = {
        "name": folder.name, "family": "decoder", "parameters": model.num_parameters(), "languages": ["en", "zh"],
        "licence": "", "context": CONTEXT, "brought": True,
    }  # fmt: skip
    (folder / store.FACTS).write_text(json.dumps(facts))
    seal(folder)
    return folder


def write_rewriter(folder: Path) -> Path:
    """An encoder-decoder with random weights, as the store keeps one."""
    return tiny_base(folder, "encoder-decoder")


def write_bundle(folder: Path, name: str, answers: Mapping[str, str] = ANSWERS, seed: int = 0) -> BundleInfo:
    """What a run that was trained on instructions leaves behind."""
    model, tokenizer = train_writer(answers, seed)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    info = BundleInfo(
        run=name,
        name=name,
        task="instruction",
        base_model="tiny",
        text=("instruction",),
        template="",
        label="answer",
        labels=(),
        max_length=CONTEXT,
        metrics={},
        versions={},
        created="2026-01-01T00:00:00+00:00",
        format="chat",
    )
    write_info(folder, info)
    seal(folder)
    return info
