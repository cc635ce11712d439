"""The command line: arguments in, one JSON object or plain lines out. What the commands do stands in ``commands``.

Exit status: 0 success, 2 bad input with one clear line on standard error, 1 an internal failure.
"""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline import jobs
from pipeline.actions.export import FORMATS
from pipeline.actions.plan import PRESETS
from pipeline.cli import commands
from pipeline.cli.checking import add_check, judge_or_check
from pipeline.cli.columns import add_division, add_roles
from pipeline.cli.judging import add_judge
from pipeline.cli.reading import add_reading
from pipeline.cli.terminal import hint
from pipeline.cli.writing import add_sampling
from pipeline.errors import N_, TuneDeskError
from pipeline.i18n import explain, terminal_language, translate


def main(arguments: Sequence[str]) -> int:
    """Carry out one command line. Returns the exit status."""
    options = parser().parse_args(arguments)
    # Only what a person needs goes to the terminal; libraries speak in the logs of jobs.
    logging.basicConfig(level=logging.ERROR)
    try:
        jobs.reconcile()
        result = options.command(options)
    except TuneDeskError as error:
        print(explain(error, terminal_language()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(translate(N_("Interrupted. What runs in the background goes on."), terminal_language()), file=sys.stderr)
        return 130
    except Exception:  # the last net: a bug shows its traceback and its own exit status
        logging.exception("internal failure")
        return 1
    if result is not None:  # None: the command has written it itself, as it came
        print(json.dumps(result, ensure_ascii=False) if options.json else _lines(result))
    return 0


def parser() -> argparse.ArgumentParser:
    """Every command with its options; the README has the same list, and a test compares the two."""
    top = argparse.ArgumentParser(prog="python -m pipeline", description=hint(N_("Train text models from a table.")))
    groups = top.add_subparsers(required=True, metavar="COMMAND")
    _models(groups)
    _data(groups)
    _train(groups)
    _runs(groups)
    _use(groups)
    _command(groups, "doctor", commands.doctor, N_("What works on this machine and what does not."))
    return top


def _models(groups: Any) -> None:
    group = groups.add_parser("models", help=hint(N_("Base models."))).add_subparsers(required=True)
    _command(group, "list", commands.models_list, N_("All models, and which are ready."))
    fetch = _command(group, "fetch", commands.models_fetch, N_("Bring models onto this machine."))
    fetch.add_argument("names", nargs="+", metavar="NAME")
    fetch.add_argument("--accept-licence", action="store_true", help=hint(N_("You have read and accept its licence.")))
    show = _command(group, "show", commands.models_show, N_("One model, and where its files are."))
    show.add_argument("name", metavar="NAME")


def _data(groups: Any) -> None:
    group = groups.add_parser("data", help=hint(N_("Files and datasets."))).add_subparsers(required=True)
    inspect = _command(group, "inspect", commands.data_inspect, N_("What was read from a file."))
    inspect.add_argument("file", metavar="FILE", type=Path)
    add_reading(inspect)
    add_roles(inspect)
    inspect.add_argument(
        "--learnability",
        action="store_true",
        help=hint(N_("Also try whether the labels can be told from the text, and what more of them would bring.")),
    )
    importing = _command(group, "import", commands.data_import, N_("Freeze a file as a dataset."))
    importing.add_argument("file", metavar="FILE", type=Path)
    add_reading(importing)
    add_roles(importing)
    add_division(importing)


def _train(groups: Any) -> None:
    train = _command(groups, "train", commands.train, N_("Train a model."))
    train.add_argument("data", metavar="FILE_OR_DATASET")
    train.add_argument("--model", required=True, metavar="NAME")
    add_reading(train)
    add_roles(train)
    add_division(train)
    train.add_argument("--preset", choices=PRESETS, default="balanced")
    train.add_argument("--name", default="")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--device", choices=["cpu", "cuda", "mps"])
    train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=hint(N_("Change one setting.")))
    train.add_argument("--follow", action="store_true", help=hint(N_("Wait for the end and show the metrics.")))


def _runs(groups: Any) -> None:
    group = groups.add_parser("runs", help=hint(N_("Training runs."))).add_subparsers(required=True)
    _command(group, "list", commands.runs_list, N_("All runs, newest first."))
    for name, function, text in (
        ("show", commands.runs_show, N_("One run: state, progress, metrics.")),
        ("follow", commands.runs_follow, N_("Watch a run to its end.")),
        ("stop", commands.runs_stop, N_("Finish the step, save, evaluate; twice: end at once.")),
        ("resume", commands.runs_resume, N_("Go on from the last whole checkpoint.")),
        ("delete", commands.runs_delete, N_("Remove a run and its model.")),
    ):
        _command(group, name, function, text).add_argument("run", metavar="RUN")


def _use(groups: Any) -> None:
    evaluate = _command(groups, "evaluate", commands.evaluate, N_("How good a run is, and how sure that is."))
    evaluate.add_argument("run", metavar="RUN")
    evaluate.add_argument("--data", type=Path, metavar="FILE", help=hint(N_("Measure on the rows of this file.")))
    add_reading(evaluate)
    predict = _command(groups, "predict", commands.predict, N_("Label or answer the rows of a file."))
    predict.add_argument("run", metavar="RUN", help=hint(N_("A run, or the zip or folder of an export.")))
    predict.add_argument("file", metavar="FILE", type=Path)
    add_reading(predict)
    predict.add_argument("-o", "--output", required=True, type=Path, metavar="OUT")
    predict.add_argument(
        "--only-blank", action="store_true", help=hint(N_("Fill the blank cells of the column of labels or answers."))
    )
    predict.add_argument("--threshold", type=float, default=0.0, metavar="P", help=hint(N_("Below it, leave blank.")))
    generate = _command(groups, "generate", commands.generate, N_("Let a model answer a prompt."))
    generate.add_argument(
        "model", metavar="RUN_OR_MODEL", help=hint(N_("A run that was trained on instructions, or a base model."))
    )
    generate.add_argument("prompt", metavar="PROMPT")
    add_sampling(generate)
    judge = _command(groups, "judge", judge_or_check, N_("Have a language model score answers."))
    add_judge(judge)
    add_check(judge)
    export = _command(groups, "export", commands.export, N_("Carry a model away."))
    export.add_argument("run", metavar="RUN")
    export.add_argument("--format", choices=FORMATS, default="hf")
    export.add_argument("-o", "--output", required=True, type=Path, metavar="PATH")


def _command(groups: Any, name: str, function: Any, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = groups.add_parser(name, help=hint(text), description=hint(text))
    command.add_argument("--json", action="store_true", help=hint(N_("One JSON object on standard output.")))
    command.set_defaults(command=function)
    return command


def _lines(result: Any, indent: str = "") -> str:
    """The same content for a person: one line a fact, a table row a list item."""
    if isinstance(result, list):
        return "\n".join(
            indent + "  ".join(str(value) for value in row.values()) if isinstance(row, dict) else f"{indent}{row}"
            for row in result
        )
    lines = []
    for key, value in result.items():
        if isinstance(value, dict | list) and value:
            lines += [f"{indent}{key}:", _lines(value, indent + "  ")]
        else:
            lines.append(f"{indent}{key}: {value}")
    return "\n".join(lines)
