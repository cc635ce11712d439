"""The opponent on a GPU: a training loop written by hand in PyTorch, as one would who knows it. Uses nothing of ours.

    python -m benchmarks.plain_loop --model FOLDER --train FILE [--layers N] [--batch N] [--epochs N] [--writes]

bfloat16 by autocast, the fused AdamW, torch's own attention (SDPA, but not cuDNN's, which makes a plan for every new
length), batches of similar length, pinned memory, gradients clipped, no evaluation. FILE is a CSV with the columns text
and label; with ``--writes`` a JSON list of objects with instruction, input and output, of which the output is learned.
``--layers`` trains the topmost N layers and the head; without it everything. Prints one JSON object: real tokens a
second (padding does not count) after the first epoch, tokens a row, and the bytes of the GPU at their peak.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pandas as pd
import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

POOL = 16  # batches that are sorted by length together
IGNORED = -100

Row = tuple[list[int], Any]  # tokens, and the class or the tokens to learn


def main() -> None:
    """Train, print the speed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--train", required=True)
    parser.add_argument("--layers", type=int, default=0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--longest", type=int, default=128)
    parser.add_argument("--writes", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.backends.cuda.enable_cudnn_sdp(False)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    if options.writes:
        rows = _written(options.train, tokenizer, options.longest)
        model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32)
    else:
        rows, classes = _sorted(options.train, tokenizer, options.longest)
        model = AutoModelForSequenceClassification.from_pretrained(
            options.model, num_labels=classes, dtype=torch.float32
        )
    if options.layers:
        _freeze(model, options.layers)
    model.cuda().train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4, fused=True)
    tokens = sum(len(ids) for ids, _ in rows)
    started = 0.0
    for epoch in range(options.epochs):
        if epoch == 1:  # the first one warms up
            torch.cuda.synchronize()
            started = time.perf_counter()
        for batch in _batches(rows, options.batch, epoch, tokenizer.pad_token_id or 0):
            given = {name: value.pin_memory().cuda(non_blocking=True) for name, value in batch.items()}
            with torch.autocast("cuda", torch.bfloat16):
                loss = model(**given).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
    torch.cuda.synchronize()
    seconds = time.perf_counter() - started
    found = {
        "tokens_per_second": tokens * (options.epochs - 1) / seconds,
        "tokens_per_row": tokens / len(rows),
        "peak_bytes": torch.cuda.max_memory_reserved(),
        "device": torch.cuda.get_device_name(),
    }
    print(json.dumps(found))


def _sorted(path: str, tokenizer: Any, longest: int) -> tuple[list[Row], int]:
    """Texts and their classes."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    labels = sorted(frame["label"].unique())
    read = tokenizer(list(frame["text"]), truncation=True, max_length=longest)["input_ids"]
    return [(ids, labels.index(label)) for ids, label in zip(read, frame["label"], strict=True)], len(labels)


def _written(path: str, tokenizer: Any, longest: int) -> list[Row]:
    """Alpaca's prompts, of which the answer is learned."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    rows: list[Row] = []
    for entry in content:
        asked = f"### Instruction:\n{entry['instruction']}\n\n"
        asked += f"### Input:\n{entry['input']}\n\n" if entry["input"] else ""
        prompt = tokenizer(
            "Below is an instruction that describes a task. Write a response that appropriately completes the "
            f"request.\n\n{asked}### Response:\n"
        )["input_ids"]
        answer = [*tokenizer(entry["output"])["input_ids"], tokenizer.eos_token_id]
        rows.append(([*prompt, *answer][:longest], [*[IGNORED] * len(prompt), *answer][:longest]))
    return rows


def _freeze(model: Any, trained: int) -> None:
    base = model.base_model
    layers = base.encoder.layer if hasattr(base, "encoder") else base.layers
    base.requires_grad_(False)
    layers[len(layers) - trained :].requires_grad_(True)
    if getattr(base, "pooler", None) is not None:
        base.pooler.requires_grad_(True)


def _batches(rows: list[Row], size: int, epoch: int, padding: int) -> Iterator[dict[str, torch.Tensor]]:
    draw = random.Random(epoch)
    order = draw.sample(rows, len(rows))
    batches = []
    for start in range(0, len(order), POOL * size):
        pool = sorted(order[start : start + POOL * size], key=lambda row: len(row[0]))
        batches += [pool[place : place + size] for place in range(0, len(pool), size)]
    draw.shuffle(batches)
    for batch in batches:
        longest = max(len(ids) for ids, _ in batch)
        found = {
            "input_ids": torch.tensor([_filled(ids, longest, padding) for ids, _ in batch]),
            "attention_mask": torch.tensor([_filled([1] * len(ids), longest, 0) for ids, _ in batch]),
        }
        targets = [_filled(t, longest, IGNORED) if isinstance(t, list) else t for _, t in batch]
        yield {**found, "labels": torch.tensor(targets)}


def _filled(numbers: list[int], longest: int, filling: int) -> list[int]:
    return numbers + [filling] * (longest - len(numbers))


if __name__ == "__main__":
    main()
