"""Carrying a model away."""

from pathlib import Path

from pipeline import jobs
from pipeline.actions.jobs import lane_of
from pipeline.actions.runs import get_run
from pipeline.actions.use import bundle_of
from pipeline.errors import N_, SettingError
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
