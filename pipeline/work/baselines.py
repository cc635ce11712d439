"""The baselines of a run, fitted in a process of their own while libraries and the base model are loaded.

``python -m pipeline.work.baselines RUN`` fits them and leaves what they say of the validation rows; ``measuring``
starts it and measures that: loading what measures takes longer than fitting, and the training has it loaded anyway.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import errors
from pipeline.errors import TuneDeskError
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.progress import Silent
from pipeline.runs.spec import RunSpec, load_spec
from pipeline.settings import workspace
from pipeline.tasks import registry
from pipeline.tasks.examples import load_examples
from pipeline.training.checkpoints import disk_watched

ROOT = Path(__file__).resolve().parents[2]
# One thread: the figures do not depend on how many cores a machine has, and the others have work.
_THREADS = {"OMP_NUM_THREADS": "1"}
_SAID = "baselines.npz"  # in the run's folder, until it is measured


@contextlib.contextmanager
def measuring(run_id: str, folder: Path, metrics: MetricsWriter) -> Iterator[None]:
    """Measure the baselines of a run beside what happens inside; at the end they are there.

    The monitor draws them as dashed lines as soon as they are known. A run that has them already measures nothing.

    Raises:
        TuneDeskError: as the process said: a full disk, unfit data.
        RuntimeError: the process failed; its traceback stands in the run's log.
    """
    if any(event.kind == "baseline" for event in read_metrics(folder)):
        yield
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.work.baselines", run_id],
        cwd=ROOT,
        env={**os.environ, **_THREADS, "TUNEDESK_HOME": str(workspace().home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    with ThreadPoolExecutor(1) as beside:
        measured = beside.submit(_take_up, process, folder, metrics)
        try:
            yield
        except BaseException:
            process.kill()
            raise
        measured.result()


def _take_up(process: subprocess.Popen[bytes], folder: Path, metrics: MetricsWriter) -> None:
    """Wait for the process and write down how good what it said is; raise what it could not do."""
    printed = process.communicate()[0]
    if process.returncode != 0:
        if printed:
            error = json.loads(printed)
            kind: type[TuneDeskError] = getattr(errors, error["kind"])
            raise kind(error["message"], **error["values"])
        raise RuntimeError(f"the baselines ended with status {process.returncode}")
    task = registry.get(load_spec(folder).task)
    with np.load(folder / _SAID) as said:
        truth, names = said["truth"], said["names"].tolist()
        for name in names:
            thresholds = tuple(said[f"{name} thresholds"].tolist())
            metrics.write("baseline", name=name, **task.measure(truth, said[f"{name} scores"], thresholds))
    (folder / _SAID).unlink()


def fit(spec: RunSpec, folder: Path) -> None:
    """Fit the opponents of the run's task on the same rows.

    Leaves in ``folder`` their answers on the test rows, and for ``measuring`` what they say of the validation rows.

    Raises:
        UnfitData: the rows cannot be learned from.
    """
    task = registry.get(spec.task)
    examples = load_examples(task, spec.view, spec.split)
    names, validation, test = task.names(spec.view), examples.validation, examples.test
    baselines = task.baselines(examples, len(names), Silent())
    said: dict[str, Any] = {"truth": validation.targets, "names": list(baselines)}
    for name, baseline in baselines.items():
        save_answers(Answers(test.rows, test.targets, baseline.test, names, baseline.thresholds), folder, name)
        said |= {f"{name} scores": baseline.validation, f"{name} thresholds": baseline.thresholds}
    np.savez(folder / _SAID, **said)


def main(run_id: str) -> int:
    """Fit one run's baselines; print as JSON what a person can do if that fails. Returns the exit status."""
    folder = workspace().runs / run_id
    try:
        with disk_watched():
            fit(load_spec(folder), folder)
    except TuneDeskError as error:
        logging.exception("%s", error)
        values = {name: str(value) for name, value in error.values.items()}
        sys.stdout.write(json.dumps({"kind": type(error).__name__, "message": error.message, "values": values}))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
