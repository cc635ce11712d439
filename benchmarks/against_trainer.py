"""How good and how fast against plain Trainer: same model, data, threads and machine, side by side.

    python -m benchmarks.against_trainer --data FOLDER --out RESULTS.json [--only DATA ...] [--systems SYSTEM ...]
        [--seeds N ...]

FOLDER holds the data sets of TASKS, each with train.csv and test.csv (columns text, label); of thucnews_title10 the
first 20,000 training rows after a shuffle are taken. The base models are taken from the workspace. Each cell is one
(data, system, seed) in a fresh process; ours has a fresh workspace with nothing but the base model in it, and may use
nothing kept. The clock runs from the command to the test metrics: start, imports, reading, split, baselines and report
are in it. Finished cells are kept in RESULTS.json and not measured again, so the script may be interrupted. Prints two
Markdown tables: `balanced` against Trainer, `fast` against `balanced`.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.cells import Cell, Cells, machine, mean, train_ours, train_theirs


@dataclass(frozen=True)
class Task:
    """A data set, the base model for it, and what to reach with ``balanced``."""

    data: str
    model: str
    least: float  # accuracy
    share: float  # of Trainer's time, at most
    rows: int = 0  # training rows after a shuffle; 0: the file as it is


TASKS = (
    Task("smp2017_intent31", "multilingual-e5-small", 0.935, 1 / 5),
    Task("sms_spam", "all-MiniLM-L6-v2", 0.990, 1 / 5),
    Task("banking77", "all-MiniLM-L6-v2", 0.940, 1 / 4),
    Task("thucnews_title10", "multilingual-e5-small", 0.915, 1 / 4, rows=20_000),
)
TRAINER = "trainer"
SYSTEMS = ("balanced", "fast", TRAINER)
SEEDS = (0, 1, 2)
FAST_LOSES, FAST_SHARE = 0.02, 1 / 2  # of `balanced`, at most


def main() -> int:
    """Measure what is missing, print the tables. Returns 1 if a figure is missed, else 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[task.data for task in TASKS], default=[t.data for t in TASKS])
    parser.add_argument("--systems", nargs="*", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--seeds", nargs="*", type=int, default=list(SEEDS))
    options = parser.parse_args()
    cells = Cells(options.out)
    tasks = [task for task in TASKS if task.data in options.only]
    for task in tasks:
        with tempfile.TemporaryDirectory() as folder:
            train, test = _files(task, options.data / task.data, Path(folder))
            _measure(task, cells, options.systems, options.seeds, train, test)
    print(machine())
    met = [_print_balanced(tasks, cells), _print_fast(tasks, cells)]
    return 0 if all(met) else 1


def _measure(task: Task, cells: Cells, systems: list[str], seeds: list[int], train: Path, test: Path) -> None:
    """Ours and theirs by turns, so that a machine that slows down slows all."""
    for turn, seed in enumerate(seeds):
        for preset in (system for system in systems if system != TRAINER):
            cells.add(
                task.data, preset, seed,
                lambda preset=preset, seed=seed: train_ours(task.data, task.model, preset, seed, train, test),
            )  # fmt: skip
        if turn == 0 and TRAINER in systems:
            cells.add(task.data, TRAINER, 0, lambda: train_theirs(task.data, task.model, 0, train, test))


def _files(task: Task, source: Path, folder: Path) -> tuple[Path, Path]:
    """Training and test file as both systems read them."""
    if not task.rows:
        return source / "train.csv", source / "test.csv"
    rows = pd.read_csv(source / "train.csv", dtype=str, keep_default_na=False)
    rows.sample(frac=1, random_state=0).head(task.rows).to_csv(folder / "train.csv", index=False)
    return folder / "train.csv", source / "test.csv"


def _print_balanced(tasks: list[Task], cells: Cells) -> bool:
    print("\n| data, model | balanced | range | Trainer | balanced | Trainer | time |\n|---|---|---|---|---|---|---|")
    met = True
    for task in tasks:
        ours, theirs = cells.of(task.data, "balanced"), cells.of(task.data, TRAINER)
        if not ours or not theirs:
            continue
        reached, seconds = mean(ours, "accuracy"), mean(ours, "seconds")
        share = seconds / theirs[0].seconds
        met &= reached >= task.least and share <= task.share
        print(
            f"| {task.data}, {task.model} | {reached:.1%} (at least {task.least:.1%}) | {_range(ours)} "
            f"| {theirs[0].accuracy:.1%} | {seconds:.0f} s | {theirs[0].seconds:.0f} s "
            f"| {share:.2f} (at most {task.share:.2f}) |"
        )
    return met


def _print_fast(tasks: list[Task], cells: Cells) -> bool:
    print("\n| data | fast | range | balanced | TF-IDF | fast | balanced | time |\n|---|---|---|---|---|---|---|---|")
    met = True
    for task in tasks:
        fast, balanced = cells.of(task.data, "fast"), cells.of(task.data, "balanced")
        if not fast or not balanced:
            continue
        reached, tfidf = mean(fast, "accuracy"), mean(fast, "tfidf_accuracy")
        share = mean(fast, "seconds") / mean(balanced, "seconds")
        least = max(tfidf, mean(balanced, "accuracy") - FAST_LOSES)
        met &= reached >= least and reached > tfidf and share <= FAST_SHARE
        print(
            f"| {task.data} | {reached:.1%} (at least {least:.1%}) | {_range(fast)} "
            f"| {mean(balanced, 'accuracy'):.1%} | {tfidf:.1%} | {mean(fast, 'seconds'):.0f} s "
            f"| {mean(balanced, 'seconds'):.0f} s | {share:.2f} (at most {FAST_SHARE:.2f}) |"
        )
    return met


def _range(cells: list[Cell]) -> str:
    low, high = min(cell.accuracy for cell in cells), max(cell.accuracy for cell in cells)
    return f"{low:.1%} to {high:.1%}, {len(cells)} seeds"


if __name__ == "__main__":
    sys.exit(main())
