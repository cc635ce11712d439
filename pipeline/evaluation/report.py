"""The report of a run: its figures, its baselines' figures on the same test rows, and the verdict between them.

``build_report`` runs in a worker (it imports ``evaluate``); ``load_report`` reads JSON, and pages import it.
Knows nothing of training or of the texts.
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import N_, RunError
from pipeline.files import write_text
from pipeline.metrics import classification
from pipeline.metrics.intervals import Interval, accuracy_interval, macro_f1_interval, paired_difference
from pipeline.runs.answers import Answers, load_answers
from pipeline.runs.spec import RunSpec
from pipeline.settings import workspace

Verdict = Literal["beyond_baseline", "not_distinguishable", "worse", "nothing_learned"]

FILE = "report.json"
MAJORITY = "majority"
BASELINES = (MAJORITY, "tfidf")


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
class Report:
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
    def metrics(self) -> dict[str, float]:
        """The figures by name."""
        return {"accuracy": self.accuracy.value, "macro_f1": self.macro_f1.value}


def build_report(run: str, run_folder: Path, spec: RunSpec) -> Report:
    """Measure the kept answers of the model and its baselines, and write ``report.json``.

    Args:
        run: the run's id.
        run_folder: holds answers/{model,majority,tfidf}.parquet of the same test rows in the same order.
        spec: gives the label space.

    Raises:
        RunError: not one test row has a label.
    """
    model = _labelled(load_answers(run_folder, "model"), run)
    baselines = {name: _labelled(load_answers(run_folder, name), run) for name in BASELINES}
    classes = len(spec.view.labels)
    scores = {name: _scores(answers, classes) for name, answers in baselines.items()}
    best = max(BASELINES, key=lambda name: scores[name].accuracy.value)
    gains = {
        name: paired_difference(model.truth, model.predicted, answers.predicted) for name, answers in baselines.items()
    }
    ours = _scores(model, classes)
    figures = classification.per_class(model.truth, model.predicted, classes)
    report = Report(
        run=run,
        verdict=judge(gains[best], gains[MAJORITY]),
        accuracy=ours.accuracy,
        macro_f1=ours.macro_f1,
        baselines=scores,
        difference=gains[best],
        test_rows=len(model.truth),
        labels=spec.view.labels,
        per_class=tuple(
            ClassRow(label, **dataclasses.asdict(row)) for label, row in zip(spec.view.labels, figures, strict=True)
        ),
        confusion=tuple(map(tuple, classification.confusion(model.truth, model.predicted, classes).tolist())),
    )
    _save(report, run_folder)
    return report


def load_report(run_id: str) -> Report:
    """The report of a run of this workspace.

    Raises:
        RunError: the run has not come to its report yet.
    """
    path = workspace().runs / run_id / FILE
    if not path.is_file():
        raise RunError(
            N_("There is no report for the run {run} yet: it is written when training has ended."), run=run_id
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    return Report(
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


def judge(over_best: Interval, over_majority: Interval) -> Verdict:
    """What two differences in accuracy (model minus baseline, with intervals) come to.

    Nothing was learned if the model cannot be told from the majority class, or is below it; whatever else it
    is compared with does not matter then.
    """
    if over_majority.low <= 0:
        return "nothing_learned"
    if over_best.low > 0:
        return "beyond_baseline"
    return "worse" if over_best.high < 0 else "not_distinguishable"


def _labelled(answers: Answers, run: str) -> Answers:
    known = answers.truth >= 0
    if not known.any():
        raise RunError(N_("The run {run} cannot be measured: no test row has a label."), run=run)
    return Answers(answers.rows[known], answers.truth[known], answers.scores[known], answers.labels)


def _scores(answers: Answers, classes: int) -> Scores:
    return Scores(
        accuracy_interval(answers.truth, answers.predicted),
        macro_f1_interval(answers.truth, answers.predicted, classes),
    )


def _read_scores(content: dict[str, Any]) -> Scores:
    return Scores(Interval(**content["accuracy"]), Interval(**content["macro_f1"]))


def _save(report: Report, run_folder: Path) -> None:
    write_text(run_folder / FILE, json.dumps(dataclasses.asdict(report), ensure_ascii=False, indent=1))
