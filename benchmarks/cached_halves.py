"""The model cut in two against the whole model, for every starter model: prints a Markdown table.

    python benchmarks/cached_halves.py [--cut-all]

Same batch: recorded and replayed in one batch; must be equal. Padded otherwise: recorded in batches of similar
length, as training does, replayed in one batch of random order; at most 1e-4. Reads the sample texts below, and
fetches a starter model that is missing.
"""

import argparse
import importlib.metadata
import platform
import random
import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
from torch import Tensor

from pipeline.models import catalogue, devices, store
from pipeline.models.first_token import first_token_top, reads_first_token
from pipeline.models.halves import LowerHalf, layers, upper_half
from pipeline.models.load import load_classifier, load_tokenizer

LIMIT = 1e-4
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
    return 0 if good else 1


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
    whole = torch.zeros(*batch["input_ids"].shape, pieces[0][1].shape[-1])
    for rows, hidden in pieces:
        whole[rows, : hidden.shape[1]] = hidden
    return whole


def difference(one: Tensor, other: Tensor) -> float:
    """The largest, over all logits."""
    return float((one - other).abs().max())


if __name__ == "__main__":
    sys.exit(main())
