"""How honest the learnability line and the label-budget line are: forecast against what really came of more rows.

    python -m benchmarks.label_budget --data FOLDER --out RESULTS.json [--only DATA ...]

FOLDER holds the data sets of SETS, each with a training file (columns text and label or category). Test files are
not read. Of each set, rows are held back: some as rows that are labelled later, some to measure on. From a few
hundred or thousand rows the budget line is made as the data check makes it; then the forecast number of rows is
really added, the same method fitted with and without them, and both measured on the rows that were held back.
Finished measurements are kept in RESULTS.json and not made again, so the script may be interrupted. Prints two
Markdown tables.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.baselines.quick import Numbers, fit_and_predict, similarities
from pipeline.check.fits import MOST_CHARACTERS, measure_learnability, try_rows
from pipeline.check.growth import MORE, measure_budget
from pipeline.data.duplicates import normalise

SETS = {
    "smp2017_intent31": "train.csv",
    "banking77": "train.csv",
    "tnews_fewclue": "train.csv",
    "sms_spam": "train.csv",
    "waimai_10k": "train.csv",
    "clinc150": "train.csv",
    "thucnews_title10": "train.csv",
    "promise_nfr": "nfr_625.csv",
    "kaggle_support_noise": "train.csv",
}
STARTS = (200, 400, 800, 1600, 2400)
SEEDS = (0, 1, 2)
MEASURED_SHARE, MOST_MEASURED = 0.4, 2_000
POINT = 0.01


@dataclass(frozen=True)
class Cell:
    """One forecast, and what became of it. All but rows are shares from 0 to 1."""

    data: str
    start: int
    seed: int
    more: int
    measured: int  # rows that both fits were measured on
    forecast: float
    low: float
    high: float
    real: float
    named: float | None  # how much F1 the classes named as gaining most really gained, on average
    others: float | None  # and all the others; None where none was named


@dataclass(frozen=True)
class Verdict:
    """What the learnability line says of a whole training file."""

    data: str
    rows: int
    classes: int
    verdict: str
    accuracy: float
    low: float
    high: float
    majority: float
    seconds: float
    budget_seconds: float


def main() -> int:
    """Measure what is missing, print the tables. Returns 1 if a verdict is wrong, else 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=list(SETS), default=list(SETS))
    options = parser.parse_args()
    results = json.loads(options.out.read_text()) if options.out.exists() else {"verdicts": [], "cells": []}
    verdicts = [Verdict(**content) for content in results["verdicts"]]
    cells = [Cell(**content) for content in results["cells"]]
    for data in options.only:
        texts, labels = _read(options.data / data / SETS[data])
        if not any(verdict.data == data for verdict in verdicts):
            verdicts.append(_judge(data, texts, labels))
            print(verdicts[-1], file=sys.stderr)
        noise = next(verdict.verdict == "chance" for verdict in verdicts if verdict.data == data)
        for seed in SEEDS:
            if not noise and not any((cell.data, cell.seed) == (data, seed) for cell in cells):
                cells += _measure(data, texts, labels, seed)
                print(data, seed, file=sys.stderr)
            _save(options.out, {"verdicts": [*map(asdict, verdicts)], "cells": [*map(asdict, cells)]})
    _print_verdicts(verdicts)
    _print_budgets(cells)
    return 0 if all((one.verdict == "chance") == (one.data == "kaggle_support_noise") for one in verdicts) else 1


def _read(path: Path) -> tuple[list[str], list[str]]:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    labels = frame["label" if "label" in frame else "category"]
    return frame["text"].tolist(), labels.tolist()


def _judge(data: str, texts: list[str], labels: list[str]) -> Verdict:
    started = time.perf_counter()
    trial = try_rows(texts, labels)
    found = measure_learnability(trial)
    seconds = time.perf_counter() - started
    measure_budget(trial)
    whole = time.perf_counter() - started
    figures = (found.accuracy, found.low, found.high, found.majority, seconds, whole - seconds)
    return Verdict(data, len(texts), found.classes, found.verdict, *figures)


def _measure(data: str, texts: list[str], labels: list[str], seed: int) -> list[Cell]:
    """One seed: rows in an order of its own, the last ones to measure on, the first ones as the labelled file."""
    different = list({normalise(text): row for row, text in enumerate(texts)}.values())
    order = np.random.default_rng(seed).permutation(different)
    measured = min(MOST_MEASURED, int(len(order) * MEASURED_SHARE))
    rows, held = order[:-measured], order[-measured:]
    rows = rows[: STARTS[-1] + MORE[-1]]
    both = [*rows, *held]
    similar = similarities([texts[row][:MOST_CHARACTERS] for row in both])
    _, classes = np.unique([labels[row] for row in both], return_inverse=True)
    cells = []
    for start in STARTS:
        trial = try_rows([texts[row] for row in rows[:start]], [labels[row] for row in rows[:start]])
        budget = measure_budget(trial)
        if budget is None or start + budget.more > len(rows):
            continue
        exam = np.arange(len(rows), len(both))
        before, after = (
            fit_and_predict(similar, np.arange(size), classes[:size], exam, int(classes.max()) + 1)
            for size in (start, start + budget.more)
        )
        truth = classes[exam]
        named = {int(classes[place]) for place, row in enumerate(rows[:start]) if labels[row] in budget.labels}
        in_named, others = _f1_gains(truth, before, after, named)
        real = float((after == truth).mean() - (before == truth).mean())
        figures = (budget.gain, budget.low, budget.high, real)
        cells.append(Cell(data, start, seed, budget.more, len(exam), *figures, in_named, others))
    return cells


def _f1_gains(truth: Numbers, before: Numbers, after: Numbers, named: set[int]) -> tuple[float | None, float | None]:
    """Mean change of F1 of the named classes and of the others, among those that occur."""
    classes = int(max(truth.max(), before.max(), after.max())) + 1
    gains = _f1(truth, after, classes) - _f1(truth, before, classes)
    change = {int(one): float(gains[one]) for one in np.unique(truth)}
    inside = [change[one] for one in named if one in change]
    outside = [gain for one, gain in change.items() if one not in named]
    return (float(np.mean(inside)), float(np.mean(outside))) if inside and outside else (None, None)


def _f1(truth: Numbers, guesses: Numbers, classes: int) -> npt.NDArray[np.float64]:
    """[classes] F1 of each class, 2 tp / (2 tp + fp + fn); 0 for one that occurs nowhere."""
    both = np.bincount(truth, minlength=classes) + np.bincount(guesses, minlength=classes)
    return np.asarray(2 * np.bincount(truth[truth == guesses], minlength=classes) / np.maximum(both, 1))


def _print_verdicts(verdicts: list[Verdict]) -> None:
    print("| data (rows; classes) | verdict | accuracy, 95 % interval | majority class | learnability | budget |")
    print("|---|---|---|---|---|---|")
    for one in verdicts:
        print(
            f"| {one.data} ({one.rows:,}; {one.classes}) | {one.verdict} | {one.accuracy:.1%} ({one.low:.1%} to "
            f"{one.high:.1%}) | {one.majority:.1%} | {one.seconds:.1f} s | {one.budget_seconds:.1f} s |"
        )


def _print_budgets(cells: list[Cell]) -> None:
    print(
        "\n| data | forecasts | mean forecast | mean real gain | mean absolute error | error of saying 0 | in 80 % "
        "| named classes gained more F1 |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for data in dict.fromkeys(cell.data for cell in cells):
        _print_row(data, [cell for cell in cells if cell.data == data])
    for start in STARTS:
        _print_row(f"all, from {start} rows", [cell for cell in cells if cell.start == start])
    _print_row("all", cells)
    gains = _named_and_others(cells)
    named, others = np.mean(gains, axis=0) / POINT
    print(
        f"\nClasses named as gaining most, {len(gains)} forecasts: F1 really rose by {named:.1f} points, that of the "
        f"other classes by {others:.1f}."
    )


def _named_and_others(cells: list[Cell]) -> list[tuple[float, float]]:
    """What the named classes really gained and what the others did, of the forecasts that named any."""
    return [(cell.named, cell.others) for cell in cells if cell.named is not None and cell.others is not None]


def _print_row(name: str, cells: list[Cell]) -> None:
    if not cells:
        return
    forecast, real = (np.array([getattr(cell, key) for cell in cells]) / POINT for key in ("forecast", "real"))
    inside = sum(cell.low <= cell.real <= cell.high for cell in cells)
    gains = _named_and_others(cells)
    more = sum(named > others for named, others in gains)
    print(
        f"| {name} | {len(cells)} | {forecast.mean():.1f} | {real.mean():.1f} | {abs(forecast - real).mean():.2f} "
        f"| {abs(real).mean():.2f} | {inside / len(cells):.0%} "
        f"| {more} of {len(gains)} |"
    )


def _save(path: Path, content: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(content, indent=1))
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
