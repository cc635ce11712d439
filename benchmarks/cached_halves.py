"""The model cut in two against the whole model, for every starter model and six families: prints Markdown tables.

    python benchmarks/cached_halves.py [--cut-all]

Same batch: recorded and replayed in one batch; must be equal. Padded otherwise: recorded in batches of similar
length, as training does, replayed in one batch of random order; at most 1e-4 in float32, 1e-9 in float64. The starter
models read the sample texts below, and one that is missing is fetched; the families are built from configs, with
weights drawn at random, and read token numbers drawn at random: 1 to 60 a row, padded by 0, 1 and 37 more.
"""

import argparse
import importlib.metadata
import platform
import random
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
import transformers
from torch import Tensor

from pipeline.models import catalogue, devices, store
from pipeline.models.first_token import first_token_top, reads_first_token
from pipeline.models.halves import LowerHalf, layers, upper_half
from pipeline.models.load import load_classifier, load_tokenizer

LIMIT = 1e-4
LIMITS = {torch.float64: 1e-9, torch.float32: LIMIT}
FAMILY_LAYERS, VOCABULARY, LONGEST = 6, 1_000, 60
MORE_PADDING = (0, 1, 37)
ROWS = 24
SPREAD = 3.0  # standard deviation of a trained classifier's logits, roughly; a fresh one's are near 0 and flatter
LABELS = [str(number) for number in range(10)]
TEXTS = [
    "The printer on the third floor prints blank pages since this morning.",
    "Login fails",
    "打印机无法连接到网络，请帮忙看看。",
    "发票抬头写错了，能重开吗？订单号在附件里，金额是对的，只有公司名称少了两个字。",
    "Please reset my password, I am locked out after three attempts and the reset mail does not arrive.",
    "VPN 断开",
    "How long does a refund take? I returned the parcel two weeks ago and still see nothing on my account; the "
    "tracking page says delivered. My order was for two items, one of which was replaced, so I am not sure which "
    "amount I should expect, nor on which card.",
    "系统更新之后，报表导出的日期格式变了，财务那边没有办法核对，麻烦恢复成原来的格式，或者告诉我们在哪里可以设置。",
]
_SIZES = {
    "hidden_size": 128, "num_hidden_layers": FAMILY_LAYERS, "num_attention_heads": 4, "intermediate_size": 256,
    "vocab_size": VOCABULARY, "max_position_embeddings": 128, "num_labels": len(LABELS), "pad_token_id": 0,
    "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
FAMILIES: dict[str, Callable[[], Any]] = {
    "BERT": lambda: transformers.BertForSequenceClassification(transformers.BertConfig(**_SIZES)),
    "DistilBERT": lambda: transformers.DistilBertForSequenceClassification(
        transformers.DistilBertConfig(
            dim=128, n_layers=FAMILY_LAYERS, n_heads=4, hidden_dim=256, vocab_size=VOCABULARY, num_labels=len(LABELS),
            max_position_embeddings=128, pad_token_id=0,
        )
    ),
    "ModernBERT": lambda: transformers.ModernBertForSequenceClassification(
        transformers.ModernBertConfig(
            **_SIZES, cls_token_id=1, sep_token_id=2, global_attn_every_n_layers=3, local_attention=16,
            classifier_pooling="mean",
        )
    ),
    "GPT-2": lambda: transformers.GPT2ForSequenceClassification(
        transformers.GPT2Config(
            n_embd=128, n_layer=FAMILY_LAYERS, n_head=4, n_positions=128, vocab_size=VOCABULARY, pad_token_id=0,
            num_labels=len(LABELS), bos_token_id=1, eos_token_id=2,
        )
    ),
    "Llama": lambda: transformers.LlamaForSequenceClassification(
        transformers.LlamaConfig(**_SIZES, num_key_value_heads=2)
    ),
    "T5 encoder": lambda: transformers.T5EncoderModel(
        transformers.T5Config(
            d_model=128, d_kv=32, d_ff=256, num_layers=FAMILY_LAYERS, num_heads=4, vocab_size=VOCABULARY,
            pad_token_id=0, eos_token_id=2,
        )
    ),
}  # fmt: skip


def main() -> int:
    """Print the table; status 1 if a difference is above its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cut-all", action="store_true", help="measure every layer instead of three")
    every = parser.parse_args().cut_all
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "transformers"))
    cpu = devices.choose("cpu")
    print(f"{cpu.label}, {cpu.cores} cores, Python {platform.python_version()}, {versions}, {date.today()}\n")
    print("| model | layers | cut at | same batch | padded otherwise | last layer for token 0 only |")
    print("|---|---|---|---|---|---|")
    good = True
    for entry in catalogue.entries():
        if entry.starter:
            good &= measure(store.fetch(entry.name), every=every)
    print(f"\nLargest difference of a logit between the model cut in two and the whole model: float32, {ROWS} texts")
    print(f"in Chinese and English, logits spread by {SPREAD:g} (standard deviation) as those of trained models are.")
    print(f"Required: 0 in the same batch, at most {LIMIT:g} padded otherwise.")
    print("\n| family | layers | cut at | precision | same batch | padded otherwise |")
    print("|---|---|---|---|---|---|")
    for name in FAMILIES:
        for precision, limit in LIMITS.items():
            good &= measure_family(name, precision, limit, every=every)
    print(
        "\nRequired: 0 in the same batch; padded otherwise at most 1e-9 in float64 and 1e-4 in float32. Differences of"
    )
    print(
        "a logit, logits spread by 1 (standard deviation); of the T5 encoder, of what the decoder reads, spread alike."
    )
    return 0 if good else 1


@torch.no_grad()
def measure_family(name: str, precision: torch.dtype, limit: float, *, every: bool) -> bool:
    """One line a cut. Returns whether all differences are within their limits."""
    torch.manual_seed(0)
    model = FAMILIES[name]().to(precision).eval()
    for parameter in model.parameters():  # as they are drawn, every layer hardly changes its input
        parameter.add_(torch.randn_like(parameter) * 0.1)
    lengths = torch.randint(1, LONGEST + 1, (ROWS,))
    mask = (torch.arange(LONGEST)[None] < lengths[:, None]).long()
    batch = {"input_ids": torch.randint(3, VOCABULARY, (ROWS, LONGEST)) * mask, "attention_mask": mask}
    spread = answers(model(**batch), mask).std()
    whole = answers(model(**batch), mask) / spread
    good = True
    for cut in range(1, FAMILY_LAYERS + 1) if every else (1, FAMILY_LAYERS // 2, FAMILY_LAYERS - 1):
        same = LowerHalf(model, cut).hidden(batch)
        with upper_half(model, cut) as upper:
            first = difference(answers(upper(same, **batch), mask) / spread, whole)
        second = 0.0
        for more in MORE_PADDING:
            longer = {key: torch.nn.functional.pad(value, (0, more)) for key, value in batch.items()}
            other = recorded_by_length(LowerHalf(model, cut), longer)
            with upper_half(model, cut) as upper:
                padded = answers(upper(other, **longer), mask) / spread
            second = max(second, difference(padded, whole))
        print(f"| {name} | {FAMILY_LAYERS} | {cut} | {str(precision)[6:]} | {first:g} | {second:.1e} |", flush=True)
        good &= first == 0 and second <= limit
    return good


def answers(output: Any, mask: Tensor) -> Tensor:
    """Logits; of a model without a head, the states of the real tokens."""
    if hasattr(output, "logits"):
        return output.logits
    return output.last_hidden_state[:, : mask.shape[1]] * mask[:, :, None]


def measure(model_: store.Model, *, every: bool) -> bool:
    """One line a cut. Returns whether all differences are within their limits."""
    torch.manual_seed(0)
    model, tokenizer = load_classifier(model_.path, LABELS), load_tokenizer(model_.path)
    order = random.Random(0)
    texts = [" ".join(order.sample(TEXTS, order.randint(1, 2))) for _ in range(ROWS)]
    batch = dict(tokenizer(texts, padding=True, truncation=True, max_length=128, return_tensors="pt"))
    with torch.no_grad():
        head = model.score if hasattr(model, "score") else model.classifier
        head.weight.mul_(SPREAD / model(**batch).logits.std())
        whole = model(**batch).logits
    count = len(layers(model))
    good = True
    for cut in range(1, count + 1) if every else (1, count // 2, count - 1):
        same = LowerHalf(model, cut).hidden(batch)
        other = recorded_by_length(LowerHalf(model, cut), batch)
        with upper_half(model, cut) as upper, torch.no_grad():
            first = difference(upper(same, **batch).logits, whole)
            second = difference(upper(other, **batch).logits, whole)
            with first_token_top(model):
                third = difference(upper(same, **batch).logits, whole)
        short = f"{third:.1e}" if reads_first_token(model) else "-"
        print(f"| {model_.name} | {count} | {cut} | {first:g} | {second:.1e} | {short} |", flush=True)
        good &= first == 0 and second <= LIMIT and third <= LIMIT
    return good


def recorded_by_length(lower: LowerHalf, batch: dict[str, Tensor]) -> Tensor:
    """[rows, tokens, hidden], recorded in batches of four of similar length, each cut to its longest."""
    lengths = batch["attention_mask"].sum(dim=1)
    pieces: list[tuple[Tensor, Tensor]] = []
    for rows in lengths.argsort().split(4):
        longest = int(lengths[rows].max())
        pieces.append((rows, lower.hidden({name: value[rows, :longest] for name, value in batch.items()})))
    whole = torch.zeros(*batch["input_ids"].shape, pieces[0][1].shape[-1], dtype=pieces[0][1].dtype)
    for rows, hidden in pieces:
        whole[rows, : hidden.shape[1]] = hidden
    return whole


def difference(one: Tensor, other: Tensor) -> float:
    """The largest, over all logits."""
    return float((one - other).abs().max())


if __name__ == "__main__":
    sys.exit(main())
