"""Using a finished run: ask it, let it fill a file."""

from collections.abc import Sequence
from pathlib import Path

from pipeline import jobs
from pipeline.actions.jobs import lane_of
from pipeline.actions.runs import get_run
from pipeline.data.rewrite import own_ending
from pipeline.data.source import load_source, read_rows
from pipeline.errors import N_, RunError
from pipeline.inference import client
from pipeline.inference.client import Classified
from pipeline.inference.fill import waiting
from pipeline.models import devices
from pipeline.runs import bundle, store
from pipeline.runs.metrics_log import newest
from pipeline.runs.spec import load_spec
from pipeline.settings import workspace

# What an answer is called when somebody downloads it.
FILLED = "filled"
NEW_CELLS = "new_cells.parquet"


def classify(run_id: str, texts: Sequence[str], second: Sequence[str] | None = None) -> tuple[Classified, ...]:
    """What the run says about each text, with its nearest labelled rows; held in memory by the model host.

    ``second``: what each text is compared with, for a run that compares two.

    Raises:
        RunError: the run has no bundle yet.
        SettingError: too many texts, or not one to compare with for each.
        JobError: the model host could not be started or did not answer.
    """
    bundle_of(run_id)
    return tuple(client.classify(run_id, texts, second))


def bundle_of(run_id: str) -> Path:
    """The sealed bundle of a run. Raises RunError where training has not left one."""
    run = get_run(run_id)
    folder = workspace().runs / run.id / "bundle"
    if not bundle.is_sealed(folder):
        raise RunError(N_("The run {run} has no model yet. Wait until it has finished."), run=run.name)
    return folder


def device_of(run_id: str) -> str:
    """Where a run fills files: one that writes where it was trained, if that is still there; else on the CPU."""
    if not bundle.read_info(bundle_of(run_id)).format:
        return "cpu"
    trained_on = load_spec(workspace().runs / get_run(run_id).id).device
    return trained_on if trained_on in {device.name for device in devices.devices()} else "cpu"


def rows_to_fill(run_id: str, source_id: str) -> int:
    """Rows of a file whose answers are blank; every row where it has no column for them.

    Raises:
        DataError: no such Source.
        RunError: no such run, or it has no bundle yet.
    """
    info, source = bundle.read_info(bundle_of(run_id)), load_source(source_id)
    if not {*info.answers} <= {*source.columns}:
        return source.rows
    return int(waiting(info, read_rows(source.id, info.answers)).sum())


def seconds_to_write(run_id: str, rows: int) -> float | None:
    """About how long a run takes to answer so many rows, by what its test rows took; None where that is not known."""
    took = newest(workspace().runs / get_run(run_id).id).get("answering")
    return rows * took["seconds"] / took["rows"] if took and took["rows"] else None


def start_fill(run_id: str, source_id: str, *, only_blank: bool = True, threshold: float = 0.0) -> str:
    """Fill a file in the background; returns the job's id. The result names the file it wrote.

    Args:
        only_blank: fill the blank cells of the label column too, beside the prediction of every row.
        threshold: below this confidence (0 to 1) a blank cell stays blank.
    """
    model, device = bundle_of(run_id), device_of(run_id)
    source = load_source(source_id)
    job_id = store.new_id()
    folder = workspace().jobs / job_id
    request = {
        "bundle": str(model),
        "source": source.id,
        "destination": str(folder / (FILLED + own_ending(source.name, source.report.format))),
        "new_cells": str(folder / NEW_CELLS),
        "only_blank": only_blank,
        "threshold": threshold,
        "device": device,
    }
    return jobs.submit("fill", request, lane=lane_of(device), run=get_run(run_id).id, job_id=job_id)
