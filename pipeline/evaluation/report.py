"""The report of a run: its figures, its baselines' figures on the same test rows, and the verdict between them.

``build_report`` runs in a worker (it imports ``evaluate``); ``load_report`` reads JSON, and pages import it.
Knows nothing of training or of the texts.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import N_, RunError
from pipeline.evaluation import number_report, pretraining_report, set_report, written_report
from pipeline.evaluation.number_report import NumberReport
from pipeline.evaluation.pretraining_report import PretrainingReport
from pipeline.evaluation.set_report import SetReport
from pipeline.evaluation.verdict import Verdict, judge
from pipeline.evaluation.written_report import WrittenReport
from pipeline.files import write_text
from pipeline.metrics import classification
from pipeline.metrics.intervals import Interval, accuracy_interval, macro_f1_interval, paired_difference
from pipeline.runs.answers import Answers, load_answers
from pipeline.runs.bundle import read_info
from pipeline.runs.spec import RunSpec
from pipeline.runs.surprise import are_surprises, load_surprise
from pipeline.runs.texts import BASE, MODEL, are_texts, load_margins, load_texts
from pipeline.settings import workspace

FILE = "report.json"
MAJORITY = "majority"
BASELINES = (MAJORITY, "tfidf")
NUMBER_BASELINES = (number_report.SIMPLEST, "tfidf")
KIND = "kind"  # of a report that is not about classes


@dataclass(frozen=True)
class Scores:
    """Figures of one classifier on the test rows, fractions from 0 to 1."""

    accuracy: Interval
    macro_f1: Interval


@dataclass(frozen=True)
class ClassRow:
    """One class: fractions from 0 to 1, and ``support``, the number of test rows that truly are of it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class ClassReport:
    """How good a run is on its test rows, which it has never seen."""

    run: str
    verdict: Verdict
    accuracy: Interval
    macro_f1: Interval
    baselines: dict[str, Scores]  # "majority" and "tfidf"
    difference: Interval  # accuracy of the model minus that of the best baseline, from -1 to 1
    test_rows: int
    labels: tuple[str, ...]
    per_class: tuple[ClassRow, ...]  # in the order of ``labels``
    confusion: tuple[tuple[int, ...], ...]  # [true class][predicted class] rows

    @property
    def figures(self) -> dict[str, Interval]:
        """The figures with their intervals, by name."""
        return {"accuracy": self.accuracy, "macro_f1": self.macro_f1}

    @property
    def metrics(self) -> dict[str, float]:
        """The figures by name."""
        return {name: figure.value for name, figure in self.figures.items()}


Report = ClassReport | SetReport | NumberReport | WrittenReport | PretrainingReport

_READERS: dict[str, Callable[[dict[str, Any]], Report]] = {
    "labels": set_report.from_json,
    "number": number_report.from_json,
    "text": written_report.from_json,
    "language": pretraining_report.from_json,
}


def build_report(run: str, run_folder: Path, spec: RunSpec) -> Report:
    """Measure the kept answers of the model and its baselines, and write ``report.json``.

    Args:
        run: the run's id.
        run_folder: holds answers of the same test rows in the same order: of the model, and of its baselines.
        spec: gives the label space.

    Raises:
        RunError: not one test row has a label.
    """
    if are_surprises(run_folder):
        report: Report = pretraining_report.build(
            run,
            load_surprise(run_folder, MODEL),
            load_surprise(run_folder, BASE),
            foretells=bool(read_info(run_folder / "bundle").format),
        )
        _write(report, run_folder, "language")
        return report
    if are_texts(run_folder):
        report = written_report.build(
            run, load_texts(run_folder, MODEL), load_texts(run_folder, BASE), load_margins(run_folder)
        )
        _write(report, run_folder, "text")
        return report
    model = _labelled(load_answers(run_folder, "model"), run)
    names = NUMBER_BASELINES if model.kind == "number" else BASELINES
    baselines = {name: _labelled(load_answers(run_folder, name), run) for name in names}
    if model.kind == "labels":
        report = set_report.build(run, model, baselines)
    elif model.kind == "number":
        report = number_report.build(run, model, baselines)
    else:
        report = _of_classes(run, model, baselines, spec.view.labels)
    _write(report, run_folder, model.kind)
    return report


def load_report(run_id: str) -> Report:
    """The report of a run of this workspace: of classes, label sets, numbers, written texts, or texts alone.

    Raises:
        RunError: the run has not come to its report yet.
    """
    path = workspace().runs / run_id / FILE
    if not path.is_file():
        raise RunError(
            N_("There is no report for the run {run} yet: it is written when training has ended."), run=run_id
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    return _READERS.get(content.pop(KIND, "class"), _class_report)(content)


def _write(report: Report, run_folder: Path, kind: str) -> None:
    content = dataclasses.asdict(report) | ({} if kind == "class" else {KIND: kind})
    write_text(run_folder / FILE, json.dumps(content, ensure_ascii=False, indent=1))


def _of_classes(run: str, model: Answers, baselines: Mapping[str, Answers], labels: tuple[str, ...]) -> ClassReport:
    classes = len(labels)
    scores = {name: class_scores(answers, classes) for name, answers in baselines.items()}
    best = max(BASELINES, key=lambda name: scores[name].accuracy.value)
    gains = {
        name: paired_difference(model.truth, model.predicted, answers.predicted) for name, answers in baselines.items()
    }
    ours = class_scores(model, classes)
    figures = classification.per_class(model.truth, model.predicted, classes)
    return ClassReport(
        run=run,
        verdict=judge(gains[best], gains[MAJORITY]),
        accuracy=ours.accuracy,
        macro_f1=ours.macro_f1,
        baselines=scores,
        difference=gains[best],
        test_rows=len(model.truth),
        labels=labels,
        per_class=tuple(ClassRow(label, **dataclasses.asdict(row)) for label, row in zip(labels, figures, strict=True)),
        confusion=tuple(map(tuple, classification.confusion(model.truth, model.predicted, classes).tolist())),
    )


def _class_report(content: dict[str, Any]) -> ClassReport:
    return ClassReport(
        **{
            **content,
            "accuracy": Interval(**content["accuracy"]),
            "macro_f1": Interval(**content["macro_f1"]),
            "difference": Interval(**content["difference"]),
            "baselines": {name: _read_scores(scores) for name, scores in content["baselines"].items()},
            "labels": tuple(content["labels"]),
            "per_class": tuple(ClassRow(**row) for row in content["per_class"]),
            "confusion": tuple(map(tuple, content["confusion"])),
        }
    )


def _labelled(answers: Answers, run: str) -> Answers:
    if not answers.known.any():
        raise RunError(N_("The run {run} cannot be measured: no test row has a label."), run=run)
    known = answers.known
    return dataclasses.replace(
        answers, rows=answers.rows[known], truth=answers.truth[known], scores=answers.scores[known]
    )


def class_scores(answers: Answers, classes: int) -> Scores:
    """Figures of answers that are classes."""
    return Scores(
        accuracy_interval(answers.truth, answers.predicted),
        macro_f1_interval(answers.truth, answers.predicted, classes),
    )


def _read_scores(content: dict[str, Any]) -> Scores:
    return Scores(Interval(**content["accuracy"]), Interval(**content["macro_f1"]))
