"""What each command does: read its options, call the actions, return what ``--json`` prints (a contract, design.md)."""

import argparse
import contextlib
import dataclasses
import importlib.metadata
import platform
import shutil
from pathlib import Path
from typing import Any

from pipeline import system
from pipeline.actions import data, jobs, models, runs, use
from pipeline.actions import train as training
from pipeline.actions.runs import RunInfo
from pipeline.cli.columns import check_task, pick_question, read_dates_as, refuse_choices, say_question
from pipeline.cli.inspecting import check_source
from pipeline.cli.reading import reading_options, refuse_reading
from pipeline.cli.terminal import Terminal
from pipeline.cli.writing import write_answer
from pipeline.data.columns import profile_source
from pipeline.data.source import ReadOptions, Source, import_source
from pipeline.errors import N_, JobError, SettingError, UnfitData, UnreadableFile
from pipeline.evaluation.report import Report, load_report
from pipeline.i18n import terminal_language, translate
from pipeline.jobs import JobInfo, Moment
from pipeline.models import devices
from pipeline.runs import store
from pipeline.settings import workspace
from pipeline.tasks import registry

Json = dict[str, Any]


def models_list(options: argparse.Namespace) -> list[Json]:
    """All models, and which are ready."""
    return [_model(card) for card in models.list_models()]


def models_fetch(options: argparse.Namespace) -> list[Json]:
    """Bring models onto this machine, one after the other."""
    for name in options.names:
        if models.get_model(name).state != "ready":
            _fetch(name, options.accept_licence)
    return [_model(models.get_model(name)) for name in options.names]


def models_show(options: argparse.Namespace) -> Json:
    """One model, and where its files are."""
    card = models.get_model(options.name)
    return _model(card) | {"path": str(card.path) if card.path else "", "family": card.family, "context": card.context}


def data_inspect(options: argparse.Namespace) -> Json:
    """What was read from a file, and what is wrong with it before anything is learned."""
    source = _import(options.file, reading_options(options))
    report, language = source.report, terminal_language()
    checked = check_source(source, options)
    read = [
        {"kind": found.kind, "rows": found.rows, "message": translate(found.message, language, **dict(found.values))}
        for found in report.findings
    ]
    return checked | {
        "rows_read": report.rows_read,
        "rows_repaired": report.rows_repaired,
        "rows_set_aside": report.rows_set_aside,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "header_row": report.header_row,
        "columns": [
            {"name": column.name, "kind": column.kind, "blank": column.blank, "unique": column.unique}
            for column in profile_source(source.id)
        ],
        "findings": [*read, *checked["findings"]],
    }


def data_import(options: argparse.Namespace) -> Json:
    """Freeze a file as a dataset."""
    dataset = _dataset(options.file, options)
    return {"dataset": dataset.id, "name": dataset.name, "rows": _row_counts(dataset)}


def train(options: argparse.Namespace) -> Json:
    """Train a model; with ``--follow``, wait for its metrics."""
    training.stand_by()
    dataset = _dataset_of(options)
    if models.get_model(options.model).state != "ready":
        _fetch(options.model, accepted_licence=False)
    settings = _settings(options.set)
    cached = settings.pop("cache", "on")
    if cached not in ("on", "off"):
        raise SettingError(N_("cache is {value}; it must be on or off."), value=cached)
    run = training.start(
        dataset,
        options.model,
        options.preset,
        name=options.name,
        seed=options.seed,
        device=options.device,
        settings=settings,
        use_cache=cached == "on",
    )
    if options.follow:
        run = _follow_run(run)
    return _trained(run, dataset)


def runs_list(options: argparse.Namespace) -> list[Json]:
    """All runs, newest first."""
    return [
        {"run": run.id, "name": run.name, "state": run.state, "position": run.position, **run.metrics}
        for run in runs.list_runs()
    ]


def runs_show(options: argparse.Namespace) -> Json:
    """One run: state, progress, metrics, and when it came into which state."""
    run = runs.get_run(options.run)
    return _run(run) | {"states": [_moment(moment) for moment in runs.timeline(run.id)]}


def runs_follow(options: argparse.Namespace) -> Json:
    """Watch a run to its end."""
    return _run(_follow_run(runs.get_run(options.run)))


def runs_stop(options: argparse.Namespace) -> Json:
    """Ask a run to stop, and wait until it has."""
    training.stop(options.run)
    return _run(_follow_run(runs.get_run(options.run)))


def runs_resume(options: argparse.Namespace) -> Json:
    """Go on from the last whole checkpoint, and wait for the end."""
    return _run(_follow_run(training.resume(options.run)))


def runs_delete(options: argparse.Namespace) -> Json:
    """Remove a run and its model."""
    run = runs.get_run(options.run)
    runs.delete(run.id)
    return {"run": run.id, "deleted": True}


def evaluate(options: argparse.Namespace) -> Json:
    """The report of a run, or its figures on the labelled rows of another file."""
    run = runs.get_run(options.run)
    if options.data is None:
        refuse_reading(options)
        return _report(load_report(run.id))
    from pipeline.evaluation.fresh import measure_on

    source = _import(options.data, reading_options(options))
    return dataclasses.asdict(measure_on(use.bundle_of(run.id), source.id))


def predict(options: argparse.Namespace) -> Json:
    """Label or answer the rows of a file with a run, or with the zip or folder of an export."""
    from pipeline.export.hf import open_exported
    from pipeline.inference.fill import fill_file

    exported = Path(options.run).exists()
    bundle = open_exported(Path(options.run)) if exported else use.bundle_of(options.run)
    filled = fill_file(
        bundle,
        _import(options.file, reading_options(options)).id,
        options.output,
        only_blank=options.only_blank,
        threshold=options.threshold,
        progress=Terminal(),
        device="cpu" if exported else use.device_of(options.run),
    )
    return {
        "rows": filled.rows,
        "filled": filled.filled,
        "abstained": filled.abstained,
        "too_long": filled.too_long,
        "broken_off": filled.broken_off,
        "path": str(filled.path),
        "rows_per_second": filled.rows_per_second,
    }


def generate(options: argparse.Namespace) -> Json | None:
    """The answer of a run or a base model to a prompt, as it is written."""
    return write_answer(options, lambda name: _fetch(name, accepted_licence=False))


def export(options: argparse.Namespace) -> Json:
    """Carry a model away, with the proof that it answers the same."""
    from pipeline.actions.export import start_export

    return _follow(start_export(options.run, options.format, options.output.absolute())).result


def doctor(options: argparse.Namespace) -> Json:
    """What works on this machine and what does not."""
    packages = ("torch", "transformers", "datasets", "evaluate", "streamlit", "pandas", "plotly")
    workspace().home.mkdir(parents=True, exist_ok=True)
    disk = shutil.disk_usage(workspace().home)
    with store.session():
        database = "ok"
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": system.physical_cores(),
        "devices": [dataclasses.asdict(device) for device in devices.devices()],
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "workspace": str(workspace().home),
        "disk_free_bytes": disk.free,
        "models_ready": [card.name for card in models.list_models() if card.state == "ready"],
        "database": database,
    }


def _follow(job_id: str) -> JobInfo:
    with contextlib.closing(Terminal()) as terminal:
        return jobs.wait(job_id, terminal.follow)


def _fetch(name: str, accepted_licence: bool) -> None:
    job = models.start_fetch(name, accepted_licence=accepted_licence)
    try:
        _follow(job)
    except KeyboardInterrupt:
        # A download has nobody to go on for: it stops, and tidies up what is half written.
        jobs.cancel_job(job)
        jobs.wait(job)
        raise


def _follow_run(run: RunInfo) -> RunInfo:
    if not run.over:
        try:
            _follow(run.job)
        except JobError as error:
            raise JobError(N_("The run {run} has failed. {cause}"), run=run.name, cause=str(error)) from error
    return runs.get_run(run.id)


def _import(path: Path, options: ReadOptions) -> Source:
    if not path.is_file():
        raise UnreadableFile(N_("There is no file {file}. Check the path."), file=str(path))
    return import_source(path, path.name, options, Terminal())


def _dataset_of(options: argparse.Namespace) -> data.Dataset:
    path = Path(options.data)
    if path.is_file():
        return _dataset(path, options)
    dataset = data.get_dataset(options.data)
    refuse_choices(options)
    check_task(dataset.view, options)
    return dataset


def _dataset(path: Path, options: argparse.Namespace) -> data.Dataset:
    reading = reading_options(options)
    source = _import(path, reading)
    question = pick_question(source, options)
    if not question.answers:
        raise UnfitData(
            N_("{file} has no column that looks like labels. Its columns are {columns}; name one with --label."),
            file=path.name,
            columns=", ".join(source.columns),
        )
    say_question(question, options)
    return data.create_dataset(
        source.id,
        name=path.stem,
        **dataclasses.asdict(question),
        group=options.group or "",
        time=options.time or "",
        date_order=read_dates_as(source, options),
        test_source_id=_import(options.test_file, reading).id if options.test_file else "",
        test_column=options.test_column or "",
        progress=Terminal(),
    )


def _settings(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise SettingError(N_("{setting} is not a setting; write it as name=value."), setting=pair)
    return dict(pair.split("=", 1) for pair in pairs)


def _row_counts(dataset: data.Dataset) -> dict[str, int]:
    counts = data.row_counts(dataset)
    return {"train": counts.train, "validation": counts.validation, "test": counts.test, "blank": counts.blank}


def _trained(run: RunInfo, dataset: data.Dataset) -> Json:
    report = load_report(run.id) if run.has_model else None
    return {
        "run": run.id,
        "name": run.name,
        "state": run.state,
        "task": registry.task_of(dataset.view).name,
        "seconds": run.seconds,
        "metrics": run.metrics,
        "intervals": _intervals(report) if report else {},
        "baselines": _baselines(report) if report else {},
        "verdict": run.verdict,
        "rows": _row_counts(dataset),
    }


def _report(report: Report) -> Json:
    return {
        "run": report.run,
        "metrics": report.metrics,
        "intervals": _intervals(report),
        "baselines": _baselines(report),
        "verdict": report.verdict,
        "test_rows": report.test_rows,
    }


def _intervals(report: Report) -> Json:
    return {name: [figure.low, figure.high] for name, figure in report.figures.items()}


def _baselines(report: Report) -> Json:
    return {
        name: {measure: figure.value for measure, figure in vars(scores).items() if figure is not None}
        for name, scores in report.baselines.items()
    }


def _run(run: RunInfo) -> Json:
    cause = translate(run.cause, terminal_language(), **run.cause_values) if run.cause else ""
    keys = ("name", "state", "step", "steps", "resumed_from", "metrics", "verdict", "pid", "position", "rows_at_once")
    return {"run": run.id, "cause": cause, **{key: getattr(run, key) for key in keys}}


def _moment(moment: Moment) -> Json:
    note = translate(moment.note, terminal_language()) if moment.note else ""
    return {"state": moment.state, "since": moment.since.isoformat(timespec="seconds"), "note": note}


def _model(card: models.ModelCard) -> Json:
    return {
        "name": card.name,
        "family": card.family,
        "languages": list(card.languages),
        "licence": card.licence,
        "parameters": card.parameters,
        "ready": card.state == "ready",
    }
