"""How far a judge agrees with people: ``judge check`` over three public sets.

    python -m benchmarks.judge_trust --data FOLDER --out RESULTS.json --judge-model NAME [--endpoint URL]
                                     [--only NAME ...] [--limit N] [--forged N] [--no-reasons]

FOLDER holds llmbar_natural (100 pairs with a label that is right beyond dispute), pandalm_human (999 pairs, three
annotators) and rasbt_instruct (100 prompts with the answers of two models; there GPT-4's scores stand in for people's,
and Llama-3-8B's published scores of the same answers are printed beside GPT-4's, to compare with). Finished sets
are kept in RESULTS.json by judge, set and limit; an unfinished one goes on, since verdicts are kept in the workspace.
Prints a table: answers compared, coverage, preferred answers found (a coin: 50 %), same outcome, kappa, correlations,
flips, and what a forged demand shifts, each with its interval; then the judge's verdict in words.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.cells import ROOT, machine
from pipeline.metrics.correlation import correlation_interval, kendall, pearson, spearman

LLMBAR, PANDALM, RASBT = "llmbar_natural", "pandalm_human", "rasbt_instruct"
FILES = {LLMBAR: "llmbar_natural_100.csv", PANDALM: "testset_999.csv"}
SHARES = ("preferred", "accuracy")
AGREEMENT = ("kappa", "spearman", "pearson", "kendall")
GPT4, LLAMA3 = "gpt4", "llama3-8b"


def main() -> int:
    """Check what is missing, print the table. Returns 0."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--judge-model", required=True)
    parser.add_argument("--endpoint", default="")
    parser.add_argument("--only", nargs="*", choices=[LLMBAR, PANDALM, RASBT], default=[LLMBAR, PANDALM, RASBT])
    parser.add_argument("--limit", type=int)
    parser.add_argument("--forged", type=int, default=20)
    parser.add_argument("--no-reasons", action="store_true")
    options = parser.parse_args()
    cells: dict[str, Any] = json.loads(options.out.read_text()) if options.out.exists() else {}
    print(machine())
    print(
        "| set | judge | compared | coverage | preferred found | same outcome | kappa | Spearman | Pearson | Kendall | "
        "flips | forged shift | minutes |\n" + "|---" * 13 + "|"
    )
    for name in options.only:
        key = f"{options.judge_model} {name} {options.limit or 'all'} {options.forged} {options.no_reasons}"
        if key not in cells:
            cells[key] = _check(name, options)
            options.out.write_text(json.dumps(cells, indent=1, ensure_ascii=False))
        _print(name, cells[key])
    if RASBT in options.only:
        _print_published(options.data)
    return 0


def _check(name: str, options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = _merged(options.data, Path(folder)) if name == RASBT else options.data / name / FILES[name]
        command = [
            *(sys.executable, "-m", "pipeline", "judge", "check", "--data", str(file), "--json"),
            *("--judge-model", options.judge_model, "--forged", str(options.forged), "--name", name),
            *(["--endpoint", options.endpoint] if options.endpoint else []),
            *(["--limit", str(options.limit)] if options.limit else []),
            *(["--no-reasons"] if options.no_reasons else []),
        ]
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        return {"minutes": (time.monotonic() - started) / 60, **json.loads(done.stdout)}


def _merged(data: Path, folder: Path) -> Path:
    """The answers of both models with GPT-4's score of each beside it."""
    rows = json.loads((data / RASBT / "eval-example-data.json").read_text(encoding="utf-8"))
    scores = [_scores(data, GPT4, model) for model in (1, 2)]
    merged = [
        {**row, "model 1 score": one, "model 2 score": other} for row, one, other in zip(rows, *scores, strict=True)
    ]
    file = folder / "eval-example-data.json"
    file.write_text(json.dumps(merged, ensure_ascii=False), encoding="utf-8")
    return file


def _scores(data: Path, judge: str, model: int) -> list[float]:
    file = data / RASBT / f"scores-{judge}-model-{model}-response.json"
    return list(json.loads(file.read_text(encoding="utf-8")))


def _print(name: str, cell: dict[str, Any]) -> None:
    agreement, bias = cell["agreement"], cell["bias"]
    columns = [
        name,
        cell["judge"],
        f"{cell['compared']}",
        f"{cell['coverage']:.0%}",
        *(_share(agreement[figure]) for figure in SHARES),
        *(_number(agreement[figure]) for figure in AGREEMENT),
        _share(bias["flips"]),
        _number(bias["forged_shift"]),
        f"{cell['minutes']:.1f}",
    ]
    print("| " + " | ".join(columns) + " |", flush=True)
    people = cell["people"]
    if people:
        print(f"  people with each other {_share(people['between'])}, judge with one of them {_share(people['judge'])}")
    print(f"  {cell['verdict']}: {cell['said']}", flush=True)


def _print_published(data: Path) -> None:
    """Llama-3-8B beside GPT-4 on model 1's answers; of model 2's a score is missing, and nobody knows which."""
    gpt4, llama3 = _scores(data, GPT4, 1), _scores(data, LLAMA3, 1)
    figures = [correlation_interval(figure, gpt4, llama3) for figure in (spearman, pearson, kendall)]
    told = [_number(vars(figure)) if figure else "-" for figure in figures]
    print(
        f"For comparison, Llama-3-8B with GPT-4 on {len(gpt4)} answers: Spearman, Pearson, Kendall " + ", ".join(told)
    )


def _share(figure: dict[str, float] | None) -> str:
    return "-" if figure is None else f"{figure['value']:.1%} ({figure['low']:.1%} to {figure['high']:.1%})"


def _number(figure: dict[str, float] | None) -> str:
    return "-" if figure is None else f"{figure['value']:.2f} ({figure['low']:.2f} to {figure['high']:.2f})"


if __name__ == "__main__":
    sys.exit(main())
