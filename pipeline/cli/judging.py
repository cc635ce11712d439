"""The command ``judge``: have a judge score answers, and print what it amounts to."""

import argparse
import contextlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from pipeline.actions import judge as judging
from pipeline.cli.terminal import Terminal, hint, say
from pipeline.data.source import import_source
from pipeline.errors import N_, SettingError
from pipeline.i18n import terminal_language, translate
from pipeline.judge.export import as_csv, as_html
from pipeline.judge.gather import paired
from pipeline.judge.judge import USUAL_AT_ONCE, WHY, JudgeInfo, Limits
from pipeline.judge.judgement import Judgement, read_verdicts
from pipeline.judge.material import Material
from pipeline.judge.rubric import SHIPPED, Criterion, Rubric
from pipeline.judge.side_by_side import judged_rows
from pipeline.judge.spec import MODES, JudgeSpec, Mode
from pipeline.judge.summary import Summary
from pipeline.judge.telling import tell
from pipeline.metrics.intervals import Interval

LANGUAGES = tuple(SHIPPED)


def add_judge(command: argparse.ArgumentParser) -> None:
    """The options of ``judge``."""
    command.add_argument(
        "what",
        metavar="RUN_OR_FILE",
        help=hint(
            N_("A run that writes, or a file with the columns instruction, answer and, if there is one, reference.")
        ),
    )
    add_whom(command)
    command.add_argument(
        "--mode", choices=MODES, default=get_args(Mode)[0], help=hint(N_("What the judge is asked for."))
    )
    command.add_argument(
        "--other",
        metavar="RUN_OR_FILE",
        help=hint(N_("Compare with another run or file, or with base: the model that the run came from.")),
    )
    command.add_argument(
        "--rubric",
        type=Path,
        metavar="FILE",
        help=hint(N_("Criteria of your own: a JSON object of names and questions.")),
    )
    command.add_argument(
        "--language",
        choices=LANGUAGES,
        default=LANGUAGES[0],
        help=hint(N_("The language that the judge is spoken to in.")),
    )
    command.add_argument("--free", action="store_true", help=hint(N_("Do not show the judge the right answers.")))
    command.add_argument("--no-reasons", action="store_true", help=hint(N_("Ask for the verdict alone: faster.")))
    command.add_argument(
        "--forged",
        type=int,
        default=0,
        metavar="N",
        help=hint(N_("Test N answers with a forged demand for the best score.")),
    )
    command.add_argument(
        "--limit", type=int, metavar="N", help=hint(N_("Only N prompts: the first ones, with check some at random."))
    )
    command.add_argument(
        "--group", default="", metavar="COL", help=hint(N_("Figures for each value of this column, too."))
    )
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="PATH",
        help=hint(N_("Write it to this file: every row as .csv, or one page with the figures as .html.")),
    )
    command.add_argument("--name", default="", help=hint(N_("What the judgement is called.")))


def add_whom(command: argparse.ArgumentParser) -> None:
    """Who judges."""
    command.add_argument(
        "--judge-model",
        required=True,
        metavar="NAME",
        help=hint(N_("A run or base model of this machine, or what the server calls its model.")),
    )
    command.add_argument(
        "--endpoint",
        default="",
        metavar="URL",
        help=hint(N_("An OpenAI-compatible server, up to /v1; its key comes from TUNEDESK_JUDGE_KEY.")),
    )
    command.add_argument(
        "--at-once",
        type=int,
        default=USUAL_AT_ONCE,
        metavar="N",
        help=hint(N_("Questions that the server is asked at the same time.")),
    )
    command.add_argument(
        "--a-minute", type=int, metavar="N", help=hint(N_("At most so many requests to the server in a minute."))
    )
    command.add_argument(
        "--prices",
        type=float,
        nargs=2,
        metavar=("READ", "WRITTEN"),
        help=hint(N_("What a million tokens cost, read and written: says what it will cost.")),
    )


def judge(options: argparse.Namespace) -> dict[str, Any]:
    """Have the answers judged, and wait for it."""
    require_output(options)
    limits = Limits(options.at_once, options.a_minute)
    material = _material(options)
    if options.limit:
        material = judging.first_items(material, options.limit)
    spec = JudgeSpec(
        mode=options.mode,
        rubric=read_rubric(options),
        guided=not options.free,
        reasons=not options.no_reasons,
        forged=options.forged,
    )
    info = judging.whom(options.judge_model, options.endpoint)
    say_expected(judging.expected(material, spec, info, limits), info, options)
    if info.weak:
        say(
            translate(
                N_("{judge} is a small model: look how far it agrees with people (judge check) before you trust it."),
                terminal_language(),
                judge=info.model,
            )
        )
    judgement = judging.start(material, spec, info, options.name, limits=limits)
    with contextlib.closing(Terminal()) as terminal:
        summary = judging.follow(judgement, terminal.follow)
    return {
        "judgement": judgement.id,
        "judge": info.model,
        **write_output(judgement, summary, options),
        **as_json(summary),
    }


def require_output(options: argparse.Namespace) -> None:
    """Say before the first question that -o could not be written. Raises SettingError."""
    if options.output and (
        options.output.suffix.casefold() not in (".csv", ".html") or not options.output.absolute().parent.is_dir()
    ):
        raise SettingError(
            N_("{file} cannot be written. Name a file that ends in .csv or .html, in a folder that there is."),
            file=str(options.output),
        )


def write_output(judgement: Judgement, summary: Summary, options: argparse.Namespace) -> dict[str, Any]:
    """Write where -o says; the key ``path``, or none."""
    if not options.output:
        return {}
    rows = judged_rows(judgement, read_verdicts(judgement.id), summary)
    language = terminal_language()
    if options.output.suffix.casefold() == ".csv":
        options.output.write_bytes(as_csv(judgement, rows, language))
    else:
        told = tell(judgement, summary, rows, language, datetime.now().strftime("%Y-%m-%d %H:%M"))
        options.output.write_text(as_html(told), encoding="utf-8")
    return {"path": str(options.output)}


def say_expected(expected: judging.Expected, info: JudgeInfo, options: argparse.Namespace) -> None:
    """What asking will take, before the first question."""
    language = terminal_language()
    say(translate(N_("{n} questions for {judge}."), language, n=f"{expected.questions:,}", judge=info.model))
    if expected.seconds:
        say(translate(N_("About {n} minutes."), language, n=f"{expected.seconds / 60:.1f}"))
    if options.prices:
        cost = expected.cost(*options.prices)
        tokens = expected.tokens_read + expected.tokens_written
        say(
            translate(
                N_("About {cost} at these prices, for {tokens} tokens."),
                language,
                cost=f"{cost:,.2f}",
                tokens=f"{tokens:,}",
            )
        )


def as_json(summary: Summary) -> dict[str, Any]:
    """The figures of a judgement; of two contestants the keys without a name are those of the one in question."""
    missing = {translate(WHY[why], terminal_language()): count for why, count in summary.missing.items()}
    told: dict[str, Any] = {"usable": summary.usable, "coverage": summary.coverage, "missing_because": missing}
    if summary.duel is not None:
        duel = summary.duel
        counts = {"scored": duel.decided, "missing": duel.missing, "wins": duel.wins, "losses": duel.losses}
        return told | counts | {"ties": duel.ties, "flips": duel.flips} | _figure(duel.rate)
    last = summary.standings[-1]
    told |= {"scored": last.scored, "missing": last.missing} | _figure(last.mean)
    told["criteria"] = {name: _figure(figure) for name, figure in last.criteria.items()}
    if len(summary.standings) == 2:
        other = summary.standings[0]
        beside = {"name": other.name, "scored": other.scored, "missing": other.missing, **_figure(other.mean)}
        beside |= {"coverage": other.coverage, "usable": summary.done and other.usable}
        told |= {"other": beside, "difference": _figure(summary.difference)}
    return told


def _figure(figure: Interval | None) -> dict[str, float | None]:
    if figure is None:
        return {"mean": None, "low": None, "high": None}
    return {"mean": figure.value, "low": figure.low, "high": figure.high}


def _material(options: argparse.Namespace) -> Material:
    if not Path(options.what).is_file():
        if options.other and Path(options.other).is_file():
            raise SettingError(N_("A run is compared with another run, or with its base model, not with a file."))
        return judging.of_run(options.what, options.other or "", options.group)
    material = _of_file(Path(options.what), options.group)
    if not options.other:
        return material
    if not Path(options.other).is_file():
        raise SettingError(N_("There is no file {file}. Check the path."), file=options.other)
    return paired(_of_file(Path(options.other)), material)


def _of_file(path: Path, group: str = "") -> Material:
    source = import_source(path, path.name, progress=Terminal())
    columns = replace(judging.columns_of(source.id), group=group)
    say(
        translate(
            N_("Instruction: {asked}. Answer: {answers}. Right answer: {reference}."),
            terminal_language(),
            asked=", ".join(columns.asked),
            answers=", ".join(columns.answers),
            reference=columns.reference or "-",
        )
    )
    return judging.of_file(source.id, columns)


def read_rubric(options: argparse.Namespace) -> Rubric:
    """The criteria of --rubric, else those that ship in --language. Raises SettingError."""
    if options.rubric is None:
        return SHIPPED[options.language]
    try:
        content = json.loads(options.rubric.read_text(encoding="utf-8"))
        criteria = tuple(Criterion(str(name), str(question)) for name, question in content.items())
    except (OSError, ValueError, AttributeError) as error:
        raise SettingError(
            N_("{file} is no rubric: it has to be a JSON object of names and questions."), file=str(options.rubric)
        ) from error
    return Rubric(options.language, criteria)
