"""Peak memory of the training process: multilingual-e5-small on 10,000 short rows.

    python -m benchmarks.peak_memory --data FOLDER [--rows N] [--preset PRESET] [--set name=value ...]

FOLDER holds thucnews_title10/train.csv; its first rows after a shuffle are trained on, no test file is read. The
process is watched from outside, ten times a second; on Linux its own high-water mark counts too. Prints a table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psutil

from benchmarks.cells import ROOT, machine
from pipeline.settings import workspace

MODEL = "multilingual-e5-small"
AT_MOST = 2.5e9  # bytes
_LOOK_SECONDS = 0.1


def main() -> int:
    """Train, watch, print. Returns 1 if it takes more than allowed, else 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--set", nargs="*", default=[])
    options = parser.parse_args()
    settings = [part for setting in options.set for part in ("--set", setting)]
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "models").mkdir()
        (Path(home) / "models" / MODEL).symlink_to(workspace().models / MODEL)
        file = Path(home) / "rows.csv"
        rows = pd.read_csv(options.data / "thucnews_title10" / "train.csv", dtype=str, keep_default_na=False)
        rows.sample(frac=1, random_state=0).head(options.rows).to_csv(file, index=False)
        command = ["train", str(file), "--model", MODEL, "--text", "text", "--label", "label", "--preset"]
        run = _command(home, [*command, options.preset, *settings])["run"]
        peak = 0
        while (now := _command(home, ["runs", "show", run]))["state"] not in ("finished", "failed", "stopped"):
            peak = max(peak, _watch(int(now["pid"])))
        state = now["state"]
    print(f"{machine()}\n\n| rows | preset | state | peak memory |\n|---|---|---|---|")
    print(f"| {options.rows:,} | {options.preset} | {state} | {peak / 1e9:.2f} GB (at most {AT_MOST / 1e9:.1f} GB) |")
    return 0 if state == "finished" and peak <= AT_MOST else 1


def _command(home: str, arguments: list[str]) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments, "--json"],
        env={**os.environ, "TUNEDESK_HOME": home}, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    content: dict[str, str] = json.loads(done.stdout.strip().splitlines()[-1])
    return content


def _watch(pid: int) -> int:
    """Largest resident size in bytes until the process ends; 0 where it has not begun or is over."""
    peak, status = 0, Path(f"/proc/{pid}/status")
    while pid:
        try:
            peak = max(peak, psutil.Process(pid).memory_info().rss)
            marks = status.read_text().splitlines() if status.exists() else []
            peak = max([peak, *(int(line.split()[1]) * 1024 for line in marks if line.startswith("VmHWM"))])
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return peak
        except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            return peak
        time.sleep(_LOOK_SECONDS)
    time.sleep(_LOOK_SECONDS)
    return peak


if __name__ == "__main__":
    sys.exit(main())
