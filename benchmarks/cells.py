"""One measurement of a benchmark: a command in a fresh process and workspace, kept, so that a script resumes."""

import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import system
from pipeline.settings import workspace

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Cell:
    """One measurement, on the test rows."""

    data: str
    system: str  # a preset of ours, or "trainer"
    seed: int
    accuracy: float
    macro_f1: float
    tfidf_accuracy: float  # of the run's own baseline on the same rows; 0 for Trainer
    tfidf_macro_f1: float
    seconds: float  # from the command to the test metrics


class Cells:
    """The cells that are finished, in a JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.all = [Cell(**content) for content in json.loads(path.read_text())] if path.exists() else []

    def of(self, data: str, system_: str) -> list[Cell]:
        """The cells of one data set and system, in the order of their seeds."""
        found = [cell for cell in self.all if (cell.data, cell.system) == (data, system_)]
        return sorted(found, key=lambda cell: cell.seed)

    def add(self, data: str, system_: str, seed: int, measure: Callable[[], Cell]) -> None:
        """Measure a cell unless it is there."""
        if any(cell.seed == seed for cell in self.of(data, system_)):
            return
        self.all.append(measure())
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps([asdict(cell) for cell in self.all], indent=1))
        partial.replace(self._path)
        print(self.all[-1], file=sys.stderr, flush=True)


def train_ours(data: str, model: str, preset: str, seed: int, train: Path, test: Path) -> Cell:
    """Our training of a preset with nothing changed and nothing kept; files with the columns text and label."""
    command = ["-m", "pipeline", "train", str(train), "--test-file", str(test), "--text", "text", "--label", "label"]
    command += ["--model", model, "--preset", preset, "--seed", str(seed), "--set", "cache=off", "--follow", "--json"]
    content, seconds = run(command, model)
    tfidf = content["baselines"]["tfidf"]
    return Cell(
        data, preset, seed, content["metrics"]["accuracy"], content["metrics"]["macro_f1"],
        tfidf["accuracy"], tfidf["macro_f1"], seconds,
    )  # fmt: skip


def train_theirs(data: str, model: str, seed: int, train: Path, test: Path) -> Cell:
    """Plain Trainer on the same files."""
    command = ["-m", "benchmarks.plain_trainer", "--model", str(workspace().models / model)]
    command += ["--train", str(train), "--test", str(test), "--seed", str(seed)]
    content, seconds = run(command, model)
    return Cell(data, "trainer", seed, content["accuracy"], content["macro_f1"], 0.0, 0.0, seconds)


def run(command: list[str], model: str) -> tuple[dict[str, Any], float]:
    """What a Python command printed last, as JSON, and its seconds; in a workspace with one base model and no more."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "models").mkdir()
        (Path(home) / "models" / model).symlink_to(workspace().models / model)
        # How threads wait is left to each: Trainer as its libraries come, ours as its workers are started.
        environment = {**os.environ, "TUNEDESK_HOME": home, "OMP_NUM_THREADS": str(system.physical_cores())}
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, *command], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        seconds = time.perf_counter() - started
    return json.loads(done.stdout.strip().splitlines()[-1]), seconds


def mean(cells: list[Cell], field: str) -> float:
    """Mean of a field."""
    return sum(float(getattr(cell, field)) for cell in cells) / len(cells)


def machine() -> str:
    """What the figures were measured on, in a line."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "transformers"))
    return (
        f"{system.physical_cores()} cores, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, {versions}, {datetime.now(UTC):%Y-%m-%d}"
    )
