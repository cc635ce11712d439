"""Runs: which model, what it costs, start, watch, stop, resume, delete."""

import shutil
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlmodel import Session, select

from pipeline import jobs
from pipeline.actions.data import Dataset
from pipeline.data.split import load_split
from pipeline.data.view import view_frame
from pipeline.errors import N_, RunError
from pipeline.models import devices, fit
from pipeline.models import store as models
from pipeline.models.catalogue import CatalogueEntry, entries
from pipeline.models.fit import Estimate
from pipeline.runs import bundle, store
from pipeline.runs.metrics_log import Event, newest, read_metrics
from pipeline.runs.spec import Recipe, RunSpec, load_spec, save_spec
from pipeline.runs.store import JobRow, RunRow
from pipeline.settings import workspace
from pipeline.templates.columns import read_texts
from pipeline.training import recipe as recipes

PRESETS = recipes.PRESETS


@dataclass(frozen=True)
class Recommendation:
    """A base model for a dataset, with the reason why it stands where it stands."""

    model: str
    reason: str  # gettext id
    ready: bool
    entry: CatalogueEntry | None


@dataclass(frozen=True)
class Plan:
    """What a start would do and cost."""

    recipe: Recipe
    device: str
    estimate: Estimate  # corrected by what runs on this machine really took
    correction: float  # that factor; 1 before the first run
    spec: RunSpec
    finished_run: "RunInfo | None"  # the same spec, trained before


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

    @property
    def over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.state in ("stopped", "finished", "failed")


def recommend(dataset: Dataset) -> tuple[Recommendation, ...]:
    """Base models for a dataset, best first: those that read its language, then by family and size."""
    chinese = _mostly_chinese(dataset)
    wanted = "zh" if chinese else "en"
    ready = {model.name for model in models.list_ready()}

    def rank(entry: CatalogueEntry) -> tuple[bool, bool, bool, int]:
        reads = wanted in entry.languages or "multi" in entry.languages
        return (not reads, entry.family != "encoder", not entry.starter, entry.parameters)

    ordered = sorted(entries(), key=rank)
    named = [Recommendation(entry.name, _reason(entry, chinese), entry.name in ready, entry) for entry in ordered]
    known = {entry.name for entry in ordered}
    brought = [
        Recommendation(model.name, N_("Brought by you."), True, None)
        for model in models.list_ready()
        if model.name not in known
    ]
    return (*named, *brought)


def plan(
    dataset: Dataset,
    model_name: str,
    preset: str = "balanced",
    *,
    seed: int = 0,
    device: str | None = None,
    settings: Mapping[str, str] | None = None,
    use_cache: bool = True,
) -> Plan:
    """What training would do and cost; nothing is started.

    Raises:
        ModelNotReady, UnknownModel: fetch the model first, or take another.
        SettingError: unknown preset, device or setting, or a value out of range.
    """
    model = models.get(model_name)
    chosen = devices.choose(device)
    rows = load_split(dataset.split).without(dataset.view.left_out)
    texts = _training_texts(dataset)
    chosen_recipe = recipes.choose(
        preset, model, rows=len(rows.train), classes=len(dataset.view.labels), texts=texts, device=chosen
    )
    chosen_recipe = recipes.change(chosen_recipe, settings or {})
    spec = RunSpec(
        view=dataset.view,
        split=dataset.split,
        task="classification",
        base_model=model.name,
        model_fingerprint=model.fingerprint,
        recipe=chosen_recipe,
        seed=seed,
        device=chosen.name,
        use_cache=use_cache,
    )
    estimate = fit.estimate(
        model,
        chosen_recipe,
        rows=len(rows.train) + len(rows.validation) + len(rows.test),
        train_rows=len(rows.train),
        texts=texts,
        classes=len(dataset.view.labels),
        device=chosen,
    )
    correction = _correction(chosen.name)
    estimate = replace(estimate, seconds=estimate.seconds * correction)
    return Plan(chosen_recipe, chosen.name, estimate, correction, spec, _finished_run(spec) if use_cache else None)


# The newest runs count: another program may slow the machine down today.
_REMEMBERED = 5


def _correction(device: str) -> float:
    """Median of real over estimated seconds of the newest finished runs on a device; 1 where there is none."""
    finished = (
        select(RunRow)
        .join(JobRow, JobRow.id == RunRow.job)  # type: ignore[arg-type]  # a column comparison, not a bool
        .where(JobRow.state == "finished", JobRow.lane == lane_of(device), RunRow.estimated_seconds > 0)
        .order_by(sqlalchemy.desc("created"))
        .limit(_REMEMBERED)
    )
    with store.session() as session:
        ratios = [row.seconds / row.estimated_seconds for row in session.exec(finished).all() if row.seconds]
    return statistics.median(ratios) if ratios else 1.0


def start(
    dataset: Dataset,
    model_name: str,
    preset: str = "balanced",
    *,
    name: str = "",
    seed: int = 0,
    device: str | None = None,
    settings: Mapping[str, str] | None = None,
    use_cache: bool = True,
) -> RunInfo:
    """Start a run, or return the finished one of the same spec.

    Args:
        name: how the run is called; "" makes one up. A name that is taken gets a number.
        settings: fields of Recipe by name, as text.
        use_cache: False trains anyway and uses nothing that earlier runs stored.

    Raises:
        as ``plan``.
    """
    planned = plan(dataset, model_name, preset, seed=seed, device=device, settings=settings, use_cache=use_cache)
    if planned.finished_run is not None:
        return planned.finished_run
    run_id, job_id = store.new_id(), store.new_id()
    folder = workspace().runs / run_id
    folder.mkdir(parents=True)
    save_spec(planned.spec, folder)
    with store.session() as session:
        row = RunRow(
            id=run_id,
            name=_free_name(session, name.strip() or f"{dataset.name}-{model_name}"),
            dataset=dataset.id,
            spec=planned.spec.id,
            base_model=model_name,
            preset=planned.recipe.preset,
            job=job_id,
            estimated_seconds=planned.estimate.seconds / planned.correction,
        )
        session.add(row)
    _submit(run_id, job_id, planned.spec.device)
    return get_run(run_id)


def stop(run_id: str) -> None:
    """Finish the step, save, evaluate what is there; a second time: end it at once, its last saved state stays."""
    jobs.cancel(store.get_run(run_id).job)


def resume(run_id: str) -> RunInfo:
    """Go on from the last whole checkpoint of a run that was stopped, killed or failed.

    Raises:
        RunError: the run is going on, or has finished.
    """
    run = get_run(run_id)
    if run.state not in ("stopped", "failed"):
        raise RunError(
            N_("The run {run} is {state}; only one that was stopped or has failed can be resumed."),
            run=run.name,
            state=run.state,
        )
    folder = workspace().runs / run.id
    shutil.rmtree(folder / "bundle", ignore_errors=True)
    job_id = store.new_id()
    with store.session() as session:
        row = session.get(RunRow, run.id)
        assert row is not None
        row.job = job_id
        session.add(row)
    _submit(run.id, job_id, load_spec(folder).device)
    return get_run(run.id)


def delete(run_id: str) -> None:
    """Remove a run and everything it left. Raises RunError while it is going on."""
    run = get_run(run_id)
    if not run.over:
        raise RunError(N_("The run {run} is still going on. Stop it before you delete it."), run=run.name)
    with store.session() as session:
        row = session.get(RunRow, run.id)
        session.delete(row)
    shutil.rmtree(workspace().runs / run.id, ignore_errors=True)


def rename(run_id: str, name: str) -> RunInfo:
    """Give a run another name; one that is taken gets a number."""
    with store.session() as session:
        row = session.get(RunRow, store.get_run(run_id).id)
        assert row is not None
        if name.strip() and row.name != name.strip():
            row.name = _free_name(session, name.strip())
            session.add(row)
    return get_run(run_id)


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


def run_log(run_id: str, lines: int = 200) -> str:
    """The last lines that the run's process wrote."""
    return jobs.log(store.get_run(run_id).job, lines)


def lane_of(device: str) -> str:
    """The queue of a device: one job at a time by default."""
    return f"device-{device}"


def _submit(run_id: str, job_id: str, device: str) -> None:
    jobs.submit("train", {"run": run_id}, lane=lane_of(device), run=run_id, job_id=job_id)


def _info(row: RunRow, job: jobs.JobInfo) -> RunInfo:
    folder = workspace().runs / row.id
    events = newest(folder)
    at, planned, resumed = (events.get(kind, {}) for kind in ("train", "plan", "resumed"))
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
    )


def _seconds_left(row: RunRow, job: jobs.JobInfo) -> float | None:
    """From the pace of the steps while training; before, from the estimate."""
    if job.over or job.started is None:
        return None
    if job.phase == recipes.TRAINING and job.done:
        return job.phase_seconds / job.done * (job.total - job.done)
    passed = (store.now() - job.started).total_seconds()
    return max(0.0, row.estimated_seconds - passed) if row.estimated_seconds else None


def _finished_run(spec: RunSpec) -> RunInfo | None:
    same = select(RunRow).where(RunRow.spec == spec.id).order_by(sqlalchemy.desc("created"))
    with store.session() as session:
        rows = session.exec(same).all()
    runs = (_info(row, jobs.status(row.job)) for row in rows)
    return next((run for run in runs if run.state == "finished" and run.has_model), None)


def _free_name(session: Session, wanted: str) -> str:
    taken = set(session.exec(select(RunRow.name)).all())
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _training_texts(dataset: Dataset) -> list[str]:
    rows = load_split(dataset.split).without(dataset.view.left_out).train
    frame = view_frame(dataset.view, rows=rows)
    return read_texts(dataset.view, frame)


# Enough rows to know a file's language, few enough to cost nothing.
_LANGUAGE_SAMPLE = 200


def _mostly_chinese(dataset: Dataset) -> bool:
    texts = "".join(_training_texts(dataset)[:_LANGUAGE_SAMPLE])
    letters = [character for character in texts if character.isalpha()]
    chinese = sum("\u4e00" <= character <= "\u9fff" for character in letters)
    # A Chinese ticket is full of Latin product names; an English one has hardly any Chinese.
    return chinese > 0.2 * max(1, len(letters))


def _reason(entry: CatalogueEntry, chinese: bool) -> str:
    reads_chinese = "zh" in entry.languages or "multi" in entry.languages
    if chinese and not reads_chinese:
        return N_("Made for English; your texts are mostly Chinese.")
    if not chinese and "en" not in entry.languages and "multi" not in entry.languages:
        return N_("Made for Chinese; your texts are not.")
    if entry.family != "encoder":
        return N_("Made for writing text; slower at sorting texts into classes.")
    if entry.starter and chinese:
        return N_("Reads Chinese and about 100 other languages, and is quick without a GPU.")
    if entry.starter:
        return N_("Small, quick without a GPU, and strong on English texts.")
    return N_("Larger: often a little better, slower, and it has to be downloaded.")
