"""What survives: 100 kills of a trainer, and every other fault of tests/faults, as one table.

    python -m benchmarks.faults --out RESULTS.json

The kills are made ten by ten, each ten with a seed of its own, at least four of them while a checkpoint is written;
finished cells are kept in RESULTS.json and not made again. Everything happens in a workspace of its own.
"""

import argparse
import datetime
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pipeline.settings import workspace
from tests.faults.kills import Tally, kill_again_and_again
from tests.faults.staging import make_dataset

SEEDS = range(10)
KILLS, WRITING = 10, 4  # of each seed
FAULTS = Path(__file__).parents[1] / "tests" / "faults"


class Outcomes:
    """A pytest plugin that keeps how each test ended, and how long it took."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, float]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The call decides, or a set-up that failed or skipped."""
        if report.when == "call" or report.outcome != "passed":
            self.found[report.nodeid.partition("::")[2]] = (report.outcome, report.duration)


def main() -> int:
    """Do what is missing and print the table; 1 when something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", choices=("kills", "others"))
    options = parser.parse_args()
    cells = json.loads(options.out.read_text()) if options.out.exists() else {"kills": {}, "others": {}}
    if options.only != "others":
        _kill(cells, options.out)
    if options.only != "kills":
        outcomes = Outcomes()
        others = [str(path) for path in sorted(FAULTS.glob("test_*.py")) if path.name != "test_kills.py"]
        os.environ["TUNEDESK_EVERY_FAULT"] = "1"
        pytest.main([*others, "-q", "-p", "no:cacheprovider"], plugins=[outcomes])
        cells["others"] = {name: [*outcome, _today()] for name, outcome in outcomes.found.items()}
        options.out.write_text(json.dumps(cells, indent=1))
    return print_table(cells)


def _kill(cells: dict[str, dict[str, object]], out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TUNEDESK_HOME"] = folder
        dataset = make_dataset(workspace(), Path(folder))
        for seed in SEEDS:
            if str(seed) not in cells["kills"]:
                began = time.monotonic()
                tally = kill_again_and_again(dataset, kills=KILLS, writing=WRITING, seed=seed)
                cells["kills"][str(seed)] = vars(tally) | {"date": _today(), "seconds": time.monotonic() - began}
                out.write_text(json.dumps(cells, indent=1))
                print(f"seed {seed}: {tally}", flush=True)


def print_table(cells: dict[str, dict[str, object]]) -> int:
    """One row a ten of kills, their sum, then one row a fault. Returns the exit status."""
    names = list(vars(Tally()))
    rows = list(cells["kills"].items())
    print(f"| seed | {' | '.join(name.replace('_', ' ') for name in names)} | date |")
    print("|---" * (len(names) + 2) + "|")
    for seed, cell in rows:
        print(f"| {seed} | {' | '.join(str(cell[name]) for name in names)} | {cell['date']} |")
    sums = {name: sum(cell[name] for _, cell in rows) for name in names}
    print(f"| all | {' | '.join(str(sums[name]) for name in names)} | |")
    print("\n| fault | outcome | seconds | date |\n|---|---|---|---|")
    for name, (outcome, seconds, date) in cells["others"].items():
        words = name.removeprefix("test_").replace("_", " ")
        print(f"| {words} | {outcome} | {seconds:.0f} | {date} |")
    bad = sums["bad_resumes"] + sums["lost_runs"] + sums["lost_lines"]
    failed = [name for name, (outcome, *_) in cells["others"].items() if outcome == "failed"]
    return 1 if bad or failed else 0


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()


if __name__ == "__main__":
    sys.exit(main())
