"""The job ``train``: baselines, training, answers on the test rows, report, sealed bundle."""

import contextlib
import time
from pathlib import Path
from typing import Any

from pipeline import cache
from pipeline.errors import N_
from pipeline.evaluation.report import Report, build_report
from pipeline.runs import store
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.progress import Progress, Stopped
from pipeline.runs.spec import RunSpec, load_spec
from pipeline.settings import workspace
from pipeline.tasks import registry
from pipeline.tasks.examples import load_examples
from pipeline.tasks.task import Examples, Task
from pipeline.training.checkpoints import disk_watched
from pipeline.training.run import finish_bundle, train

BASELINE = N_("Measuring the baselines")
REPORT = N_("Writing the report")


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Train the run ``request["run"]``, or go on from its last whole checkpoint.

    Raises:
        Stopped: asked to stop; what was trained until then is evaluated and can be used.
        TuneDeskError: out of disk space, unfit data, a loss that is not a number.
    """
    run_id = str(request["run"])
    folder = workspace().runs / run_id
    spec = load_spec(folder)
    started = time.monotonic()
    metrics = MetricsWriter(folder)
    with disk_watched(), contextlib.nullcontext() if spec.use_cache else cache.off():
        task = registry.get(spec.task)
        examples = load_examples(task, spec.view, spec.split)
        _measure_baselines(spec, task, examples, folder, metrics, progress)
        trained = train(spec, folder, progress, metrics)
        progress.advance(REPORT, 0, 1)
        report = build_report(run_id, folder, spec)
        finish_bundle(folder, store.get_run(run_id).name, report.metrics)
    metrics.write("test", **report.metrics)
    metrics.close()
    result = _keep(run_id, report, time.monotonic() - started)
    if trained.stopped:
        raise Stopped(result)
    return result


def _measure_baselines(
    spec: RunSpec, task: Task, examples: Examples, folder: Path, metrics: MetricsWriter, progress: Progress
) -> None:
    """The opponents on the same rows; the monitor draws them as dashed lines."""
    if any(event.kind == "baseline" for event in read_metrics(folder)):
        return
    progress.advance(BASELINE, 0, 1)
    names, validation, test = task.names(spec.view), examples.validation, examples.test
    for name, baseline in task.baselines(examples, len(names), progress).items():
        save_answers(Answers(test.rows, test.targets, baseline.test, names, baseline.thresholds), folder, name)
        measured = task.measure(validation.targets, baseline.validation, baseline.thresholds)
        metrics.write("baseline", name=name, **measured)


def _keep(run_id: str, report: Report, seconds: float) -> dict[str, Any]:
    with store.session() as session:
        row = session.get(store.RunRow, run_id)
        if row is not None:
            row.sqlmodel_update(
                {"metrics": report.metrics, "verdict": report.verdict, "seconds": row.seconds + seconds}
            )
            session.add(row)
    return {"metrics": report.metrics, "verdict": report.verdict}
