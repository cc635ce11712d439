"""The local engine: one detached process a job, claimed under the lane's lock by whoever looks next. No daemon.

Every submit, every ending worker, every start of a server or command and a running server's timer call
``reconcile``: it notices the dead, then starts the next in line. So nothing waits for a process that was killed.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy
from filelock import FileLock
from sqlmodel import col, select

from pipeline import system
from pipeline.errors import N_
from pipeline.jobs import heartbeat, standby, uploads
from pipeline.runs import store
from pipeline.runs.store import JobRow, JobStateRow
from pipeline.settings import workspace

State = Literal["queued", "starting", "running", "stalled", "stopping", "stopped", "finished", "failed"]

ACTIVE = ("starting", "running", "stopping")
OVER = ("stopped", "finished", "failed")

# A process that was started but never said so within this time has died on the way.
START_SECONDS = 120.0

RESUMABLE = "train"  # the kind of job that keeps a state to go on from

# Seconds in which a second request to stop is a double click, or a page that asks twice, and no wish to kill.
ONE_WISH = 1.5

# How Rust (tokenizers, safetensors) and C++ (torch) say so, in the last lines that the process wrote.
_ABORTS = ("memory allocation of", "bad_alloc")
_LAST_WORDS = 4

KILLED = N_("The process was killed from outside. Its last saved state is kept: resume it to go on from there.")
KILLED_FOR_GOOD = N_("The process was killed from outside. What it was doing has to be started again.")
OUT_OF_MEMORY = N_(
    "The machine ran out of memory, also with smaller batches. The last saved state is kept: close other programs and "
    "resume, or start a run with a shorter maximum length."
)
OUT_OF_MEMORY_FOR_GOOD = N_("The machine ran out of memory. Close other programs or take fewer rows, and start again.")

AGAIN = N_("Memory ran out: it starts again with half as many rows at once.")

# In a job's request: how often it has been halved, and how often it may be.
HALVINGS, MOST_HALVINGS = "halvings", "most_halvings"

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
    halvings: int  # how often its batches were halved because memory ran out
    result: dict[str, Any]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in OVER


@dataclass(frozen=True)
class Moment:
    """A state, and since when."""

    state: State
    since: datetime
    note: str  # gettext id; "" where the state says it all


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
        session.add_all((row, JobStateRow(job=job_id, state="queued")))
    reconcile()
    return job_id


def status(job_id: str) -> JobInfo:
    """How the job is doing now; a dead or silent one is noticed here. Raises JobError for an unknown id."""
    row = store.get_job(job_id)
    if row.state in ACTIVE and (not _lives(row) or _silent(row)):
        reconcile()
        row = store.get_job(job_id)
    return info(row)


def cancel(job_id: str) -> None:
    """Ask a job to stop.

    A queued one stops at once. A second request, more than ONE_WISH seconds after the first, or silence, kills the
    process group.
    """
    row = store.get_job(job_id)
    with _lane_lock(row.lane):
        row = store.get_job(job_id)
        if row.state == "queued":
            _close(row, "stopped")
        elif row.state in ACTIVE:
            before = heartbeat.since_stop_request(_folder(job_id))
            if before is None:
                heartbeat.request_stop(_folder(job_id))
            _update(job_id, state="stopping")
            asked_again = before is not None and not 0 <= before < ONE_WISH
            if asked_again or _silent(row):
                _kill(row)
    reconcile()


def history(*, job: str = "", run: str = "") -> tuple[Moment, ...]:
    """The states of a job, or of all jobs of a run, oldest first."""
    wanted = select(JobStateRow).order_by(col(JobStateRow.id))
    if run:
        wanted = wanted.join(JobRow, col(JobRow.id) == JobStateRow.job).where(JobRow.run == run)
    else:
        wanted = wanted.where(JobStateRow.job == job)
    with store.session() as session:
        return tuple(Moment(row.state, row.since, row.note) for row in session.exec(wanted).all())  # type: ignore[arg-type]  # the database keeps text


def log(job_id: str, lines: int = 200) -> str:
    """The last lines that the process wrote, its traceback included."""
    path = output_of(job_id)
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def reconcile() -> None:
    """Notice jobs whose process is gone or silent, start what waits, remove uploads that no job needs any more, send
    away a worker that stood by in vain.

    Cheap, and safe to call from anywhere at any time.
    """
    _children[:] = [child for child in _children if child.poll() is None]
    with store.session() as session:
        lanes = set(session.exec(select(JobRow.lane).where(col(JobRow.state).in_(("queued", *ACTIVE)))).all())
    for lane in sorted(lanes):
        with _lane_lock(lane):
            _look_at(lane)
            _claim(lane)
    uploads.sweep(OVER)
    standby.sweep()


def stand_by(kind: str) -> None:
    """Have a worker load what that kind of job needs, so that one that is submitted soon begins seconds sooner.

    Where such a job waits or goes on nothing happens: its own work is not to be slowed down.
    """
    if not workspace().stands_by:
        return
    with store.session() as session:
        wanted = select(JobRow.id).where(JobRow.kind == kind, col(JobRow.state).in_(("queued", *ACTIVE)))
        busy = session.exec(wanted).first() is not None
    if not busy:
        standby.stand_by(kind)


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
        phase_seconds=beat.phase_seconds if beat else 0.0,
        position=_position(row),
        submitted=row.submitted,
        started=row.started,
        ended=row.ended,
        pid=row.pid,
        memory=beat.memory if beat else 0,
        halvings=row.request.get(HALVINGS, 0),
        result=row.result,
    )


def begin(job_id: str) -> JobRow:
    """The worker's first word: it has the job, and who it is: of several processes, the one that started them."""
    row = store.get_job(job_id)
    me = system.identity(os.getppid() if processes(row.request) > 1 else None)
    assert me is not None
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


def processes(request: dict[str, Any]) -> int:
    """How many processes share the work of one job."""
    return int(request.get("processes", 1))


def _start(row: JobRow) -> None:
    heartbeat.forget(_folder(row.id))
    _update(row.id, state="starting", started=store.now())
    child = (standby.hand_over(row.kind, row.id) if processes(row.request) == 1 else None) or _spawn(row)
    _children.append(child)
    who = system.identity(child.pid)
    if who is not None:
        _update(row.id, pid=who.pid, pid_created=who.created)


def _spawn(row: JobRow) -> subprocess.Popen[bytes]:
    with output_of(row.id).open("ab") as output:
        return system.start_detached(_command(row), output)


def _command(row: JobRow) -> list[str]:
    worker = ["-m", "pipeline.worker", row.id]
    if processes(row.request) > 1:
        # Its folder for logs, empty as it is, goes with the job's; by itself it would stay among the temporary files.
        return [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--log-dir={_folder(row.id)}",
                f"--nproc-per-node={processes(row.request)}", *worker]  # fmt: skip
    return [sys.executable, *worker]


def _look_at(lane: str) -> None:
    """Bury the dead of a lane, take down who has fallen silent, and end what was asked to stop and does not answer."""
    with store.session() as session:
        rows = session.exec(select(JobRow).where(JobRow.lane == lane, col(JobRow.state).in_(ACTIVE))).all()
    for row in rows:
        if _lives(row):
            _watch(row)
        else:
            _bury(row.id)


def _watch(row: JobRow) -> None:
    silent = _silent(row)
    if silent and heartbeat.stop_was_requested(_folder(row.id)):
        _kill(row)
    elif row.state == "running":
        # Silence passes, so it is no state of the row; when it began and ended is worth knowing all the same.
        last = history(job=row.id)[-1:]
        if silent != bool(last and last[0].state == "stalled"):
            with store.session() as session:
                session.add(JobStateRow(job=row.id, state="stalled" if silent else "running"))


def _bury(job_id: str) -> None:
    # Its last word may have come between two looks.
    row = store.get_job(job_id)
    if row.state not in ACTIVE:
        return
    out_of_memory = heartbeat.ran_out_of_memory(_folder(row.id)) or _aborted_for_memory(row.id)
    if heartbeat.stop_was_requested(_folder(row.id)):
        _close(row, "stopped")
    elif out_of_memory and row.request.get(HALVINGS, 0) < row.request.get(MOST_HALVINGS, 0):
        request = row.request | {HALVINGS: row.request.get(HALVINGS, 0) + 1}
        _update(row.id, note=AGAIN, state="queued", request=request, pid=0, pid_created=0.0)
    else:
        _close(row, "failed", _cause_of_death(row, out_of_memory))


def _aborted_for_memory(job_id: str) -> bool:
    """Whether a library ended the process on the spot because it got no memory: nothing inside can catch that."""
    return any(sign in log(job_id, _LAST_WORDS) for sign in _ABORTS)


def _lives(row: JobRow) -> bool:
    # The beat comes after the lock: read before it, a worker that begins between the two looks is not taken for dead.
    has_begun = row.state == "running" or heartbeat.read_beat(_folder(row.id)) is not None
    if heartbeat.is_held(_folder(row.id)):
        return True
    if has_begun:
        return False
    if row.pid:
        return system.is_alive(system.Identity(row.pid, row.pid_created))
    # Either side of now: somebody may have set the clock back in between.
    return row.started is not None and abs((store.now() - row.started).total_seconds()) < START_SECONDS


def _silent(row: JobRow) -> bool:
    """Whether nothing was heard of it for too long, from its start on."""
    beat = heartbeat.read_beat(_folder(row.id))
    if beat is not None:
        return beat.stalled
    since = row.started or row.submitted
    return abs((store.now() - since).total_seconds()) > heartbeat.STALLED_SECONDS


def _kill(row: JobRow) -> None:
    system.kill_tree(system.Identity(row.pid, row.pid_created))


def _cause_of_death(row: JobRow, out_of_memory: bool) -> str:
    if row.kind == RESUMABLE:
        return OUT_OF_MEMORY if out_of_memory else KILLED
    return OUT_OF_MEMORY_FOR_GOOD if out_of_memory else KILLED_FOR_GOOD


def _close(row: JobRow, state: State, cause: str = "") -> None:
    _update(row.id, state=state, cause=cause, ended=store.now())


def _update(job_id: str, note: str = "", **values: Any) -> None:
    """Change a job's row; a new state is written down with its time in the same transaction."""
    with store.session() as session:
        row = session.get(JobRow, job_id)
        if row is not None:
            if values.get("state", row.state) != row.state:
                session.add(JobStateRow(job=job_id, state=values["state"], note=note))
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


def output_of(job_id: str) -> Path:
    """The file that a job's process writes its output to."""
    return _folder(job_id) / "output.log"


def _folder(job_id: str) -> Path:
    return workspace().jobs / job_id
