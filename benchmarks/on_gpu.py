"""The same runs on a GPU, no preset changed: tokens a second against a loop written by hand, and what was foretold.

    python -m benchmarks.on_gpu --data FOLDER --out RESULTS.json [--only CASE ...]

FOLDER holds sms_spam, thucnews_title10 (its first 20,000 training rows after a shuffle are taken) and rasbt_instruct
(935 of its first 1,000 rows are learned). Each run is a job in a fresh workspace with nothing but the base models in
it. Its speed is that of the steps: intervals in which the validation rows were measured are left out, and the share of
the training's time that those take is said. Then ``benchmarks.plain_loop`` trains the same layers of the same model
with batches of the same size in a process of its own. Memory is what the driver says is in use on the whole GPU, less
what was in use before. Finished cells are kept in RESULTS.json. Required: 60 % of the loop's tokens a second.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.cells import ROOT, machine
from pipeline.actions import runs, train
from pipeline.actions.data import Dataset, create_dataset
from pipeline.actions.plan import plan
from pipeline.data.source import import_source
from pipeline.models import devices, store
from pipeline.runs.metrics_log import Event, read_metrics
from pipeline.runs.spec import Recipe
from pipeline.settings import workspace

LEAST = 0.6  # of the loop's tokens a second
LOOKS_A_SECOND = 5  # at the memory that is in use, and whether the run is over
LEARNED, ANSWERED = 935, 8  # rows of rasbt_instruct; how fast answers are written is no figure of this table


@dataclass(frozen=True)
class Case:
    """One training, and what differs from preset balanced."""

    name: str
    data: str
    model: str
    settings: tuple[tuple[str, str], ...] = ()
    rows: int = 0  # training rows after a shuffle; 0: the file as it is


WRITTEN = "rasbt_instruct"
CASES = (
    Case("sms_spam", "sms_spam", "all-MiniLM-L6-v2"),
    Case("sms_spam, every layer", "sms_spam", "all-MiniLM-L6-v2", (("trained_layers", "-1"),)),
    Case("thucnews_title10", "thucnews_title10", "multilingual-e5-small", rows=20_000),
    Case("rasbt_instruct", WRITTEN, "SmolLM2-135M-Instruct"),
    Case("rasbt_instruct, lora", WRITTEN, "SmolLM2-135M-Instruct", (("adapter", "lora"), ("learning_rate", "1e-3"))),
    Case("rasbt_instruct, qlora", WRITTEN, "SmolLM2-135M-Instruct", (("adapter", "qlora"), ("learning_rate", "1e-3"))),
)


def main() -> int:
    """Measure what is missing, print the table. Returns 1 if a figure is missed, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[case.name for case in CASES], default=[c.name for c in CASES])
    options = parser.parse_args()
    gpu = devices.choose("cuda")
    models = workspace().models
    cells: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {}
    for case in (case for case in CASES if case.name in options.only and case.name not in cells):
        cells[case.name] = _measure(case, options.data / case.data, models, [cell["loop"] for cell in cells.values()])
        options.out.write_text(json.dumps(cells, indent=1))
    print(f"{gpu.label}, {gpu.gflops:,.0f} GFLOPS in float32, {gpu.bfloat16_gflops:,.0f} in bfloat16; {machine()}\n")
    return 0 if _print(cells) else 1


def _measure(case: Case, data: Path, models: Path, loops: list[dict[str, Any]]) -> dict[str, Any]:
    with fresh_home(models) as folder:
        file, dataset = (instructions if case.data == WRITTEN else _tickets)(case, data, folder)
        planned = plan(dataset, case.model, settings=dict(case.settings))
        run, seconds, most = watch(dataset, case)
        if run.state != "finished":
            raise SystemExit(f"{case.name} ended as {run.state}: {run.cause}\n{runs.run_log(run.id)}")
        events = read_metrics(workspace().runs / run.id)
        loop = _loop(case, file, planned.recipe, loops)
        return {
            "recipe": dataclasses.asdict(planned.recipe),
            "metrics": run.metrics,
            "seconds": seconds,
            "said_seconds": planned.estimate.seconds,
            "bytes": most,
            "said_bytes": planned.estimate.memory_bytes,
            **_pace(events),
            "loop": loop,
        }


@contextlib.contextmanager
def fresh_home(models: Path) -> Iterator[Path]:
    """A folder for files, and beside them a workspace, in use from now on, with nothing in it but these models."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "models").symlink_to(models)
        os.environ["TUNEDESK_HOME"] = str(home)
        yield Path(folder)


def watch(dataset: Dataset, case: Case) -> tuple[runs.RunInfo, float, int]:
    """Train to the end: the run, its seconds, and the most bytes that the GPU had in use more than before."""
    before, most = _in_use(), 0
    started = time.perf_counter()
    run = train.start(dataset, case.model, settings=dict(case.settings))
    while not run.over:
        most = max(most, _in_use() - before)
        time.sleep(1 / LOOKS_A_SECOND)
        run = runs.get_run(run.id)
    return run, time.perf_counter() - started, most


def _tickets(case: Case, data: Path, folder: Path) -> tuple[Path, Dataset]:
    """The training file, and the dataset that is measured on the test file."""
    rows = pd.read_csv(data / "train.csv", dtype=str, keep_default_na=False)
    file = folder / "train.csv"
    (rows.sample(frac=1, random_state=0).head(case.rows) if case.rows else rows).to_csv(file, index=False)
    sources = [import_source(path, path.name) for path in (file, data / "test.csv")]
    dataset = create_dataset(sources[0].id, name=case.data, text=["text"], label="label", test_source_id=sources[1].id)
    return file, dataset


def instructions(case: Case, data: Path, folder: Path) -> tuple[Path, Dataset]:
    """The 935 rows as a file, and the dataset with the part of each row in a column of its own."""
    rows = json.loads((data / "instruction-data.json").read_text(encoding="utf-8"))
    said = ["train"] * LEARNED + ["test"] * ANSWERED + ["validation"] * (1_000 - LEARNED - ANSWERED)
    whole = folder / "rows.json"
    whole.write_text(json.dumps([{**row, "split": part} for row, part in zip(rows, said, strict=False)]))
    file = folder / "train.json"
    file.write_text(json.dumps(rows[:LEARNED]))
    dataset = create_dataset(
        import_source(whole, whole.name).id,
        name=case.data,
        text=["instruction", "input"],
        label="output",
        written=True,
        test_column="split",
    )
    return file, dataset


def _pace(events: list[Event]) -> dict[str, float]:
    """Rows a second while steps are made, and the share of the training's time that is no step."""
    rows = next(event.values["train_rows"] for event in events if event.kind == "plan")
    steps, others, seen, epoch, measured = 0.0, 0.0, 0.0, 0.0, True  # the first interval warms up
    for event in events:
        if event.kind == "validation":
            measured = True
        if event.kind != "train":
            continue
        trained = (event.values["epoch"] - epoch) * rows
        seconds = trained / event.values["rows_per_second"]
        epoch = event.values["epoch"]
        if measured:
            others += seconds
        else:
            seen, steps = seen + trained, steps + seconds
        measured = False
    # Of the intervals that were left out, what is more than their steps took is measuring and saving.
    pace = seen / steps
    return {"rows_per_second": pace, "beside_share": 1 - (epoch * rows / pace) / (steps + others)}


def _loop(case: Case, file: Path, recipe: Recipe, known: list[dict[str, Any]]) -> dict[str, Any]:
    """What the hand-written loop reaches. It has no adapters: every recipe of one model and batch has the same loop."""
    layers = str(max(0, recipe.trained_layers))
    task = [case.data, case.model, str(recipe.batch_size), layers, str(recipe.max_length)]
    for loop in known:
        if loop["task"] == task:
            return loop
    command = [
        *(sys.executable, "-m", "benchmarks.plain_loop", "--model", str(store.get(case.model).path)),
        *("--train", str(file), "--batch", task[2], "--layers", layers, "--longest", task[4]),
        *(("--writes",) if case.data == WRITTEN else ()),
    ]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return {"task": task, **json.loads(done.stdout.strip().splitlines()[-1])}


def _in_use() -> int:
    """Bytes of the first GPU that somebody has."""
    command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id=0"]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout) * 2**20


def _print(cells: dict[str, Any]) -> bool:
    print("| case | batch, layers, precision | tokens a second | loop | of it | beside the steps | metrics |")
    print("|---|---|---|---|---|---|---|")
    met = True
    for name, cell in cells.items():
        loop, recipe = cell["loop"], cell["recipe"]
        speed = cell["rows_per_second"] * loop["tokens_per_row"]
        share = speed / loop["tokens_per_second"]
        met &= share >= LEAST
        layers = "all" if recipe["trained_layers"] < 0 else f"top {recipe['trained_layers']}"
        figures = ", ".join(f"{key} {value:.3f}" for key, value in cell["metrics"].items())
        print(
            f"| {name} | {recipe['batch_size']}, {layers}, {recipe['precision']} | {speed:,.0f} "
            f"| {loop['tokens_per_second']:,.0f} | {share:.2f} (at least {LEAST}) | {cell['beside_share']:.0%} "
            f"| {figures} |"
        )
    print("\n| case | said | took | took / said | said | took | took / said |\n|---|---|---|---|---|---|---|")
    for name, cell in cells.items():
        print(
            f"| {name} | {cell['said_seconds']:.0f} s | {cell['seconds']:.0f} s "
            f"| {cell['seconds'] / cell['said_seconds']:.2f} | {cell['said_bytes'] / 1e9:.1f} GB "
            f"| {cell['bytes'] / 1e9:.1f} GB | {cell['bytes'] / cell['said_bytes']:.2f} |"
        )
    return met


if __name__ == "__main__":
    sys.exit(main())
