"""The job ``train``: baselines, training, answers on the test rows, report, sealed bundle."""

import contextlib
import time
from pathlib import Path
from typing import Any

from pipeline import cache
from pipeline.baselines.majority import majority_answers
from pipeline.baselines.tfidf import fit_tfidf
from pipeline.errors import N_
from pipeline.evaluation.report import Report, build_report
from pipeline.metrics.classification import compute
from pipeline.runs import store
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.metrics_log import MetricsWriter, NoMetrics, newest, read_metrics
from pipeline.runs.progress import Progress, Stopped
from pipeline.runs.spec import RunSpec, load_spec
from pipeline.settings import workspace
from pipeline.tasks.classification import Examples, load_examples
from pipeline.training import ranks
from pipeline.training.checkpoints import disk_watched
from pipeline.training.memory import memory_watched
from pipeline.training.run import finish_bundle, train

BASELINE = N_("Measuring the baselines")
REPORT = N_("Writing the report")


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
            train(spec, folder, progress, NoMetrics(), halvings)
        return {}
    started = time.monotonic()
    metrics = MetricsWriter(folder)
    _note_halvings(spec, folder, metrics, halvings)
    with disk_watched(), memory_watched(), contextlib.nullcontext() if spec.use_cache else cache.off():
        examples = load_examples(spec.view, spec.split)
        _measure_baselines(spec, examples, folder, metrics, progress)
        trained = train(spec, folder, progress, metrics, halvings)
        progress.advance(REPORT, 0, 1)
        report = build_report(run_id, folder, spec)
        finish_bundle(
            folder, store.get_run(run_id).name, {"accuracy": report.accuracy.value, "macro_f1": report.macro_f1.value}
        )
    metrics.write("test", accuracy=report.accuracy.value, macro_f1=report.macro_f1.value)
    metrics.close()
    result = _keep(run_id, report, time.monotonic() - started)
    if trained.stopped:
        raise Stopped(result)
    return result


def _note_halvings(spec: RunSpec, folder: Path, metrics: MetricsWriter, halvings: int) -> None:
    """Say in the run's own log that from here on less is computed at once; the spec stays as it was written."""
    if halvings > newest(folder).get("smaller", {}).get("halvings", 0):
        rows = -(-spec.recipe.batch_size // 2**halvings)
        metrics.write("smaller", halvings=halvings, rows=rows, batch=spec.recipe.batch_size)


def _measure_baselines(
    spec: RunSpec, examples: Examples, folder: Path, metrics: MetricsWriter, progress: Progress
) -> None:
    """Majority class and TF-IDF + logistic regression on the same rows; the monitor draws them as dashed lines."""
    if any(event.kind == "baseline" for event in read_metrics(folder)):
        return
    progress.advance(BASELINE, 0, 1)
    classes = len(spec.view.labels)
    labels = spec.view.labels
    validation, test = examples.validation, examples.test
    majority = majority_answers(examples.train.targets, classes)
    tfidf = fit_tfidf(
        examples.train.texts, examples.train.targets, validation.texts, validation.targets, classes, progress
    )
    answers = {
        "majority": (majority.probabilities(len(validation.texts)), majority.probabilities(len(test.texts))),
        "tfidf": (tfidf.probabilities(validation.texts), tfidf.probabilities(test.texts)),
    }
    for name, (on_validation, on_test) in answers.items():
        save_answers(Answers(test.rows, test.targets, on_test, labels), folder, name)
        metrics.write("baseline", name=name, **compute(validation.targets, on_validation.argmax(axis=1), classes))


def _keep(run_id: str, report: Report, seconds: float) -> dict[str, Any]:
    values = {"accuracy": report.accuracy.value, "macro_f1": report.macro_f1.value}
    with store.session() as session:
        row = session.get(store.RunRow, run_id)
        if row is not None:
            row.sqlmodel_update({"metrics": values, "verdict": report.verdict, "seconds": row.seconds + seconds})
            session.add(row)
    return {"metrics": values, "verdict": report.verdict}
