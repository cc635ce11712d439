"""Carrying a model away."""

from pathlib import Path

from pipeline import jobs
from pipeline.actions.jobs import lane_of
from pipeline.actions.runs import get_run
from pipeline.actions.use import bundle_of
from pipeline.errors import N_, JobError, SettingError
from pipeline.settings import workspace

FORMATS = ("hf",)


def start_export(run_id: str, format: str = "hf", destination: Path | None = None) -> str:
    """Pack a run's bundle in the background; returns the job's id. Its result has path, bytes and parity.

    Args:
        format: "hf", a zip with a Hugging Face folder that ``transformers`` alone loads.
        destination: the zip to write; None keeps it in the run's folder for download.

    Raises:
        SettingError: an unknown format.
        RunError: the run has no model yet.
    """
    if format not in FORMATS:
        raise SettingError(
            N_("There is no export format {format}. Choose one of: {formats}."),
            format=format,
            formats=", ".join(FORMATS),
        )
    bundle_of(run_id)
    run = get_run(run_id)
    path = destination or workspace().runs / run.id / "exports" / f"{run.id}-{format}.zip"
    return jobs.submit("export", {"run": run.id, "destination": str(path)}, lane=lane_of("cpu"), run=run.id)


def exported(job_id: str) -> tuple[Path, str]:
    """The file that a finished export has left in its run's folder, and the run's name.

    Raises:
        JobError: no such job, or it has no such file (any more).
        RunNotFound: the run was deleted.
    """
    job = jobs.status(job_id)
    path = Path(job.result.get("path", "")).resolve()
    # A command may have exported to anywhere on this machine; what is offered lies in the workspace.
    if job.kind != "export" or not path.is_relative_to(workspace().runs / job.run) or not path.is_file():
        raise JobError(N_("The job {job} has left no file to download. Make the file again."), job=job_id)
    return path, get_run(job.run).name
