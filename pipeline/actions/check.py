"""The data check as a person asks for it: look, take a remedy, take it back."""

import dataclasses
from collections.abc import Mapping

from filelock import FileLock
from sqlmodel import col, select

from pipeline import jobs
from pipeline.actions.data import Dataset, Made, make_version
from pipeline.check import compose
from pipeline.check.finding import Remedy
from pipeline.check.report import CheckReport, load_check
from pipeline.data.dates import Order
from pipeline.data.new_view import with_steps
from pipeline.data.steps import rename_labels
from pipeline.runs.store import JobRow, session
from pipeline.settings import workspace

LANE = "check"  # beside training: it takes seconds, and a person waits for it


def start_check(dataset: Dataset) -> str:
    """Check a dataset in the background; returns the job's id, also when it is under way already."""
    workspace().locks.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace().locks / "start-check.lock"):  # two pages that open at once start one check
        return running_check(dataset) or jobs.submit("check", {"dataset": dataset.id}, lane=LANE)


def running_check(dataset: Dataset) -> str:
    """The job that checks this dataset now; "" when none does."""
    active = ("queued", *jobs.local.ACTIVE)
    with session() as opened:
        rows = opened.exec(select(JobRow).where(JobRow.kind == "check", col(JobRow.state).in_(active))).all()
    return next((row.id for row in rows if row.request["dataset"] == dataset.id), "")


def last_check(dataset: Dataset) -> str:
    """The newest job that checks or has checked this dataset, however it ended; "" where there is none."""
    newest_first = select(JobRow).where(JobRow.kind == "check").order_by(col(JobRow.submitted).desc())
    with session() as opened:
        rows = opened.exec(newest_first).all()
    return next((row.id for row in rows if row.request["dataset"] == dataset.id), "")


def check_of(dataset: Dataset) -> CheckReport | None:
    """What the check says so far; None where none has run."""
    return load_check(dataset.view, dataset.split)


def apply(dataset: Dataset, remedy: Remedy) -> Made:
    """The dataset after a remedy: a new version, the old one stays as it is."""
    return make_version(dataset, remedy.view)


def rename(dataset: Dataset, names: Mapping[str, str], reason: str = "") -> Made:
    """The dataset with labels renamed as a person decided, old name -> new name; ``reason`` is a finding's kind.

    Raises:
        UnfitData: one label only would be left.
    """
    return make_version(dataset, with_steps(dataset.view, (*dataset.view.steps, rename_labels(names, reason))))


def take_back(dataset: Dataset, step: int) -> Made:
    """The dataset without its ``step``-th step (from 0)."""
    return make_version(dataset, compose.take_back(dataset.view, step))


def redivide(dataset: Dataset, *, group: str = "", time: str = "", date_order: Order = "") -> Made:
    """The dataset with its rows divided by these columns; "" for none: the one that a remedy chose is taken back.

    ``date_order`` is what comes first in the dates of the time column; "" for what the file tells or suggests.

    Raises:
        UnfitData: rows divided so leave none to measure on.
    """
    return make_version(dataset, dataclasses.replace(dataset.view, group=group, time=time, date_order=date_order))
