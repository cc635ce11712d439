"""A small T5 that learns to write the label, from nothing: the product's own path, from file to test metrics.

    python -m benchmarks.text_to_text --data FOLDER [--seed N ...] [--validation] [--set NAME=VALUE ...]

FOLDER holds sms_spam with train.csv and test.csv (columns text, label). Builds a T5 of two layers and a unigram
tokenizer from the training texts, in a fresh workspace, trains it as text-to-text and looks at what it said of every
test row. Required: only labels are said, their probabilities sum to 1, and the accuracy is above the majority class's,
its interval excluding that. With --validation the test file is not read: rows of train.csv are held out instead, for
choosing the settings.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from pipeline import system

ROOT = Path(__file__).resolve().parent.parent
NAME = "t5-from-nothing"
SPECIAL = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
VOCABULARY, WIDTH, LAYERS = 4_000, 128, 2
# Chosen on validation rows (docs/experiments.md).
SETTINGS = {"trained_layers": "-1", "epochs": "4", "learning_rate": "1e-3", "batch_size": "32"}
# A sum of that many float64 numbers, each rounded.
SUM_TOLERANCE = 1e-9


def main() -> int:
    """Measure each seed, print a Markdown table. Returns 1 if a figure is missed, else 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--validation", action="store_true")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    options = parser.parse_args()
    settings = SETTINGS | dict(text.split("=", 1) for text in options.settings)
    print(_machine())
    print(f"\nT5 of {LAYERS} + {LAYERS} layers, {WIDTH} wide, {VOCABULARY:,} pieces, drawn at random; {settings}")
    print("\n| seed | accuracy (95 %) | majority class | macro-F1 | TF-IDF | said | largest sum off 1 | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    rows = [_measure(options.data / "sms_spam", seed, settings, validation=options.validation) for seed in options.seed]
    return 0 if all(rows) else 1


def _measure(data: Path, seed: int, settings: dict[str, str], *, validation: bool) -> bool:
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        os.environ["TUNEDESK_HOME"] = place  # of this process too: it asks the bundle afterwards
        build(home / "built", list(pd.read_csv(data / "train.csv", dtype=str, keep_default_na=False)["text"]))
        from pipeline.models import store

        store.bring(home / "built", NAME)
        command = ["-m", "pipeline", "train", str(data / "train.csv"), "--text", "text", "--label", "label"]
        command += [] if validation else ["--test-file", str(data / "test.csv")]
        command += ["--model", NAME, "--seed", str(seed), "--set", "cache=off", "--follow", "--json"]
        for name, value in settings.items():
            command += ["--set", f"{name}={value}"]
        environment = {**os.environ}
        environment.setdefault("OMP_NUM_THREADS", str(system.physical_cores()))
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *command], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        seconds = time.perf_counter() - started
        result = json.loads(done.stdout.strip().splitlines()[-1])
        return _row(result, seed, seconds, home)


def _row(result: dict[str, Any], seed: int, seconds: float, home: Path) -> bool:
    """Print one row; whether what is required holds."""
    from pipeline.runs.answers import load_answers

    answers = load_answers(home / "runs" / result["run"], "model")
    off = float(np.abs(answers.scores.sum(axis=1) - 1).max())
    said = sorted({answers.labels[number] for number in answers.scores.argmax(axis=1)})
    low, high = result["intervals"]["accuracy"]
    majority, tfidf = (result["baselines"][name]["accuracy"] for name in ("majority", "tfidf"))
    metrics = result["metrics"]
    print(
        f"| {seed} | {metrics['accuracy']:.1%} ({low:.1%} to {high:.1%}) | {majority:.1%} | {metrics['macro_f1']:.1%} "
        f"| {tfidf:.1%} | {', '.join(said)} | {off:.1e} | {seconds:.0f} |",
        flush=True,
    )
    return off <= SUM_TOLERANCE and set(said) <= set(answers.labels) and low > majority


def build(folder: Path, texts: list[str]) -> None:
    """Write a T5 with random weights and a tokenizer of ``texts`` into ``folder``."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY, special_tokens=[*SPECIAL.values()], unk_token=SPECIAL["unk_token"], show_progress=False
    )
    tokenizer.train_from_iterator([*texts, "classify: ham spam"], trainer)
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", "$A $B </s>", [("</s>", 1)])
    general: Any = PreTrainedTokenizerFast
    whole = general(tokenizer_object=tokenizer, **SPECIAL)
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=len(whole), d_model=WIDTH, d_kv=WIDTH // 4, d_ff=2 * WIDTH, num_layers=LAYERS, num_heads=4,
        pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    )  # fmt: skip
    folder.mkdir()
    T5ForConditionalGeneration(config).save_pretrained(folder)
    whole.save_pretrained(folder)


def _machine() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "transformers"))
    return (
        f"{system.physical_cores()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}, {datetime.now(UTC):%Y-%m-%d}"
    )


if __name__ == "__main__":
    sys.exit(main())
