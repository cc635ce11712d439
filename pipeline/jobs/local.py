"""The local engine: one detached process a job, claimed under the lane's lock by whoever looks next. No daemon.

Every submit, every ending worker, every start of a server or command and a running server's timer call
``reconcile``: it notices the dead, then starts the next in line. So nothing waits for a process that was killed.
"""

import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy
from filelock import FileLock
from sqlmodel import col, select

from pipeline import system
from pipeline.errors import N_
from pipeline.jobs import heartbeat, uploads
from pipeline.runs import store
from pipeline.runs.store import JobRow
from pipeline.settings import workspace

State = Literal["queued", "starting", "running", "stalled", "stopping", "stopped", "finished", "failed"]

ACTIVE = ("starting", "running", "stopping")
OVER = ("stopped", "finished", "failed")

# A process that was started but never said so within this time has died on the way.
START_SECONDS = 120.0

RESUMABLE = "train"  # the kind of job that keeps a state to go on from

KILLED = N_("The process was killed from outside. Its last saved state is kept: resume it to go on from there.")
KILLED_FOR_GOOD = N_("The process was killed from outside. What it was doing has to be started again.")
OUT_OF_MEMORY = N_(
    "The machine ran out of memory. The last saved state is kept: resume with a smaller batch or a shorter maximum "
    "length, or close other programs."
)
OUT_OF_MEMORY_FOR_GOOD = N_("The machine ran out of memory. Close other programs or take fewer rows, and start again.")

_children: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class JobInfo:
    """A job as somebody who waits for it sees it."""

    id: str
    kind: str
    run: str
    state: State
    cause: str  # gettext id; "" unless failed
    cause_values: dict[str, Any]
    phase: str  # gettext id of what it does now
    done: int
    total: int
    phase_seconds: float
    position: int  # in the queue, from 1; 0 once it has left it
    submitted: datetime
    started: datetime | None
    ended: datetime | None
    pid: int
    memory: int  # resident bytes at the last sign of life
    result: dict[str, Any]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in OVER


def submit(kind: str, request: dict[str, Any], *, lane: str, run: str = "", job_id: str = "") -> str:
    """Queue a job and start it when its lane is free. Returns the job's id.

    Args:
        kind: a name that ``pipeline.worker`` knows.
        request: what the work needs, as JSON values.
        lane: what the job occupies: a device, or "network"; ``TUNEDESK_JOBS`` of one lane run at a time.
        run: the run that the job belongs to.
        job_id: an id chosen by the caller; made up when empty.
    """
    job_id = job_id or store.new_id()
    _folder(job_id).mkdir(parents=True)
    with store.session() as session:
        last = session.exec(select(sqlalchemy.func.max(JobRow.order))).one()
        row = JobRow(id=job_id, kind=kind, lane=lane, run=run, request=request, state="queued", order=(last or 0) + 1)
        session.add(row)
    reconcile()
    return job_id


def status(job_id: str) -> JobInfo:
    """How the job is doing now; a dead one is noticed here. Raises JobError for an unknown id."""
    row = store.get_job(job_id)
    if row.state in ACTIVE and not _lives(row):
        reconcile()
        row = store.get_job(job_id)
    return info(row)


def cancel(job_id: str) -> None:
    """Ask a job to stop. A queued one stops at once; a second request, or silence, kills the process group."""
    row = store.get_job(job_id)
    with _lane_lock(row.lane):
        row = store.get_job(job_id)
        if row.state == "queued":
            _close(row, "stopped")
        elif row.state in ACTIVE:
            beat = heartbeat.read_beat(_folder(job_id))
            if heartbeat.stop_was_requested(_folder(job_id)) or (beat is not None and beat.stalled):
                system.kill_tree(system.Identity(row.pid, row.pid_created))
            heartbeat.request_stop(_folder(job_id))
            _update(job_id, state="stopping")
    reconcile()


def log(job_id: str, lines: int = 200) -> str:
    """The last lines that the process wrote, its traceback included."""
    path = _folder(job_id) / "output.log"
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def reconcile() -> None:
    """Notice jobs whose process is gone, start what waits, remove uploads that no job needs any more.

    Cheap, and safe to call from anywhere at any time.
    """
    _children[:] = [child for child in _children if child.poll() is None]
    with store.session() as session:
        lanes = set(session.exec(select(JobRow.lane).where(col(JobRow.state).in_(("queued", *ACTIVE)))).all())
    for lane in sorted(lanes):
        with _lane_lock(lane):
            _bury_the_dead(lane)
            _claim(lane)
    uploads.sweep(OVER)


def info(row: JobRow) -> JobInfo:
    """A row of the database together with the worker's last sign of life."""
    beat = heartbeat.read_beat(_folder(row.id)) if row.state in ACTIVE else None
    state: str = "stalled" if row.state == "running" and beat and beat.stalled else row.state
    return JobInfo(
        id=row.id,
        kind=row.kind,
        run=row.run,
        state=state,  # type: ignore[arg-type]  # the database keeps text
        cause=row.cause,
        cause_values=row.cause_values,
        phase=beat.phase if beat else "",
        done=beat.done if beat else 0,
        total=beat.total if beat else 0,
        phase_seconds=time.time() - beat.phase_started if beat and beat.phase_started else 0.0,
        position=_position(row),
        submitted=row.submitted,
        started=row.started,
        ended=row.ended,
        pid=row.pid,
        memory=beat.memory if beat else 0,
        result=row.result,
    )


def begin(job_id: str) -> JobRow:
    """The worker's first word: it has the job, and who it is."""
    me = system.identity()
    assert me is not None
    row = store.get_job(job_id)
    state = "stopping" if heartbeat.stop_was_requested(_folder(job_id)) else "running"
    _update(job_id, state=state, pid=me.pid, pid_created=me.created, started=row.started or store.now())
    return row


def end(
    job_id: str, state: State, *, cause: str = "", values: dict[str, Any] | None = None, result: Any = None
) -> None:
    """The worker's last word."""
    _update(job_id, state=state, cause=cause, cause_values=values or {}, result=result or {}, ended=store.now())


def _claim(lane: str) -> None:
    with store.session() as session:
        active = session.exec(select(JobRow).where(JobRow.lane == lane, col(JobRow.state).in_(ACTIVE))).all()
        waiting = session.exec(
            select(JobRow).where(JobRow.lane == lane, JobRow.state == "queued").order_by("order")
        ).all()
    for row in waiting[: max(0, workspace().jobs_per_device - len(active))]:
        _start(row)


def _start(row: JobRow) -> None:
    _update(row.id, state="starting", started=store.now())
    root = Path(__file__).resolve().parents[2]
    with (_folder(row.id) / "output.log").open("ab") as output:
        child = system.start_detached([sys.executable, "-m", "pipeline.worker", row.id], output, cwd=root)
    _children.append(child)
    who = system.identity(child.pid)
    if who is not None:
        _update(row.id, pid=who.pid, pid_created=who.created)


def _bury_the_dead(lane: str) -> None:
    with store.session() as session:
        rows = session.exec(select(JobRow).where(JobRow.lane == lane, col(JobRow.state).in_(ACTIVE))).all()
    for row in rows:
        if _lives(row):
            continue
        # Its last word may have come between our two looks.
        row = store.get_job(row.id)
        if row.state not in ACTIVE:
            continue
        if heartbeat.stop_was_requested(_folder(row.id)):
            _close(row, "stopped")
        else:
            _close(row, "failed", _cause_of_death(row))


def _lives(row: JobRow) -> bool:
    if heartbeat.is_held(_folder(row.id)):
        return True
    if row.state == "running" or heartbeat.read_beat(_folder(row.id)) is not None:
        return False
    if row.pid:
        return system.is_alive(system.Identity(row.pid, row.pid_created))
    return row.started is not None and (store.now() - row.started).total_seconds() < START_SECONDS


def _cause_of_death(row: JobRow) -> str:
    if row.kind == RESUMABLE:
        return OUT_OF_MEMORY if _ran_out_of_memory(row) else KILLED
    return OUT_OF_MEMORY_FOR_GOOD if _ran_out_of_memory(row) else KILLED_FOR_GOOD


def _ran_out_of_memory(row: JobRow) -> bool:
    beat = heartbeat.read_beat(_folder(row.id))
    return beat is not None and -1 < beat.out_of_memory_kills < system.out_of_memory_kills()


def _close(row: JobRow, state: State, cause: str = "") -> None:
    _update(row.id, state=state, cause=cause, ended=store.now())


def _update(job_id: str, **values: Any) -> None:
    with store.session() as session:
        row = session.get(JobRow, job_id)
        if row is not None:
            row.sqlmodel_update(values)
            session.add(row)


def _position(row: JobRow) -> int:
    if row.state != "queued":
        return 0
    ahead = select(sqlalchemy.func.count()).select_from(JobRow)
    with store.session() as session:
        return (
            1
            + session.exec(
                ahead.where(JobRow.lane == row.lane, JobRow.state == "queued", col(JobRow.order) < row.order)
            ).one()
        )


def _lane_lock(lane: str) -> FileLock:
    workspace().locks.mkdir(parents=True, exist_ok=True)
    return FileLock(workspace().locks / f"lane-{lane}.lock")


def _folder(job_id: str) -> Path:
    return workspace().jobs / job_id
