"""Very small models with random weights: a base model, a bundle as training leaves one, and a file to learn from."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from pipeline.models import store
from pipeline.runs.bundle import BundleInfo, seal, write_info

MAX_LENGTH = 24
LAYERS = 3
SIGNS = {"账单": "refund", "登录": "log", "设备": "printer"}
FILLERS = ["the", "please", "nobody", "can", "twice", "was", "that", "and", "fire", "charged", "发票", "尽快"]
SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
WORDS = [
    "the printer is on fire and nobody can log in",
    "please refund the invoice that was charged twice",
    "打印机卡纸了 请尽快处理 密码忘记了 登录不上系统 发票抬头写错了",
]


def tiny_tokenizer(max_length: int = MAX_LENGTH) -> PreTrainedTokenizerFast:
    """WordPiece over a few sentences of two languages; everything else becomes letters or [UNK].

    Its pieces are written down: a trained WordPiece would be another at every call.
    """
    words, letters = dict.fromkeys(" ".join(WORDS).split()), [*"abcdefghijklmnopqrstuvwxyz0123456789"]
    signs = dict.fromkeys([*letters, *"".join(words)])
    pieces = dict.fromkeys([*SPECIAL.values(), *signs, *(f"##{sign}" for sign in signs), *words])
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=SPECIAL["unk"]))
    tokenizer.add_special_tokens([*SPECIAL.values()])
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    cls, sep = (tokenizer.token_to_id(SPECIAL[name]) for name in ("cls", "sep"))
    tokenizer.post_processor = processors.BertProcessing((SPECIAL["sep"], sep), (SPECIAL["cls"], cls))
    tokens = {f"{name}_token": token for name, token in SPECIAL.items()}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=max_length, **tokens)


def tiny_unigram(max_length: int = MAX_LENGTH, words: Sequence[str] = WORDS) -> PreTrainedTokenizerFast:
    """SentencePiece's unigram, as T5 has it; every text ends with the end token.

    Its pieces are the signs of a few sentences and what is cut out of their words, three signs at a time: a trained one
    would be another at every call.
    """
    sentences = " ".join([*words, *SIGNS, *SIGNS.values(), "abcdefghijklmnopqrstuvwxyz 0123456789.:"])
    found = [f"▁{word}" for word in dict.fromkeys(sentences.split())]
    cut = dict.fromkeys(word[start : start + 3] for word in found for start in range(0, len(word), 3))
    signs = dict.fromkeys("".join(found))
    scores = {"<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0} | dict.fromkeys(signs, -8.0) | dict.fromkeys(cut, -4.0)
    tokenizer = Tokenizer(models.Unigram([*scores.items()], unk_id=2))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", "$A $B </s>", [("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=max_length, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def tiny_bundle(
    folder: Path,
    labels: Sequence[str],
    *,
    text: Sequence[str] = ("text",),
    template: str = "",
    label: str = "label",
    run: str = "tiny",
    seed: int = 0,
) -> BundleInfo:
    """Write a sealed bundle of a two-layer BERT into ``folder`` and return what its ``tunedesk.json`` says."""
    torch.manual_seed(seed)
    tokenizer = tiny_tokenizer()
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        # Far larger than usual, so that the answers of random weights are far from uniform and differ between texts.
        initializer_range=0.5,
        id2label=dict(enumerate(labels)),
        label2id={name: index for index, name in enumerate(labels)},
    )
    folder.mkdir(parents=True)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    info = BundleInfo(
        run=run,
        name=run,
        task="classification",
        base_model="tiny",
        text=tuple(text),
        template=template,
        label=label,
        labels=tuple(labels),
        max_length=MAX_LENGTH,
        metrics={"accuracy": 0.9, "macro_f1": 0.88},
        versions={},
        created="2026-01-01T00:00:00+00:00",
    )
    write_info(folder, info)
    seal(folder)
    return info


def tiny_base(folder: Path, family: str = "encoder") -> Path:
    """A folder with a model of three layers, random weights, as the store of base models keeps one."""
    torch.manual_seed(7)
    tokenizer = tiny_unigram() if family == "encoder-decoder" else tiny_tokenizer()
    sizes = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "num_hidden_layers": LAYERS,
        "num_attention_heads": 2, "intermediate_size": 48, "max_position_embeddings": 64,
    }  # fmt: skip
    model: PreTrainedModel
    if family == "encoder":
        model = BertModel(BertConfig(**sizes, initializer_range=0.2, pad_token_id=tokenizer.pad_token_id))
    elif family == "encoder-decoder":
        model = T5ForConditionalGeneration(
            T5Config(
                vocab_size=len(tokenizer), d_model=32, d_kv=16, d_ff=48, num_layers=LAYERS, num_heads=2,
                pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, dropout_rate=0.0,
            )
        )  # fmt: skip
    else:
        model = LlamaModel(LlamaConfig(**sizes, initializer_range=0.2, pad_token_id=tokenizer.pad_token_id))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    facts = {
        "name": folder.name, "family": family, "parameters": model.num_parameters(), "languages": ["en"],
        "licence": "", "context": 64, "brought": True,
    }  # fmt: skip
    (folder / store.FACTS).write_text(json.dumps(facts))
    seal(folder)
    return folder


# What a model that writes is taught in tests: the answer follows from the first word.
ANSWERS = {"refund": "the money is on its way", "log": "please reset your password", "printer": "请重启打印机"}


def tiny_letters() -> PreTrainedTokenizerFast:
    """Byte-level BPE over a few sentences, with the marks of a chat and a chat template: any text can be written."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<|pad|>", "<|im_end|>", "<|im_start|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([*WORDS, *ANSWERS, *ANSWERS.values(), *FILLERS, "user assistant system"] * 3, trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|pad|>")
    made.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    return made


def tiny_writer(folder: Path, family: str = "decoder") -> Path:
    """A folder with a model that writes, random weights, as the store of base models keeps one."""
    torch.manual_seed(7)
    tokenizer = tiny_unigram(words=[*WORDS, *ANSWERS.values(), *FILLERS]) if family != "decoder" else tiny_letters()
    model: PreTrainedModel
    if family == "decoder":
        model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(tokenizer), hidden_size=64, num_hidden_layers=2, num_attention_heads=4,
                intermediate_size=128, max_position_embeddings=256, tie_word_embeddings=True,
                pad_token_id=0, eos_token_id=1, bos_token_id=None, initializer_range=0.1,
            )
        )  # fmt: skip
    else:
        model = T5ForConditionalGeneration(
            T5Config(
                vocab_size=len(tokenizer), d_model=64, d_kv=16, d_ff=128, num_layers=2, num_heads=4,
                pad_token_id=0, eos_token_id=1, decoder_start_token_id=0, dropout_rate=0.0,
            )
        )  # fmt: skip
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    facts = {
        "name": folder.name, "family": family, "parameters": model.num_parameters(), "languages": ["en"],
        "licence": "", "context": 256, "brought": True,
    }  # fmt: skip
    (folder / store.FACTS).write_text(json.dumps(facts))
    seal(folder)
    return folder


def instructions(rows: int, seed: int) -> pd.DataFrame:
    """Instructions whose first word says what the answer is; every third one has an input."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(rows):
        sign = list(ANSWERS)[number % len(ANSWERS)]
        words = [sign, *random.choice(FILLERS, random.integers(2, 6))]
        extra = " ".join(random.choice(FILLERS, 3)) if number % 4 == 0 else ""
        found.append({"instruction": " ".join(words), "input": extra, "output": ANSWERS[sign]})
    return pd.DataFrame(found)


def tie(folder: Path) -> None:
    """Let a base model of ``tiny_base`` say that its output layer is its embeddings, as small decoders do."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"tie_word_embeddings": True}))
    (folder / "manifest.json").unlink()
    seal(folder)


def tickets(rows: int, seed: int) -> pd.DataFrame:
    """Texts of 2 to 10 words; the first one says which class it is."""
    random = np.random.default_rng(seed)
    texts, labels = [], []
    for number in range(rows):
        label = list(SIGNS)[number % len(SIGNS)]
        texts.append(" ".join([SIGNS[label], *random.choice(FILLERS, random.integers(1, 10))]))
        labels.append(label)
    return pd.DataFrame({"text": texts, "label": labels})
