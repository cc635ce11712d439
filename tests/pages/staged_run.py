"""A finished run without the minutes of training: real files, written by the functions that training uses.

The answers are made up so that a known number of rows is wrong. Where a model is asked for, it is that of
``tests.tiny``, and the answers are its own.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.actions.data import Dataset, create_dataset
from pipeline.data.source import import_source
from pipeline.data.split import load_split
from pipeline.data.view import View, view_frame, view_labels
from pipeline.evaluation.report import build_report
from pipeline.inference.neighbours import FILE as NEIGHBOURS
from pipeline.runs import store
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.bundle import BundleInfo, seal, write_info
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import workspace
from pipeline.tasks.task import Inputs
from pipeline.templates.columns import render

WORDS = {
    "billing": "invoice payment refund charge card",
    "login": "password account locked reset email",
    "shipping": "parcel courier late address delivery",
}
HIDDEN = 32  # of the tiny model
WRONG = 3  # test rows that the staged model gets wrong


@dataclass(frozen=True)
class Staged:
    """What was staged."""

    run: str
    dataset: Dataset
    job: str


def tickets(copies: int = 40, blank: int = 12) -> list[list[str]]:
    """A header, ``copies`` labelled rows of each class, and ``blank`` rows without a label."""
    rows = [["id", "text", "queue"]]
    for number in range(copies):
        for label, words in WORDS.items():
            first, *rest = words.split()
            rows.append([f"{len(rows):03}", f"{first} {number} {' '.join(rest[number % 3 :])} {number * 7}", label])
    rows += [[f"{len(rows) + n:03}", f"invoice question number {n} please", ""] for n in range(blank)]
    return rows


def stage(
    folder: Path,
    rows: list[list[str]] | None = None,
    *,
    file: str = "tickets.csv",
    text: tuple[str, ...] = ("text",),
    label: str = "queue",
    name: str = "first try",
    with_model: bool = False,
) -> Staged:
    """A dataset from ``rows`` (header first) and a finished run on it, in the workspace of this test.

    Args:
        with_model: the bundle holds a model that can answer, and the kept answers are its own.
    """
    path = folder / "staged.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows or tickets())
    source = import_source(path, file)
    dataset = create_dataset(source.id, name=Path(file).stem, text=text, label=label)
    run, job = store.new_id(), store.new_id()
    home = workspace().runs / run
    home.mkdir(parents=True)
    spec = RunSpec(dataset.view, dataset.split, "classification", "all-MiniLM-L6-v2", "staged", Recipe())
    save_spec(spec, home)
    view = dataset.view
    if with_model:
        from tests.tiny import tiny_bundle  # imports torch

        tiny_bundle(home / "bundle", view.labels, text=view.text, template=view.template, label=view.label, run=run)
        training = load_split(dataset.split).train
        vectors = np.random.default_rng(0).normal(size=(len(training), HIDDEN))
        np.savez(home / NEIGHBOURS, rows=np.array(training), vectors=vectors)
    else:
        _write_bundle_without_model(home / "bundle", run, name, view)
    _answer(view, dataset.split, home)
    if with_model:
        _let_the_model_answer(view, dataset.split, home)
    report = build_report(run, home, spec)
    metrics = {"accuracy": report.accuracy.value, "macro_f1": report.macro_f1.value}
    write_rows(run, job, dataset, spec, name, metrics, report.verdict)
    return Staged(run, dataset, job)


def _answer(view: View, split: str, home: Path) -> None:
    """Right for all test rows but WRONG, each taken for the next class; TF-IDF wrong for every fourth."""
    rows = load_split(split).test
    classes = len(view.labels)
    truth = np.array([view.labels.index(label) for label in view_labels(view, rows)])
    ours, simple = truth.copy(), truth.copy()
    ours[:WRONG] = (truth[:WRONG] + 1) % classes
    simple[::4] = (truth[::4] + 1) % classes
    guesses = {"model": ours, "tfidf": simple, "majority": np.zeros_like(truth)}
    for who, guess in guesses.items():
        probabilities = np.full((len(rows), classes), 0.1 / (classes - 1))
        probabilities[np.arange(len(rows)), guess] = 0.9
        save_answers(Answers(np.array(rows), truth, probabilities, view.labels), home, who)


def _let_the_model_answer(view: View, split: str, home: Path) -> None:
    from pipeline.inference.classify import Classifier  # imports torch

    rows = load_split(split).test
    frame = view_frame(view, rows)
    truth = np.array([view.labels.index(label) for label in view_labels(view, rows)])
    probabilities = Classifier.load(home / "bundle").scores(Inputs(tuple(render(view.template, view.text, frame))))
    save_answers(Answers(np.array(rows), truth, probabilities, view.labels), home, "model")


def _write_bundle_without_model(folder: Path, run: str, name: str, view: View) -> None:
    folder.mkdir()
    about = BundleInfo(
        run, name, "classification", "tiny", view.text, view.template, view.label, view.labels, 32, {}, {}, "2026-01-01"
    )
    write_info(folder, about)
    seal(folder)


def write_rows(
    run: str, job: str, dataset: Dataset, spec: RunSpec, name: str, metrics: dict[str, float], verdict: str
) -> None:
    """The rows of the database that a finished run has."""
    now = store.now()
    (workspace().jobs / job).mkdir(parents=True)
    with store.session() as session:
        session.add(
            store.JobRow(
                id=job,
                kind="train",
                lane="device-cpu",
                run=run,
                request={"run": run},
                state="finished",
                started=now,
                ended=now,
            )
        )
        session.add(
            store.RunRow(
                id=run,
                name=name,
                dataset=dataset.id,
                spec=spec.id,
                base_model=spec.base_model,
                preset="balanced",
                job=job,
                metrics=metrics,
                verdict=verdict,
                seconds=12.0,
            )
        )
