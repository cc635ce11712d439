"""The job ``train``: baselines, training, answers on the test rows, report, sealed bundle."""

import contextlib
import time
from typing import Any

from pipeline import cache
from pipeline.errors import N_
from pipeline.evaluation.report import Report, build_report
from pipeline.runs import store
from pipeline.runs.metrics_log import MetricsWriter
from pipeline.runs.progress import Progress, Stopped
from pipeline.runs.spec import load_spec
from pipeline.settings import workspace
from pipeline.training.checkpoints import disk_watched
from pipeline.training.run import finish_bundle, train
from pipeline.work.baselines import measuring

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
        with measuring(run_id, folder, metrics):
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


def _keep(run_id: str, report: Report, seconds: float) -> dict[str, Any]:
    with store.session() as session:
        row = session.get(store.RunRow, run_id)
        if row is not None:
            row.sqlmodel_update(
                {"metrics": report.metrics, "verdict": report.verdict, "seconds": row.seconds + seconds}
            )
            session.add(row)
    return {"metrics": report.metrics, "verdict": report.verdict}
