"""Runs as somebody looks at them: where each stands, what it measured, what it is called."""

import shutil
import statistics
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlmodel import Session, select

from pipeline import jobs
from pipeline.actions.jobs import lane_of
from pipeline.errors import N_, RunError
from pipeline.runs import bundle, store
from pipeline.runs.metrics_log import Event, newest, read_metrics
from pipeline.runs.spec import RunSpec, load_spec
from pipeline.runs.store import JobRow, RunRow
from pipeline.settings import workspace
from pipeline.tasks import registry
from pipeline.training import phases

# The newest runs count: another program may slow the machine down today.
_REMEMBERED = 5


@dataclass(frozen=True)
class RunInfo:
    """A run as somebody who looks at it sees it."""

    id: str
    name: str
    dataset: str
    dataset_name: str
    base_model: str
    preset: str
    state: jobs.State
    cause: str  # gettext id; "" unless failed
    cause_values: dict[str, Any]
    created: datetime
    started: datetime | None
    ended: datetime | None
    step: int
    steps: int
    epoch: float
    rows_per_second: float
    resumed_from: int
    position: int  # in the queue, from 1; 0 once it has left it
    metrics: dict[str, float]
    verdict: str
    seconds: float  # of work so far
    pid: int
    job: str
    phase: str  # gettext id
    phase_done: int
    phase_total: int
    seconds_left: float | None  # None while nobody can tell
    has_model: bool  # a bundle is there, also after a stop
    batch: int  # rows of a step; 0 until memory ran out
    rows_at_once: int  # rows that are computed at once since memory ran out; 0 until then

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in ("stopped", "finished", "failed")


def get_run(id_or_name: str) -> RunInfo:
    """The run of that id or name. Raises RunNotFound."""
    row = store.get_run(id_or_name)
    return _info(row, jobs.status(row.job))


def list_runs() -> tuple[RunInfo, ...]:
    """All runs, newest first."""
    with store.session() as session:
        rows = session.exec(select(RunRow).order_by(sqlalchemy.desc("created"))).all()
    return tuple(_info(row, jobs.status(row.job)) for row in rows)


def curves(run_id: str) -> tuple[Event, ...]:
    """Everything that a run has measured so far, oldest first."""
    return tuple(read_metrics(workspace().runs / store.get_run(run_id).id))


def timeline(run_id: str) -> tuple[jobs.Moment, ...]:
    """The states that a run came through, all its sittings together, oldest first."""
    return jobs.history(run=store.get_run(run_id).id)


def run_log(run_id: str, lines: int = 200) -> str:
    """The last lines that the run's process wrote."""
    return jobs.log(store.get_run(run_id).job, lines)


def rename(run_id: str, name: str) -> RunInfo:
    """Give a run another name; one that is taken gets a number."""
    with store.session() as session:
        row = session.get(RunRow, store.get_run(run_id).id)
        assert row is not None
        if name.strip() and row.name != name.strip():
            row.name = free_name(session, name.strip())
            session.add(row)
    return get_run(run_id)


def delete(run_id: str) -> None:
    """Remove a run and everything it left. Raises RunError while it is going on."""
    run = get_run(run_id)
    if not run.over:
        raise RunError(N_("The run {run} is still going on. Stop it before you delete it."), run=run.name)
    with store.session() as session:
        row = session.get(RunRow, run.id)
        session.delete(row)
    shutil.rmtree(workspace().runs / run.id, ignore_errors=True)


def finished_run(spec: RunSpec) -> RunInfo | None:
    """The newest finished run of the same spec, which need not be trained again; None where there is none."""
    same = select(RunRow).where(RunRow.spec == spec.id).order_by(sqlalchemy.desc("created"))
    with store.session() as session:
        rows = session.exec(same).all()
    runs = (_info(row, jobs.status(row.job)) for row in rows)
    return next((run for run in runs if run.state == "finished" and run.has_model), None)


def correction(device: str, task: str) -> float:
    """Median of real over estimated seconds of the newest finished runs of that kind; 1 where there is none.

    What a run that writes costs is reckoned otherwise than what one that sorts does, and errs otherwise.

    Args:
        device: on which they ran.
        task: name in ``tasks.registry``. All that sort are of one kind; each task of writing is one by itself.
    """
    finished = (
        select(RunRow)
        .join(JobRow, JobRow.id == RunRow.job)  # type: ignore[arg-type]  # a column comparison, not a bool
        .where(JobRow.state == "finished", JobRow.lane == lane_of(device), RunRow.estimated_seconds > 0)
        .order_by(sqlalchemy.desc("created"))
    )
    with store.session() as session:
        rows = [row for row in session.exec(finished).all() if row.seconds]
    alike = (row for row in rows if _kind(_task_of(workspace().runs / row.id)) == _kind(task))
    ratios = [row.seconds / row.estimated_seconds for row in islice(alike, _REMEMBERED)]
    return statistics.median(ratios) if ratios else 1.0


def _kind(task: str) -> str:
    """Runs of one kind are reckoned in the same way."""
    return "sorts" if task in registry.TASKS else task


@lru_cache(maxsize=4096)
def _task_of(run_folder: Path) -> str:
    """A spec never changes; "" where the run's folder is gone."""
    return load_spec(run_folder).task if (run_folder / "spec.json").is_file() else ""


def free_name(session: Session, wanted: str) -> str:
    """``wanted``, with a number behind it where a run is called so already."""
    taken = set(session.exec(select(RunRow.name)).all())
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _info(row: RunRow, job: jobs.JobInfo) -> RunInfo:
    folder = workspace().runs / row.id
    events = newest(folder)
    at, planned, resumed, smaller = (events.get(kind, {}) for kind in ("train", "plan", "resumed", "smaller"))
    with store.session() as session:
        dataset = session.get(store.DatasetRow, row.dataset)
    return RunInfo(
        id=row.id,
        name=row.name,
        dataset=row.dataset,
        dataset_name=dataset.name if dataset else "",
        base_model=row.base_model,
        preset=row.preset,
        state=job.state,
        cause=job.cause,
        cause_values=job.cause_values,
        created=row.created,
        started=job.started,
        ended=job.ended,
        step=at.get("step", 0),
        steps=planned.get("steps", 0),
        epoch=at.get("epoch", 0.0),
        rows_per_second=at.get("rows_per_second", 0.0),
        resumed_from=resumed.get("step", 0),
        position=job.position,
        metrics=row.metrics,
        verdict=row.verdict,
        seconds=row.seconds,
        pid=job.pid,
        job=job.id,
        phase=job.phase,
        phase_done=job.done,
        phase_total=job.total,
        seconds_left=_seconds_left(row, job),
        has_model=bundle.is_sealed(folder / "bundle"),
        batch=smaller.get("batch", 0),
        rows_at_once=smaller.get("rows", 0),
    )


def _seconds_left(row: RunRow, job: jobs.JobInfo) -> float | None:
    """From the pace of what is going on, where it has one; before training, from the estimate."""
    if job.over or job.started is None:
        return None
    if job.phase in phases.PACED and job.done:
        return job.phase_seconds / job.done * (job.total - job.done)
    if job.phase in phases.PACED and job.phase != phases.TRAINING:
        return None
    passed = (store.now() - job.started).total_seconds()
    return max(0.0, row.estimated_seconds - passed) if row.estimated_seconds else None
