"""The baselines of a run, measured in a process of their own while libraries and the base model are loaded.

``python -m pipeline.work.baselines RUN`` measures and prints JSON lines; ``measuring`` starts it and takes the
figures up. Counting words keeps one core busy and so does importing libraries: side by side they cost half the time.
"""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import errors, system
from pipeline.errors import TuneDeskError
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.progress import Silent
from pipeline.runs.spec import RunSpec, load_spec
from pipeline.settings import workspace
from pipeline.tasks import registry
from pipeline.tasks.examples import load_examples
from pipeline.training.checkpoints import disk_watched

# One thread: the figures do not depend on how many cores a machine has, and the others have work.
_THREADS = {"OMP_NUM_THREADS": "1"}

Figures = list[dict[str, Any]]


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
        cwd=system.ROOT,
        env={**os.environ, **_THREADS, "TUNEDESK_HOME": str(workspace().home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )

    said: list[dict[str, Any]] = []

    def take_up() -> None:
        said.extend(json.loads(line) for line in process.communicate()[0].splitlines())
        if process.returncode == 0:
            for figures in said:
                metrics.write("baseline", **figures)

    listener = threading.Thread(target=take_up)
    listener.start()
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        listener.join()
    if process.returncode != 0:
        if said:
            kind: type[TuneDeskError] = getattr(errors, said[0]["kind"])
            raise kind(said[0]["message"], **said[0]["values"])
        raise RuntimeError(f"the baselines ended with status {process.returncode}")


def measure(spec: RunSpec, folder: Path) -> Figures:
    """The opponents of the run's task on the same rows: saves their answers on the test rows.

    Returns:
        ``name`` of each and its figures on the validation rows, as the task measures.
    """
    task = registry.get(spec.task)
    examples = load_examples(task, spec.view, spec.split)
    names, validation, test = task.names(spec.view), examples.validation, examples.test
    figures = []
    for name, baseline in task.baselines(examples, len(names), Silent()).items():
        save_answers(Answers(test.rows, test.targets, baseline.test, names, baseline.thresholds), folder, name)
        measured = task.measure(validation.targets, baseline.validation, baseline.thresholds)
        figures.append({"name": name, **measured})
    return figures


def main(run_id: str) -> int:
    """Measure one run's baselines; print a line for each, or one that says what a person can do. Returns the status."""
    folder = workspace().runs / run_id
    try:
        with disk_watched():
            figures = measure(load_spec(folder), folder)
    except TuneDeskError as error:
        logging.exception("%s", error)
        values = {name: str(value) for name, value in error.values.items()}
        _say({"kind": type(error).__name__, "message": error.message, "values": values})
        return 1
    for line in figures:
        _say(line)
    return 0


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
