"""How far off is what the Train page says a training will cost? Real runs against their estimates.

    python -m benchmarks.estimate [--data FOLDER] --out RESULTS.json

Each run is a fresh workspace with nothing but the base models in it, so the estimate is the one that a newcomer
sees: no earlier run has corrected it. Seconds are those that the run itself counts, from the start of its process
to its report; memory is the largest resident size of that process, looked at ten times a second, alone and together
with its children (the baselines, in its first seconds; what they share is counted in each). `best` is not among the
runs: it takes the minutes that a person gives it. FOLDER may hold sms_spam and smp2017_intent31. Finished cells are
kept in RESULTS.json and not measured again.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from pipeline.actions import plan as plans
from pipeline.actions import runs, train
from pipeline.actions.data import create_dataset
from pipeline.actions.samples import import_sample
from pipeline.data.source import import_source
from pipeline.settings import workspace
from tests.browser.stage import prepare_home

LOOKS_A_SECOND = 10


@dataclass(frozen=True)
class Case:
    """One training to estimate and to carry out."""

    data: str  # a sample of the project, or a folder of --data with a train.csv
    model: str
    preset: str


@dataclass(frozen=True)
class Cell:
    """One training: what was said before, and what it took."""

    case: Case
    said_seconds: float
    seconds: float
    said_bytes: int
    bytes: int  # of the process alone
    bytes_together: int  # with its children


CASES = (
    Case("spam_messages", "all-MiniLM-L6-v2", "fast"),
    Case("en_support_tickets", "all-MiniLM-L6-v2", "balanced"),
    Case("zh_requirement_tickets", "multilingual-e5-small", "fast"),
    Case("zh_requirement_tickets", "multilingual-e5-small", "balanced"),
    Case("smp2017_intent31", "multilingual-e5-small", "balanced"),
    Case("sms_spam", "all-MiniLM-L6-v2", "balanced"),
    Case("spam_messages", "SmolLM2-135M-Instruct", "fast"),
)


def main() -> int:
    """Measure what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    models = workspace().models
    stored = json.loads(options.out.read_text()) if options.out.exists() else []
    cells = [Cell(**{**cell, "case": Case(**cell["case"])}) for cell in stored]
    for case in CASES:
        brought = options.data / case.data / "train.csv" if options.data else None
        known = any(cell.case == case for cell in cells)
        if not known and (case.data in SAMPLES or (brought and brought.exists())):
            cells.append(measure(case, brought, models))
            options.out.write_text(json.dumps([asdict(cell) for cell in cells], indent=1))
    print_table(cells)
    return 0


SAMPLES = ("spam_messages", "en_support_tickets", "zh_requirement_tickets")


def measure(case: Case, brought: Path | None, models: Path) -> Cell:
    """Train once in a workspace of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TUNEDESK_HOME"] = folder
        prepare_home(Path(folder), models)
        if case.data in SAMPLES:
            dataset = import_sample(case.data)
        else:
            assert brought is not None
            source = import_source(brought, "train.csv")
            dataset = create_dataset(source.id, name=case.data, text=["text"], label="label")
        plan = plans.plan(dataset, case.model, case.preset)
        run = train.start(dataset, case.model, case.preset)
        alone = together = 0
        while not run.over:
            looked = _resident(run.pid)
            alone, together = max(alone, looked[0]), max(together, sum(looked))
            time.sleep(1 / LOOKS_A_SECOND)
            run = runs.get_run(run.id)
        if run.state != "finished":
            raise SystemExit(f"{case} ended as {run.state}: {run.cause}")
        return Cell(case, plan.estimate.seconds, run.seconds, plan.estimate.memory_bytes, alone, together)


def _resident(pid: int) -> tuple[int, ...]:
    """Bytes of a process and of each of its children; 0 before it lives and after it ended."""
    if not pid:
        return (0,)
    try:
        process = psutil.Process(pid)
        return tuple(part.memory_info().rss for part in (process, *process.children(recursive=True)))
    except psutil.NoSuchProcess:
        return (0,)


def print_table(cells: list[Cell]) -> None:
    """One row a run, then how far off the estimates are."""
    print("| data | model | preset | said | took | took / said | said | took | took / said | with its children |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for cell in cells:
        print(
            f"| {cell.case.data} | {cell.case.model} | {cell.case.preset} "
            f"| {cell.said_seconds:.0f} s | {cell.seconds:.0f} s | {cell.seconds / cell.said_seconds:.2f} "
            f"| {cell.said_bytes / 1e9:.1f} GB | {cell.bytes / 1e9:.1f} GB | {cell.bytes / cell.said_bytes:.2f} "
            f"| {cell.bytes_together / 1e9:.1f} GB |"
        )
    for name, ratios in (
        ("seconds", [cell.seconds / cell.said_seconds for cell in cells]),
        ("memory", [cell.bytes / cell.said_bytes for cell in cells]),
    ):
        print(
            f"\n{name}: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f} "
            f"({len(ratios)} runs)"
        )


if __name__ == "__main__":
    sys.exit(main())
