"""What instruction tuning is worth and costs: a base model against itself after training, on the same test rows.

    python -m benchmarks.instruction --data FOLDER --out RESULTS.json [--only NAME ...] [--seed N]

FOLDER holds rasbt_instruct (instruction-data.json: the first 935 rows are trained on, the next 110 measured on, the
last 55 are for validation, as the book that it comes from divides them) and llamafactory_demo (alpaca_zh_demo.json: 600
rows for training, 300 for test, the rest for validation). Each cell is one `train` in a fresh process and workspace
that holds nothing but the base model, preset balanced but for what its name says; finished cells are kept in
RESULTS.json. Prints a table: bits a character, chrF, ROUGE-L and exact match of base and tuned, and the differences
with their intervals. Required of rasbt_instruct: at most 45 minutes in full and 35 with adapters on 2 cores, tuned
better beyond doubt in bits and in chrF.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cells import ROOT, machine
from pipeline.settings import workspace

FIGURES = ("bits_per_character", "chrf", "rouge_l", "exact_match")


@dataclass(frozen=True)
class Case:
    """A data set, the base model, and what differs from preset balanced."""

    name: str
    data: str  # file below FOLDER
    parts: tuple[int, int]  # training rows, test rows; all others are for validation
    model: str
    settings: tuple[tuple[str, str], ...]
    minutes: float  # at most

    def rows(self, folder: Path) -> list[dict[str, str]]:
        """The rows with the part of each in a column of its own."""
        train, test = self.parts
        rows = json.loads((folder / self.data).read_text(encoding="utf-8"))
        said = ["train"] * train + ["test"] * test + ["validation"] * (len(rows) - train - test)
        return [{**row, "split": part} for row, part in zip(rows, said, strict=True)]


SMOLLM, GEMMA = "SmolLM2-135M-Instruct", "gemma-3-270m"
ENGLISH, CHINESE = "rasbt_instruct/instruction-data.json", "llamafactory_demo/alpaca_zh_demo.json"
LORA = (("adapter", "lora"), ("learning_rate", "1e-3"))
CASES = (
    Case("alpaca, lora", ENGLISH, (935, 110), SMOLLM, (("prompt_format", "alpaca"), *LORA), 35),
    Case("alpaca, full", ENGLISH, (935, 110), SMOLLM, (("prompt_format", "alpaca"),), 45),
    Case("phi3, full", ENGLISH, (935, 110), SMOLLM, (("prompt_format", "phi3"),), 45),
    Case("chat, full", ENGLISH, (935, 110), SMOLLM, (("prompt_format", "chat"),), 45),
    Case("chinese, lora", CHINESE, (600, 300), GEMMA, LORA, 60),
)


def main() -> int:
    """Measure what is missing, print the table. Returns 1 if a figure is missed, else 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[case.name for case in CASES], default=[c.name for c in CASES])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cells: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {}
    print(machine())
    print("| case | figure | base | tuned | better by (95 %) | minutes |\n|---|---|---|---|---|---|")
    good = True
    for case in (case for case in CASES if case.name in options.only):
        if case.name not in cells:
            cells[case.name] = _measure(case, options.data, options.seed)
            options.out.write_text(json.dumps(cells, indent=1))
        good &= _print(case, cells[case.name])
    return 0 if good else 1


def _measure(case: Case, data: Path, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        home, file = Path(folder) / "home", Path(folder) / "rows.json"
        (home / "models").mkdir(parents=True)
        (home / "models" / case.model).symlink_to(workspace().models / case.model)
        file.write_text(json.dumps(case.rows(data), ensure_ascii=False), encoding="utf-8")
        settings = [word for name, value in case.settings for word in ("--set", f"{name}={value}")]
        command = [
            *(sys.executable, "-m", "pipeline", "train", str(file), "--test-column", "split", "--model", case.model),
            *("--seed", str(seed), "--set", "cache=off", "--follow", "--json", *settings),
        ]
        started = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, "TUNEDESK_HOME": str(home)}, stdout=subprocess.PIPE, check=True
        )
        minutes = (time.monotonic() - started) / 60
        run = json.loads(done.stdout)["run"]
        report = json.loads((home / "runs" / run / "report.json").read_text(encoding="utf-8"))
        return {"minutes": minutes, "report": report}


def _print(case: Case, cell: dict[str, Any]) -> bool:
    report = cell["report"]
    for figure in FIGURES:
        base, tuned, gain = report["baselines"]["base"][figure], report[figure], report["differences"][figure]
        print(
            f"| {case.name} | {figure} | {base['value']:.3f} | {tuned['value']:.3f} | "
            f"{gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f}) | {cell['minutes']:.1f} |",
            flush=True,
        )
    better = all(report["differences"][figure]["low"] > 0 for figure in ("bits_per_character", "chrf"))
    return better and cell["minutes"] <= case.minutes


if __name__ == "__main__":
    sys.exit(main())
