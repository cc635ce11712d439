"""Finished runs of the other kinds of answer: several labels a row, pairs of texts, numbers. See ``staged_run``."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.actions.data import Dataset, create_dataset
from pipeline.data.question import Question
from pipeline.data.source import import_source
from pipeline.data.split import load_split
from pipeline.evaluation.report import build_report
from pipeline.inference.neighbours import FILE as NEIGHBOURS
from pipeline.runs import store
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.bundle import INFO, BundleInfo, seal, write_info
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import workspace
from pipeline.tasks import registry
from tests.pages.staged_run import HIDDEN, Staged, write_rows

TAGS = {"refund": "money charge invoice", "parcel": "courier box address", "login": "password account reset"}
OFF = 2  # test rows of which the staged model gets the answer wrong


def tagged(rows: int = 90, blank: int = 9) -> list[list[str]]:
    """A header, rows with one or two tags that their words tell, and rows without any."""
    table, names = [["text", "tags"]], list(TAGS)
    for number in range(rows):
        its = [names[number % 3], names[(number // 3) % 3]] if number % 2 else [names[number % 3]]
        words = " ".join(TAGS[name].split()[number % 3] for name in dict.fromkeys(its))
        table.append([f"{words} case {number * 7} since {number * number}", "; ".join(dict.fromkeys(its))])
    return table + [[f"money question {number * 31}", ""] for number in range(blank)]


def compared(rows: int = 80, blank: int = 8) -> list[list[str]]:
    """A header, pairs of which every other one is about the same, and pairs that nobody has judged."""
    table, names = [["question1", "question2", "same"]], list(TAGS)
    for number in range(rows + blank):
        same = number % 2 == 0
        left, right = names[number % 3], names[(number + (0 if same else 1)) % 3]
        texts = [
            f"{TAGS[left].split()[number % 3]} trouble {number * 7}",
            f"about {TAGS[right].split()[(number + 1) % 3]} {number * 13}",
        ]
        table.append([*texts, ("yes" if same else "no") if number < rows else ""])
    return table


def counted(rows: int = 90, blank: int = 9) -> list[list[str]]:
    """A header, texts with hours in halves, and texts without."""
    table, words = [["text", "hours"]], ("small", "plain", "large", "huge")
    for number in range(rows + blank):
        size = number % 4
        table.append([f"{words[size]} job {number * 17} of {number * number}", f"{size * 2 + number % 3 / 2}"])
    return [table[0], *table[1 : rows + 1], *([text, ""] for text, _ in table[rows + 1 :])]


KINDS = {
    "multilabel": (tagged, Question(("text",), "tags", ";")),
    "pair": (compared, Question(("question1",), "same", second="question2")),
    "regression": (counted, Question(("text",), "hours", number=True)),
}


def stage_kind(folder: Path, task: str, *, with_model: bool = False) -> Staged:
    """A dataset and a finished run of a task, in the workspace of this test; the answers are made up.

    Args:
        with_model: the bundle holds a model that can answer, one with random weights.
    """
    rows, question = KINDS[task]
    path = folder / f"{task}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows())
    source = import_source(path, path.name)
    dataset = create_dataset(
        source.id,
        name=task,
        text=question.text,
        label=question.label,
        separators=question.separators,
        second=question.second,
        number=question.number,
    )
    run, job = store.new_id(), store.new_id()
    home = workspace().runs / run
    home.mkdir(parents=True)
    spec = RunSpec(dataset.view, dataset.split, task, "all-MiniLM-L6-v2", "staged", Recipe())
    save_spec(spec, home)
    _answer(dataset, task, home)
    report = build_report(run, home, spec)
    _write_bundle(home, run, dataset, task, report.metrics, with_model=with_model)
    write_rows(run, job, dataset, spec, f"{task} run", report.metrics, report.verdict)
    return Staged(run, dataset, job)


def _answer(dataset: Dataset, task: str, home: Path) -> None:
    """Right for all test rows but OFF; TF-IDF wrong for every third; the simplest one reads no text."""
    chosen = registry.get(task)
    rows = load_split(dataset.split).test
    names, truth = chosen.names(dataset.view), chosen.read_targets(dataset.view, rows)
    wrong, simple = np.zeros(len(rows), bool), np.arange(len(rows)) % 3 == 0
    wrong[:OFF] = True
    if task == "regression":
        said = {"model": truth + 0.2, "tfidf": truth + simple * 1.5, "mean": np.full(len(rows), truth.mean())}
        said["model"][wrong] += 3
        for who, numbers in said.items():
            save_answers(Answers(np.array(rows), truth, numbers[:, None], names), home, who)
        return
    if task == "multilabel":
        shares = truth.mean(axis=0, keepdims=True).repeat(len(rows), axis=0)
        said = {"model": _flipped(truth, wrong), "tfidf": _flipped(truth, simple), "majority": shares}
        limits = {"model": (0.4, 0.5, 0.6), "tfidf": (0.5,) * 3, "majority": (0.4,) * 3}
        for who, scores in said.items():
            save_answers(Answers(np.array(rows), truth, scores, names, limits[who]), home, who)
        return
    for who, off in {"model": wrong, "tfidf": simple, "majority": truth == 1}.items():
        scores = np.full((len(rows), len(names)), 0.1)
        scores[np.arange(len(rows)), np.where(off, 1 - truth, truth)] = 0.9
        save_answers(Answers(np.array(rows), truth, scores, names), home, who)


def _flipped(truth: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Scores of 0.9 and 0.1 for labels that a row has and has not; of some rows the first label the other way."""
    said = np.array(truth, dtype=np.float64)
    said[rows, 0] = 1 - said[rows, 0]
    return 0.1 + 0.8 * said


def _write_bundle(
    home: Path, run: str, dataset: Dataset, task: str, metrics: dict[str, float], *, with_model: bool
) -> None:
    view, folder = dataset.view, home / "bundle"
    names = registry.get(task).names(view)
    about = BundleInfo(
        run, f"{task} run", task, "tiny", view.text, view.template, view.label, names, 32, metrics, {}, "2026-01-01"
    )
    about = replace(
        about,
        second=view.second,
        separators=view.separators,
        thresholds=(0.5,) * len(names) if view.several else (),
        number_range=(0.0, 7.0) if view.number else (),
    )
    if with_model:
        from tests.tiny import tiny_bundle  # imports torch

        tiny_bundle(folder, names, text=view.text, label=view.label, run=run)
        (folder / INFO).unlink()
        training = load_split(dataset.split).train
        vectors = np.random.default_rng(0).normal(size=(len(training), HIDDEN))
        np.savez(home / NEIGHBOURS, rows=np.array(training), vectors=vectors)
    else:
        folder.mkdir()
    write_info(folder, about)
    seal(folder)
