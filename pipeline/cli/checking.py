"""The command ``judge check``: ask a judge about answers that people have judged, and say how far the two agree.

``--json`` prints one object: judgement, judge, mode, items, columns (asked, answers, labels; null of a tasting),
coverage, usable, missing_because; verdict (one word, see ``judge.trust``) and said (the same as a sentence); compared,
unjudged, raters; agreement (preferred, accuracy, kappa, spearman, pearson, kendall), people (between, judge,
difference, alpha) and bias (flips, first, length, length_given_people, forged_shift, forged_turned, forged_asked); with
-o, path. A figure is an object of value, low and high, the ends of its 95 % interval; null is what these answers, this
mode or these labels do not tell.
"""

import argparse
import contextlib
from pathlib import Path
from typing import Any

from pipeline.actions import judge as judging
from pipeline.actions import trust as trusting
from pipeline.cli.judging import judge, read_rubric, require_output, write_output
from pipeline.cli.terminal import Terminal, hint, say
from pipeline.data.source import import_source
from pipeline.errors import N_, SettingError
from pipeline.i18n import terminal_language, translate
from pipeline.judge.bias import BiasReport
from pipeline.judge.calibration import LabelledColumns
from pipeline.judge.judge import WHY, Limits
from pipeline.judge.judgement import Judgement
from pipeline.judge.labelled import Labelled
from pipeline.judge.summary import Summary
from pipeline.judge.trust import Agreed, People, TrustReport, sentence
from pipeline.metrics.intervals import Interval

CHECK = "check"  # in place of what is to be judged


def add_check(command: argparse.ArgumentParser) -> None:
    """The options of ``judge check``, beside those of ``judge``."""
    command.add_argument(
        "--data",
        type=Path,
        metavar="FILE",
        help=hint(N_("With check in place of a run: a file with people's labels, to see how far the judge agrees.")),
    )
    command.add_argument(
        "--tasting",
        metavar="ID",
        help=hint(
            N_("With check in place of a run: a blind tasting, whose votes are what the judge is compared with.")
        ),
    )


def judge_or_check(options: argparse.Namespace) -> dict[str, Any]:
    """Judge answers or, with ``check``, the judge."""
    if options.data is None and options.tasting is None:
        if options.what == CHECK and not Path(CHECK).exists():
            raise SettingError(N_("Name the file with people's labels: judge check --data FILE."))
        return judge(options)
    if options.what != CHECK or (options.data and options.tasting):
        raise SettingError(N_("One of --data and --tasting goes with check: judge check --data FILE."))
    return check(options)


def check(options: argparse.Namespace) -> dict[str, Any]:
    """Have a judge asked about what people have judged already, and compare the two."""
    require_output(options)
    limits = Limits(options.at_once, options.a_minute)
    columns = None
    if options.tasting:
        labelled = trusting.labelled_tasting(options.tasting)
    else:
        labelled, columns = _of_file(options)
    info = judging.whom(options.judge_model, options.endpoint)
    judgement = trusting.check(
        labelled.some(options.limit) if options.limit else labelled,
        info,
        rubric=read_rubric(options),
        guided=not options.free,
        reasons=not options.no_reasons,
        forged=options.forged,
        name=options.name or (options.data.stem if options.data else ""),
        limits=limits,
    )
    with contextlib.closing(Terminal()) as terminal:
        summary = judging.follow(judgement, terminal.follow)
    written = write_output(judgement, summary, options)
    return written | told(judgement, columns, summary, trusting.trust(judgement.id), trusting.bias(judgement.id))


def _of_file(options: argparse.Namespace) -> tuple[Labelled, LabelledColumns]:
    if not options.data.is_file():
        raise SettingError(N_("There is no file {file}. Check the path."), file=str(options.data))
    source = import_source(options.data, options.data.name, progress=Terminal())
    labelled, columns = trusting.labelled_file(source.id, options.mode)
    _say_columns(columns)
    return labelled, columns


def told(
    judgement: Judgement, columns: LabelledColumns | None, summary: Summary, report: TrustReport, bias: BiasReport
) -> dict[str, Any]:
    """What ``--json`` prints."""
    language, (message, values) = terminal_language(), sentence(report)
    return {
        "judgement": judgement.id,
        "judge": judgement.judge.model,
        "mode": judgement.spec.mode,
        "items": len(judgement.material.items),
        "columns": None if columns is None else _columns(columns),
        "coverage": summary.coverage,
        "usable": summary.usable,
        "missing_because": {translate(WHY[why], language): count for why, count in summary.missing.items()},
        "verdict": report.verdict,
        "said": translate(message, language, **values),
        "compared": report.compared,
        "unjudged": report.unjudged,
        "raters": list(report.raters),
        "agreement": _agreement(report.agreed),
        "people": _people(report.people),
        "bias": _bias(bias),
    }


def _columns(columns: LabelledColumns) -> dict[str, Any]:
    judged = columns.judged
    return {"asked": list(judged.asked), "answers": list(judged.answers), "labels": list(columns.labels)}


def _agreement(agreed: Agreed) -> dict[str, Any]:
    return {name: _figure(figure) for name, figure in vars(agreed).items()}


def _people(people: People | None) -> dict[str, Any] | None:
    if people is None:
        return None
    figures = {"between": people.between, "judge": people.judge, "difference": people.difference}
    return {name: _figure(figure) for name, figure in figures.items()} | {"alpha": people.alpha}


def _bias(bias: BiasReport) -> dict[str, Any]:
    position, length, forged = bias.position, bias.length, bias.forged
    return {
        "flips": _figure(position.flips if position else None),
        "first": _figure(position.first if position else None),
        "length": _figure(length.alone if length else None),
        "length_given_people": _figure(length.given_people if length else None),
        "forged_shift": _figure(forged.shift if forged else None),
        "forged_turned": _figure(forged.turned if forged else None),
        "forged_asked": forged.asked if forged else None,
    }


def _figure(figure: Interval | None) -> dict[str, float] | None:
    return None if figure is None else {"value": figure.value, "low": figure.low, "high": figure.high}


def _say_columns(columns: LabelledColumns) -> None:
    say(
        translate(
            N_("Instruction: {asked}. Answers: {answers}. What people say: {labels}."),
            terminal_language(),
            asked=", ".join(columns.judged.asked),
            answers=", ".join(columns.judged.answers),
            labels=", ".join(columns.labels) or "-",
        )
    )
