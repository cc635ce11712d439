"""How good and how fast against plain Trainer: same model, data, threads and machine, side by side.

    python -m benchmarks.against_trainer --data FOLDER --out RESULTS.json [--only DATA ...] [--preset PRESET]

FOLDER holds sms_spam, smp2017_intent31 and banking77, each with train.csv and test.csv (columns text, label).
The base models are taken from the workspace. Each cell is one (data, system, seed) in a fresh process; ours has a
fresh workspace with nothing but the base models in it, and may use nothing kept. The clock runs from the command
to the test metrics: start, imports, reading, split, baselines and report are in it. Finished cells are
kept in RESULTS.json and not measured again, so the script may be interrupted. Prints a Markdown table.
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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline import system
from pipeline.settings import workspace

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Task:
    """A data set, the base model for it, and the least accuracy to reach."""

    data: str
    model: str
    least: float


@dataclass(frozen=True)
class Cell:
    """One measurement."""

    data: str
    system: str  # "ours" or "trainer"
    seed: int
    accuracy: float
    seconds: float


TASKS = (
    Task("sms_spam", "all-MiniLM-L6-v2", 0.988),
    Task("smp2017_intent31", "multilingual-e5-small", 0.925),
    Task("banking77", "all-MiniLM-L6-v2", 0.935),
)
# Ours and theirs take turns, so that a machine that slows down slows both.
ORDER = (("ours", 0), ("trainer", 0), ("ours", 1), ("ours", 2))
MOST_SHARE = 1 / 3  # of Trainer's time


def main() -> int:
    """Measure what is missing, print the table. Returns 1 if a figure is missed, else 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[task.data for task in TASKS], default=[t.data for t in TASKS])
    parser.add_argument("--preset", default="balanced")
    options = parser.parse_args()
    cells = _load(options.out)
    tasks = [task for task in TASKS if task.data in options.only]
    for task in tasks:
        for name, seed in ORDER:
            if not any((cell.data, cell.system, cell.seed) == (task.data, name, seed) for cell in cells):
                cells.append(_measure(task, name, seed, options.data / task.data, options.preset))
                _save(cells, options.out)
                print(cells[-1], file=sys.stderr)
    print(_machine())
    print("\n| data, model | TuneDesk, 3 seeds | range | Trainer, seed 0 | TuneDesk | Trainer | time |")
    print("|---|---|---|---|---|---|---|")
    met = [_row(task, [cell for cell in cells if cell.data == task.data]) for task in tasks]
    return 0 if all(met) else 1


def _measure(task: Task, name: str, seed: int, folder: Path, preset: str) -> Cell:
    model = workspace().models / task.model
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "models").mkdir()
        (Path(home) / "models" / task.model).symlink_to(model)
        train, test = str(folder / "train.csv"), str(folder / "test.csv")
        if name == "ours":
            command = ["-m", "pipeline", "train", train, "--test-file", test, "--text", "text", "--label", "label"]
            command += ["--model", task.model, "--preset", preset, "--seed", str(seed), "--set", "cache=off"]
            command += ["--follow", "--json"]
        else:
            command = ["-m", "benchmarks.plain_trainer", "--model", str(model), "--train", train, "--test", test]
            command += ["--seed", str(seed)]
        threads = str(system.physical_cores())
        # Both wait for each other's threads as workers of TuneDesk do, so that neither has an advantage from it.
        environment = {
            **os.environ,
            "TUNEDESK_HOME": home,
            "OMP_NUM_THREADS": threads,
            "OMP_WAIT_POLICY": "PASSIVE",
        }
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *command], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        seconds = time.perf_counter() - started
    content = json.loads(done.stdout.strip().splitlines()[-1])
    accuracy = content["metrics"]["accuracy"] if name == "ours" else content["accuracy"]
    return Cell(task.data, name, seed, accuracy, seconds)


def _row(task: Task, cells: list[Cell]) -> bool:
    """Print one row; whether both figures are reached."""
    ours = [cell for cell in cells if cell.system == "ours"]
    theirs = next(cell for cell in cells if cell.system == "trainer")
    mean = sum(cell.accuracy for cell in ours) / len(ours)
    low, high = min(cell.accuracy for cell in ours), max(cell.accuracy for cell in ours)
    seconds = sum(cell.seconds for cell in ours) / len(ours)
    share = seconds / theirs.seconds
    print(
        f"| {task.data}, {task.model} | {mean:.1%} (at least {task.least:.1%}) | {low:.1%} to {high:.1%} "
        f"| {theirs.accuracy:.1%} | {seconds:.0f} s | {theirs.seconds:.0f} s | {share:.2f} (at most {MOST_SHARE:.2f}) |"
    )
    return mean >= task.least and share <= MOST_SHARE


def _machine() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "transformers"))
    return (
        f"{system.physical_cores()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}, {datetime.now(UTC):%Y-%m-%d}"
    )


def _load(path: Path) -> list[Cell]:
    return [Cell(**content) for content in json.loads(path.read_text())] if path.exists() else []


def _save(cells: list[Cell], path: Path) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps([asdict(cell) for cell in cells], indent=1))
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
