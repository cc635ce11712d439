"""What learning from texts alone brings: a base model against itself afterwards, asked for the same of test rows.

    python -m benchmarks.pretraining --data FOLDER [--only NAME ...] [--seed N]

FOLDER holds sms_spam and smp2017_intent31 (train.csv, test.csv; only the texts are read). Two cases, each
one `train` in a fresh workspace. "decoder": SmolLM2-135M-Instruct reads 320 short messages once; required: fewer
bits a character on 120 test rows, beyond doubt. "masked": a BERT of three layers with random weights, and a tokenizer
of the characters of its training texts, reads 2,000 Chinese questions 30 times; required: of hidden tokens it guesses
more than the most frequent token is of them, beyond doubt. A few minutes on one core.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cells import ROOT, machine
from pipeline.settings import workspace


@dataclass(frozen=True)
class Case:
    """Texts, the base model, and what differs from preset fast."""

    name: str
    data: str  # folder below FOLDER
    parts: tuple[int, int, int]  # training, validation and test rows
    model: str
    settings: tuple[str, ...]

    def rows(self, folder: Path) -> list[tuple[str, str]]:
        """Texts, each with the part that it belongs to; no text is there twice."""
        train, validation, test = self.parts
        learned = dict.fromkeys(_texts(folder / self.data / "train.csv"))
        measured = [text for text in dict.fromkeys(_texts(folder / self.data / "test.csv")) if text not in learned]
        parts = ("train", list(learned)[:train]), ("validation", list(learned)[train:][:validation])
        return [(text, part) for part, texts in (*parts, ("test", measured[:test])) for text in texts]


SMOLLM, SMALL = "SmolLM2-135M-Instruct", "small-bert"
CASES = (
    Case("decoder", "sms_spam", (320, 40, 120), SMOLLM, ()),
    Case("masked", "smp2017_intent31", (2_000, 200, 300), SMALL, ("epochs=30", "learning_rate=1e-3", "batch_size=32")),
)


def main() -> int:
    """Measure the cases, print a table. Returns 1 if one brings nothing, else 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[case.name for case in CASES], default=[c.name for c in CASES])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    models = workspace().models
    print(machine())
    print("| case | figure | base | afterwards | better by (95 %) | minutes |\n|---|---|---|---|---|---|")
    good = True
    for case in (case for case in CASES if case.name in options.only):
        with tempfile.TemporaryDirectory() as home:
            os.environ["TUNEDESK_HOME"] = home
            good &= _measure(case, case.rows(options.data), models, options.seed)
    return 0 if good else 1


def _measure(case: Case, rows: Sequence[tuple[str, str]], models: Path, seed: int) -> bool:
    home = workspace()
    home.models.mkdir()
    if case.model == SMALL:
        _write_bert([text for text, part in rows if part == "train"])
    else:
        (home.models / case.model).symlink_to(models / case.model)
    file = home.home / "texts.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("text", "split"), *rows])
    settings = [word for setting in case.settings for word in ("--set", setting)]
    command = [
        *(sys.executable, "-m", "pipeline", "train", str(file), "--task", "pretraining", "--text", "text"),
        *("--test-column", "split", "--model", case.model, "--preset", "fast", "--seed", str(seed)),
        *("--set", "cache=off", "--follow", "--json", *settings),
    ]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    minutes = (time.monotonic() - started) / 60
    run = json.loads(done.stdout)["run"]
    report = json.loads((home.runs / run / "report.json").read_text(encoding="utf-8"))
    for figure, gain in report["differences"].items():
        base, ours = (scores[figure]["value"] for scores in (report["baselines"]["base"], report["scores"]))
        interval = f"{gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f})"
        print(f"| {case.name} | {figure} | {base:.3f} | {ours:.3f} | {interval} | {minutes:.1f} |", flush=True)
    if case.model != SMALL:
        return bool(report["differences"]["bits_per_character"]["low"] > 0)
    simplest = _most_frequent(run)
    print(f"| {case.name} | the most frequent token | {simplest:.3f} | | | |", flush=True)
    return bool(report["scores"]["masked_accuracy"]["low"] > simplest)


def _most_frequent(run: str) -> float:
    """How large a share of the test rows' hidden tokens the most frequent one of them is."""
    from pipeline.models.load import load_tokenizer
    from pipeline.runs.spec import load_spec
    from pipeline.runs.surprise import load_surprise
    from pipeline.training.pretraining.prepare import read_rows

    folder = workspace().runs / run
    spec, tokenizer = load_spec(folder), load_tokenizer(folder / "bundle")
    numbers = load_surprise(folder, "model").rows.tolist()
    rows = read_rows(spec.view, numbers, tokenizer, "masked", spec.recipe, len(tokenizer))
    hidden = [
        token for place in range(len(rows)) for token in rows.collate([place])["labels"][0].tolist() if token >= 0
    ]
    return Counter(hidden).most_common(1)[0][1] / len(hidden)


def _write_bert(texts: Sequence[str]) -> None:
    """A BERT that knows nothing yet, brought as people bring a folder."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

    from pipeline.models import store

    special = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    tokenizer = Tokenizer(models.WordPiece(unk_token=special["unk"]))  # type: ignore[call-arg]
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=3_000, special_tokens=[*special.values()], show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    ends = [(special[name], tokenizer.token_to_id(special[name])) for name in ("sep", "cls")]
    tokenizer.post_processor = processors.BertProcessing(*ends)
    named: Any = {f"{name}_token": token for name, token in special.items()}
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=128, **named)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(fast), hidden_size=128, num_hidden_layers=3, num_attention_heads=4, intermediate_size=512,
        max_position_embeddings=128, pad_token_id=fast.pad_token_id,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        BertForMaskedLM(config).save_pretrained(folder)
        fast.save_pretrained(folder)
        store.bring(Path(folder), SMALL)


def _texts(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as rows:
        return [row["text"] for row in csv.DictReader(rows)]


if __name__ == "__main__":
    sys.exit(main())
