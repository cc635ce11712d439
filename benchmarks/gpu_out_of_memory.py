"""A GPU whose memory somebody else has taken: the run goes on with smaller shares of the same batches, and ends.

    python -m benchmarks.gpu_out_of_memory --data FOLDER --out RESULTS.json

FOLDER holds rasbt_instruct, of which 935 rows are learned once by SmolLM2-135M-Instruct in batches of 64: first with
the whole GPU, then beside a process that leaves a share of what the first run had in use. The share is made smaller
until memory runs out. Required: a run that ran out of memory finishes all the same, with as many steps, and what it
learned is worth as much (bits a character within 0.01).
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.cells import machine
from benchmarks.on_gpu import WRITTEN, Case, fresh_home, instructions, watch
from pipeline.actions import runs
from pipeline.models import devices
from pipeline.runs.metrics_log import read_metrics
from pipeline.settings import workspace

BATCH = 64
CASE = Case("out of memory", WRITTEN, "SmolLM2-135M-Instruct", (("batch_size", str(BATCH)), ("epochs", "1")))
SHARES = (0.75, 0.6, 0.45)  # of what the unhindered run has in use
NEAR = 0.01  # bits a character

# Has all of the GPU's memory but so many bytes until its input ends.
HOLDER = """
import sys, torch
free, _ = torch.cuda.mem_get_info()
held = torch.empty(free - int(sys.argv[1]), dtype=torch.uint8, device="cuda")
print("held", flush=True)
sys.stdin.read()
"""


def main() -> int:
    """Train with and without the memory, print the table. Returns 1 if the hindered run fell short, else 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    gpu = devices.choose("cuda")
    models = workspace().models
    cells = [_trained(options.data, models)]
    for share in SHARES:
        options.out.write_text(json.dumps(cells, indent=1))
        cells.append(_beside_holder(options.data, models, round(share * cells[0]["bytes"])))
        if cells[-1]["halvings"]:
            break
    options.out.write_text(json.dumps(cells, indent=1))
    print(f"{gpu.label}; {machine()}\n")
    print("| left to the run | state | rows at once | steps | bits a character | most in use | seconds |")
    print("|---|---|---|---|---|---|---|")
    for cell in cells:
        left = f"{cell['left'] / 1e9:.1f} GB" if cell["left"] else "everything"
        print(
            f"| {left} | {cell['state']} | {BATCH >> cell['halvings']} of {BATCH} | {cell['steps']} "
            f"| {cell['bits']:.4f} | {cell['bytes'] / 1e9:.1f} GB | {cell['seconds']:.0f} |"
        )
    free, hindered = cells[0], cells[-1]
    alike = hindered["steps"] == free["steps"] and abs(hindered["bits"] - free["bits"]) <= NEAR
    return 0 if hindered["halvings"] and hindered["state"] == "finished" and alike else 1


def _beside_holder(data: Path, models: Path, left: int) -> dict[str, Any]:
    """The run while another process leaves only so many bytes."""
    command = [sys.executable, "-c", HOLDER, str(left)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        if holder.stdout.readline().strip() != "held":
            raise SystemExit("the other process could not take the GPU's memory")
        return {**_trained(data, models), "left": left}


def _trained(data: Path, models: Path) -> dict[str, Any]:
    """One run in a fresh workspace, and what the whole GPU had in use more than before."""
    with fresh_home(models) as folder:
        _, dataset = instructions(CASE, data / CASE.data, folder)
        run, seconds, most = watch(dataset, CASE)
        if run.state != "finished":
            print(f"ended as {run.state}: {run.cause}\n{runs.run_log(run.id)[-3000:]}", file=sys.stderr)
        events = read_metrics(workspace().runs / run.id)
        measured = [event.values for event in events if event.kind == "validation"]
        return {
            "left": 0,
            "state": run.state,
            "seconds": seconds,
            "halvings": max((event.values["halvings"] for event in events if event.kind == "smaller"), default=0),
            "steps": max((event.values["step"] for event in events if event.kind == "train"), default=0),
            "bits": measured[-1]["bits_per_character"] if measured else float("nan"),
            "bytes": most,
        }


if __name__ == "__main__":
    sys.exit(main())
