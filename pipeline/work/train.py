"""The job ``train``: baselines, training, answers on the test rows, report, sealed bundle."""

import contextlib
import importlib
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import cache
from pipeline.errors import N_
from pipeline.evaluation.report import Report, build_report
from pipeline.runs import store
from pipeline.runs.metrics_log import MetricsWriter, NoMetrics, newest
from pipeline.runs.progress import Progress, Stopped
from pipeline.runs.spec import RunSpec, load_spec
from pipeline.settings import workspace
from pipeline.training import ranks
from pipeline.training.checkpoints import disk_watched
from pipeline.training.memory import memory_watched
from pipeline.work.baselines import measuring

if TYPE_CHECKING:
    from pipeline.training.run import Trained

REPORT = N_("Writing the report")

# What most runs need takes seconds to import. A worker that stands by does so in a thread of its own, so that a run
# that comes sooner begins at once, with its baselines.
_importing = threading.Thread(target=importlib.import_module, args=("pipeline.training.run",), daemon=True)


def get_ready() -> None:
    """Begin to import what most runs need, before it is known which one comes."""
    _importing.start()


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Train the run ``request["run"]``, or go on from its last whole checkpoint.

    ``request["halvings"]``: how often batches are halved, because memory ran out before.

    Raises:
        Stopped: asked to stop; what was trained until then is evaluated and can be used.
        OutOfMemory: more halvings may help.
        TuneDeskError: out of disk space, unfit data, a loss that is not a number.
    """
    run_id = str(request["run"])
    folder = workspace().runs / run_id
    spec = load_spec(folder)
    halvings = int(request.get("halvings", 0))
    if not ranks.leads():
        with contextlib.nullcontext() if spec.use_cache else cache.off():
            _learner(spec)(spec, folder, progress, NoMetrics(), halvings)
        return {}
    started = time.monotonic()
    metrics = MetricsWriter(folder)
    _note_halvings(spec, folder, metrics, halvings)
    with disk_watched(), memory_watched(), contextlib.nullcontext() if spec.use_cache else cache.off():
        # A model that writes is compared with the one it came from, which is asked afterwards.
        with contextlib.nullcontext() if spec.view.written else measuring(run_id, folder, metrics):
            trained = _learner(spec)(spec, folder, progress, metrics, halvings)
        from pipeline.training.seal import finish_bundle

        progress.advance(REPORT, 0, 1)
        report = build_report(run_id, folder, spec)
        finish_bundle(folder, store.get_run(run_id).name, report.metrics)
    metrics.write("test", **report.metrics)
    metrics.close()
    result = _keep(run_id, report, time.monotonic() - started)
    if trained.stopped:
        raise Stopped(result)
    return result


def _learner(spec: RunSpec) -> "Callable[..., Trained]":
    """What trains such a run. Imported no sooner: its libraries take seconds, in which the baselines count words."""
    if _importing.ident is not None:
        _importing.join()
    if spec.view.raw:
        from pipeline.training.pretraining.run import train_pretraining

        return train_pretraining
    if spec.view.written:
        from pipeline.training.writing.run import train_writing

        return train_writing
    from pipeline.training.run import train

    return train


def _note_halvings(spec: RunSpec, folder: Path, metrics: MetricsWriter, halvings: int) -> None:
    """Say in the run's own log that from here on less is computed at once; the spec stays as it was written."""
    if halvings > newest(folder).get("smaller", {}).get("halvings", 0):
        rows = -(-spec.recipe.batch_size // 2**halvings)
        metrics.write("smaller", halvings=halvings, rows=rows, batch=spec.recipe.batch_size)


def _keep(run_id: str, report: Report, seconds: float) -> dict[str, Any]:
    with store.session() as session:
        row = session.get(store.RunRow, run_id)
        if row is not None:
            row.sqlmodel_update(
                {"metrics": report.metrics, "verdict": report.verdict, "seconds": row.seconds + seconds}
            )
            session.add(row)
    return {"metrics": report.metrics, "verdict": report.verdict}
