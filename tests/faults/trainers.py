"""Trainers that start at once: ``python -m tests.faults.trainers`` imports everything, then forks one a job.

Each is what a job's process is (``pipeline.worker.main`` in a session of its own, output to the job's file); only
the import of torch and transformers, most of a short sitting, is done once instead of a hundred times.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from pipeline import system
from pipeline.jobs import local
from pipeline.runs import store
from pipeline.settings import Workspace, workspace

ROOT = Path(__file__).resolve().parents[2]


class Trainers:
    """The process that forks, as the tests use it."""

    def __init__(self, home: Workspace) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.trainers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | {"TUNEDESK_HOME": str(home.home), "OMP_NUM_THREADS": "1"},
        )

    def __enter__(self) -> "Trainers":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def sit(self, run: str, halvings: int = 0) -> tuple[str, system.Identity]:
        """A job for ``run`` that a trainer takes at once; returns the job and the process."""
        job = store.new_id()
        (workspace().jobs / job).mkdir(parents=True)
        with store.session() as session:
            row = store.JobRow(
                id=job, kind="train", lane="forked", run=run, request={"run": run, "halvings": halvings},
                state="starting", started=store.now(),
            )  # fmt: skip
            session.add(row)
            known = session.get(store.RunRow, run)
            assert known is not None
            known.job = job
            session.add(known)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{job}\n".encode())
        self._process.stdin.flush()
        who = system.identity(int(self._process.stdout.readline()))
        assert who is not None
        local._update(job, pid=who.pid, pid_created=who.created)
        return job, who


def main() -> None:
    """Fork a trainer for every job that is named on standard input, and answer with its number."""
    # Everything that a training needs; nothing of it starts a thread or opens the database.
    import pipeline.work.train  # noqa: F401
    from pipeline import worker

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for them
    for line in sys.stdin:
        job = line.strip()
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            output = os.open(workspace().jobs / job / "output.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os._exit(worker.main(job))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
