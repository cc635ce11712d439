"""A dataset and what the check says of it, written by the functions that the check itself uses."""

import csv
from pathlib import Path

from pipeline.actions.check import LANE
from pipeline.actions.data import Dataset, create_dataset
from pipeline.check.finding import CheckFinding, Remedy, Severity
from pipeline.check.learnability import Budget, Learnability
from pipeline.check.report import CheckReport, save_check
from pipeline.data.new_view import with_steps
from pipeline.data.source import import_source
from pipeline.data.steps import leave_out, rename_labels
from pipeline.runs.store import JobRow, new_id, session
from tests.pages.staged_run import tickets

LEARNED = Learnability(
    rows=120, classes=3, folds=5, accuracy=0.9, low=0.85, high=0.95, majority=0.34, verdict="learnable", unlearned=()
)
CHANCE = Learnability(
    rows=120, classes=3, folds=5, accuracy=0.33, low=0.28, high=0.38, majority=0.34, verdict="chance", unlearned=()
)
BUDGET = Budget((30, 60, 120), (0.7, 0.8, 0.9), more=200, gain=0.03, low=0.01, high=0.05, labels=("billing",))


def bring(folder: Path, rows: list[list[str]] | None = None) -> Dataset:
    """A dataset of ``rows`` (header first, with the columns text and queue)."""
    path = folder / "checked.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows or tickets())
    source = import_source(path, "checked.csv")
    return create_dataset(source.id, name="checked.csv", text=("text",), label="queue")


def spelled_badly() -> list[list[str]]:
    """Tickets of which some have a space behind their label, and others shout it."""
    rows = tickets()
    for row in rows[1:60:6]:
        row[2] += " "
    for row in rows[2:60:6]:
        row[2] = row[2].upper()
    return rows


def report(
    dataset: Dataset, *findings: CheckFinding, learnability: Learnability = LEARNED, budget: Budget | None = None
) -> None:
    """The check has said this of the dataset."""
    save_check(dataset.view, dataset.split, CheckReport(findings, learnability, budget))


def found(severity: Severity, message: str, **more: object) -> CheckFinding:
    """A finding without a remedy."""
    return CheckFinding(kind="made_up", severity=severity, rows=3, message=message, why="That matters.", **more)


def merging(dataset: Dataset, names: dict[str, str]) -> CheckFinding:
    """Labels under several spellings, with the proposal to rename them."""
    step = rename_labels(names, "label_variants")
    remedy = Remedy("Write each of them in one way", with_steps(dataset.view, [*dataset.view.steps, step]))
    return found(Severity.WARNING, "Labels are written in several ways.", remedies=(remedy,))


def leaving_out(dataset: Dataset, rows: list[int]) -> CheckFinding:
    """Rows that had better be left out."""
    remedy = Remedy("Leave them out", with_steps(dataset.view, [*dataset.view.steps, leave_out(rows, "made_up")]))
    return found(Severity.WARNING, "Rows are there twice.", remedies=(remedy,))


def ended(dataset: Dataset, state: str, cause: str = "") -> str:
    """A check of the dataset that did not come to its end. Returns the job's id."""
    job = JobRow(id=new_id(), kind="check", lane=LANE, request={"dataset": dataset.id}, state=state, cause=cause)
    with session() as opened:
        opened.add(job)
    return job.id
