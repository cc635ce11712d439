"""Which recipe suits which file: candidates compared on validation rows only; the rules of training.recipe rest on it.

    python -m benchmarks.recipe_search --data FOLDER --out RESULTS.json [--only DATA ...] [--seeds N ...]

FOLDER holds the shared data sets. Of each only the training file is read, and dev.csv where there is one: that, or the
project's own division of the training file, is what a recipe is measured on; no test file is opened. A cell is one
(data, candidate, seed), trained in this process in a workspace that keeps tokens and lower layers for all candidates of
a set. Finished cells are kept in RESULTS.json. Prints accuracy and macro-F1 of every candidate, and, with one set left
out in turn, which candidate the other sets would have chosen and what it reaches on that set.
"""

import argparse
import dataclasses
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.settings import workspace

Cells = list[dict[str, Any]]

MODELS = {
    "smp2017_intent31": "multilingual-e5-small",
    "banking77": "all-MiniLM-L6-v2",
    "thucnews_title10": "multilingual-e5-small",
    "clinc150": "all-MiniLM-L6-v2",
    "clinc150_imbalanced": "all-MiniLM-L6-v2",
    "tnews_fewclue": "multilingual-e5-small",
    "promise_nfr": "all-MiniLM-L6-v2",
    "sms_spam": "all-MiniLM-L6-v2",
    "waimai_10k": "multilingual-e5-small",
}
ROWS = {"thucnews_title10": (20_000, 3_000)}  # training and measured rows, where not all are taken

# What differs from `balanced`; a factor or a summand of the rule's own value where a name ends in _times or _plus.
CANDIDATES: dict[str, dict[str, Any]] = {
    "balanced": {},
    "average of 0.15": {"averaging": 0.15},
    "average of 0.3": {"averaging": 0.3},
    "one layer more": {"trained_layers_plus": 1},
    "one layer more, 2 epochs less": {"trained_layers_plus": 1, "epochs_plus": -2},
    "2 epochs more": {"epochs_plus": 2},
    "2 epochs less": {"epochs_plus": -2},
    "rate x 0.6": {"learning_rate_times": 0.6},
    "rate x 1.5": {"learning_rate_times": 1.5},
    "rate x 1.5, 2 epochs less": {"learning_rate_times": 1.5, "epochs_plus": -2},
    "cosine": {"schedule": "cosine"},
    "smoothing 0.1": {"label_smoothing": 0.1},
    "head x 3": {"head_factor": 3.0},
    "batch 16": {"batch_size": 16},
    "weights sqrt": {"class_weights": "sqrt"},
    "weights balanced": {"class_weights": "balanced"},
    "float32": {"precision": "float32"},
    "fast": {"preset": "fast"},
    "fast, float32": {"preset": "fast", "precision": "float32"},
}


def main() -> int:
    """Measure what is missing, print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=list(MODELS), default=list(MODELS))
    parser.add_argument("--candidates", nargs="*", choices=list(CANDIDATES), default=list(CANDIDATES))
    parser.add_argument("--seeds", nargs="*", type=int, default=[0, 1])
    options = parser.parse_args()
    cells: Cells = json.loads(options.out.read_text()) if options.out.exists() else []
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "models").symlink_to(workspace().models)
        os.environ["TUNEDESK_HOME"] = home
        for data in options.only:
            wanted = [(name, seed) for seed in options.seeds for name in options.candidates]
            missing = [key for key in wanted if not any(_key(cell) == (data, *key) for cell in cells)]
            dataset = _dataset(data, options.data, Path(home)) if missing else None
            for name, seed in missing:
                scores = _train(data, dataset, CANDIDATES[name], seed)
                cells.append({"data": data, "candidate": name, "seed": seed, **scores})
                partial = options.out.with_suffix(".partial")
                partial.write_text(json.dumps(cells, indent=1))
                partial.replace(options.out)
                print(cells[-1], file=sys.stderr, flush=True)
    _print(cells)
    return 0


def _key(cell: dict[str, Any]) -> tuple[str, str, int]:
    return cell["data"], cell["candidate"], cell["seed"]


def _dataset(data: str, source: Path, folder: Path) -> Any:
    """The training file, measured on dev.csv where there is one."""
    from pipeline.actions.data import create_dataset
    from pipeline.data.source import import_source

    home, train = source / data, "train.csv"
    if data == "clinc150_imbalanced":
        home, train = source / "clinc150", "train_imbalanced.csv"
    if data == "promise_nfr":
        train = "nfr_625.csv"
    ids = []
    for name, most in zip((train, "dev.csv"), ROWS.get(data, (None, None)), strict=True):
        if not (home / name).exists():
            continue
        rows = pd.read_csv(home / name, dtype=str, keep_default_na=False)[["text", "label"]]
        if most:
            rows = rows.sample(frac=1, random_state=0).head(most)
        file = folder / f"{data}-{name}"
        rows.to_csv(file, index=False)
        ids.append(import_source(file, file.name).id)
    return create_dataset(ids[0], name=data, text=["text"], label="label", test_source_id=(*ids, "")[1])


def _train(data: str, dataset: Any, changes: dict[str, Any], seed: int) -> dict[str, Any]:
    """Scores on the measured rows and seconds of training; the recipe as it was."""
    from pipeline.actions.plan import plan
    from pipeline.metrics.classification import compute
    from pipeline.runs.answers import load_answers
    from pipeline.runs.metrics_log import MetricsWriter
    from pipeline.runs.progress import Silent
    from pipeline.training.run import train

    planned = plan(dataset, MODELS[data], changes.get("preset", "balanced"), seed=seed)
    spec = dataclasses.replace(planned.spec, recipe=dataclasses.replace(planned.recipe, **_settings(planned, changes)))
    with tempfile.TemporaryDirectory(dir=workspace().home) as folder:
        metrics = MetricsWriter(Path(folder))
        started = time.perf_counter()
        train(spec, Path(folder), Silent(), metrics)
        seconds = time.perf_counter() - started
        metrics.close()
        answers = load_answers(Path(folder), "model")
    scores = compute(answers.truth, answers.predicted, len(dataset.view.labels))
    return {**scores, "seconds": round(seconds, 1), "recipe": dataclasses.asdict(spec.recipe)}


def _settings(planned: Any, changes: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for key, value in changes.items():
        name, _, kind = key.rpartition("_")
        if kind == "times":
            settings[name] = getattr(planned.recipe, name) * value
        elif kind == "plus":
            settings[name] = max(1, getattr(planned.recipe, name) + value)
        elif key != "preset":
            settings[key] = value
    return settings


def _print(cells: Cells) -> None:
    sets = [data for data in MODELS if any(cell["data"] == data for cell in cells)]
    names = [name for name in CANDIDATES if any(cell["candidate"] == name for cell in cells)]
    means = {(d, n): _mean(cells, d, n) for d in sets for n in names}
    print("| candidate | " + " | ".join(sets) + " |\n|---" + "|---" * len(sets) + "|")
    for name in names:
        print(f"| {name} | " + " | ".join(_cell(means[data, name]) for data in sets) + " |")
    print("\n| set left out | chosen by the others | reaches on it | `balanced` on it |\n|---|---|---|---|")
    whole = [name for name in names if name != "fast" and all(means[data, name] for data in sets)]
    for left_out in sets if len(sets) > 1 and whole else ():
        others = [data for data in sets if data != left_out]
        chosen = max(whole, key=lambda name: statistics.fmean(means[data, name][1] for data in others))
        print(f"| {left_out} | {chosen} | {_cell(means[left_out, chosen])} | {_cell(means[left_out, 'balanced'])} |")


def _mean(cells: Cells, data: str, name: str) -> tuple[float, ...]:
    """Accuracy, macro-F1 and seconds, means over the seeds; () where nothing was measured."""
    found = [cell for cell in cells if (cell["data"], cell["candidate"]) == (data, name)]
    return tuple(statistics.fmean(cell[key] for cell in found) for key in ("accuracy", "macro_f1", "seconds") if found)


def _cell(means: tuple[float, ...]) -> str:
    return f"{means[0]:.1%}, {means[1]:.1%}, {means[2]:.0f} s" if means else "-"


if __name__ == "__main__":
    sys.exit(main())
