"""Training as a person asks for it: start, stop, resume."""

import shutil
from collections.abc import Mapping

from pipeline import jobs
from pipeline.actions.data import Dataset
from pipeline.actions.jobs import lane_of
from pipeline.actions.plan import plan
from pipeline.actions.runs import RunInfo, free_name, get_run
from pipeline.errors import N_, RunError
from pipeline.runs import store
from pipeline.runs.metrics_log import newest
from pipeline.runs.spec import RunSpec, load_spec, save_spec
from pipeline.runs.store import RunRow
from pipeline.settings import workspace

# When memory runs out, batches are halved so many times before a run gives up: an eighth of the rows at once.
MOST_HALVINGS = 3


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
            name=free_name(session, name.strip() or f"{dataset.name}-{model_name}"),
            dataset=dataset.id,
            spec=planned.spec.id,
            base_model=model_name,
            preset=planned.recipe.preset,
            job=job_id,
            estimated_seconds=planned.estimate.seconds / planned.correction,
        )
        session.add(row)
    _submit(run_id, job_id, planned.spec)
    return get_run(run_id)


def stand_by() -> None:
    """Somebody is about to start a run: what runs need is loaded meanwhile, so that it begins some seconds sooner."""
    if workspace().processes == 1:  # several are started by torchrun
        jobs.stand_by("train")


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
    _submit(run.id, job_id, load_spec(folder))
    return get_run(run.id)


def _submit(run_id: str, job_id: str, spec: RunSpec) -> None:
    # A search tries one setting after the other and decides between them: that is the work of one process.
    processes = workspace().processes if spec.recipe.search == "none" else 1
    # What ran out of memory before goes on as small as it was.
    halvings = newest(workspace().runs / run_id).get("smaller", {}).get("halvings", 0)
    one_row = max(1, spec.recipe.batch_size // processes).bit_length() - 1
    request = {
        "run": run_id,
        "halvings": halvings,
        "most_halvings": min(one_row, halvings + MOST_HALVINGS),
        "processes": processes,
    }
    jobs.submit("train", request, lane=lane_of(spec.device), run=run_id, job_id=job_id)
