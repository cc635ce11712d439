"""Using a finished run: ask it, let it fill a file."""

from collections.abc import Sequence
from pathlib import Path

from pipeline import jobs
from pipeline.actions.jobs import lane_of
from pipeline.actions.runs import get_run
from pipeline.data.rewrite import own_ending
from pipeline.data.source import load_source
from pipeline.errors import N_, RunError
from pipeline.inference import client
from pipeline.inference.client import Classified
from pipeline.runs import bundle, store
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


def start_fill(run_id: str, source_id: str, *, only_blank: bool = True, threshold: float = 0.0) -> str:
    """Fill a file in the background; returns the job's id. The result names the file it wrote.

    Args:
        only_blank: fill the blank cells of the label column too, beside the prediction of every row.
        threshold: below this confidence (0 to 1) a blank cell stays blank.
    """
    model = bundle_of(run_id)
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
    }
    return jobs.submit("fill", request, lane=lane_of("cpu"), run=get_run(run_id).id, job_id=job_id)
