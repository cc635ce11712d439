"""What a job process runs: ``python -m pipeline.worker JOB``, or ``--stand-by KIND``, which waits for a job.

Looks up the kind, calls one function, says how it ended. Knows nothing of what the kinds do.
"""

import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import Timeout

from pipeline import jobs, system
from pipeline.errors import N_, OutOfMemory, TuneDeskError
from pipeline.jobs import heartbeat, local
from pipeline.runs import store
from pipeline.runs.progress import Progress, Silent, Stopped
from pipeline.settings import workspace

# Each module has ``run(request, progress) -> result``; it is imported only by the process that needs it. For one whose
# libraries take long to load a worker can stand by: ``get_ready()`` loads them.
KINDS = {
    "import": "pipeline.work.import_file",
    "divide": "pipeline.work.divide",
    "train": "pipeline.work.train",
    "fill": "pipeline.work.fill",
    "check": "pipeline.work.check",
    "fetch": "pipeline.work.fetch",
    "bring": "pipeline.work.bring",
    "export": "pipeline.work.export",
    "judge": "pipeline.work.judge",
}

INTERNAL = N_("Something went wrong inside TuneDesk. The log has the details; please report it with the log.")

logger = logging.getLogger("tunedesk.worker")


def main(job_id: str) -> int:
    """Do one job to its end. Returns the exit status: 0 done or stopped, 1 failed, 3 already taken.

    Of several processes that ``torchrun`` has started for one job, the first one has it; the others work along.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    store.be_patient()
    system.give_way()
    folder = workspace().jobs / job_id
    if "RANK" in os.environ:
        system.end_with_parent()
    if system.rank() > 0:
        row = store.get_job(job_id)
        _work(row.kind)(row.request, Silent())
        return 0
    try:
        with heartbeat.Heart(folder) as heart:
            row = local.begin(job_id)
            status = _do(job_id, row.kind, row.request, heart)
    except Timeout:
        logger.info("another process has this job")
        return 3
    jobs.reconcile()
    return status


def stand_by(kind: str) -> int:
    """Load what jobs of that kind need, then do the one whose id comes on standard input; without one, end.

    Returns the exit status, as ``main``.
    """
    system.give_way()
    with contextlib.suppress(Exception):  # the job meets it again, and says so in its own log
        importlib.import_module(KINDS[kind]).get_ready()
    job_id = sys.stdin.readline().strip()
    if not job_id:
        return 0
    with local.output_of(job_id).open("ab") as output:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(output.fileno(), stream.fileno())
    return main(job_id)


def _do(job_id: str, kind: str, request: dict[str, Any], heart: heartbeat.Heart) -> int:
    try:
        local.end(job_id, "finished", result=_work(kind)(request, heart))
    except Stopped as stop:
        local.end(job_id, "stopped", result=stop.result)
    except (OutOfMemory, MemoryError):
        # No last word: once the lock has fallen it is found dead, and starts again with less where that helps.
        heart.give_back_reserve()
        logger.exception("out of memory")
        heartbeat.report_out_of_memory(workspace().jobs / job_id)
        return 1
    except TuneDeskError as error:
        heart.give_back_reserve()
        logger.exception("%s", error)
        local.end(job_id, "failed", cause=error.message, values={k: _plain(v) for k, v in error.values.items()})
        return 1
    except Exception:
        # A bug: its traceback belongs in the log, and the person who waits must still hear that it ended.
        logger.exception("unexpected failure")
        local.end(job_id, "failed", cause=INTERNAL)
        return 1
    return 0


def _work(kind: str) -> Callable[[dict[str, Any], Progress], dict[str, Any]]:
    work: Callable[[dict[str, Any], Progress], dict[str, Any]] = importlib.import_module(KINDS[kind]).run
    return work


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str | bool) else str(value)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    sys.exit(stand_by(sys.argv[2]) if sys.argv[1] == "--stand-by" else main(sys.argv[1]))
