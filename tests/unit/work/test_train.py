"""Every task from a file to a bundle: it learns a toy rule, beats who reads nothing, and answers the same in use."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.actions.data import Dataset, create_dataset
from pipeline.actions.plan import plan
from pipeline.data.source import import_source
from pipeline.evaluation.errors import wrong_rows
from pipeline.evaluation.fresh import measure_on
from pipeline.evaluation.number_report import NumberReport
from pipeline.evaluation.report import ClassReport, load_report
from pipeline.evaluation.set_report import SetReport
from pipeline.export.hf import export_bundle
from pipeline.inference.classify import Classifier
from pipeline.inference.fill import fill_file, filled_rows
from pipeline.inference.neighbours import load_neighbours
from pipeline.runs import store
from pipeline.runs.answers import load_answers
from pipeline.runs.bundle import is_whole, read_info
from pipeline.runs.metrics_log import read_metrics
from pipeline.runs.progress import Silent
from pipeline.runs.spec import save_spec
from pipeline.runs.store import RunRow
from pipeline.settings import Workspace
from pipeline.tasks import registry
from pipeline.tasks.examples import load_examples
from pipeline.work.train import run
from tests.tiny import FILLERS, SIGNS, tiny_base

ROWS = 300


def told_apart(words: Sequence[Sequence[str]], random: np.random.Generator) -> list[str]:
    """Each row's words among others, and a number by which no two rows are near-duplicates."""
    return [
        " ".join([*random.permutation([*row, *random.choice(FILLERS, 3)]), str(at * 7919)])
        for at, row in enumerate(words)
    ]


def label_sets() -> pd.DataFrame:
    """A row has a label for each of the words that say so: none, one or several of three."""
    random = np.random.default_rng(0)
    sets = [[label for label in SIGNS if random.random() < 0.45] for _ in range(ROWS)]
    return pd.DataFrame(
        {
            "text": told_apart([[SIGNS[label] for label in its] for its in sets], random),
            **{label: [str(int(label in its)) for its in sets] for label in SIGNS},
            "labels": ["; ".join(its) for its in sets],
        }
    )


def pairs() -> pd.DataFrame:
    """Whether the second text is about refunds; the first one says nothing of it."""
    random = np.random.default_rng(0)
    about = random.choice([*SIGNS], ROWS)
    return pd.DataFrame(
        {
            "question": told_apart([[word] for word in random.choice([*SIGNS.values()], ROWS)], random),
            "candidate": told_apart([[SIGNS[label]] for label in about], random),
            "label": ["yes" if label == "账单" else "no" for label in about],
        }
    )


def hours() -> pd.DataFrame:
    """A number of hundreds, by a word and how often it stands there."""
    random = np.random.default_rng(0)
    often = random.integers(0, 4, ROWS)
    numbers = 400 + 25.5 * often + random.normal(0, 2, ROWS)
    return pd.DataFrame(
        {"text": told_apart([["printer"] * count for count in often], random), "hours": [f"{n:.1f}" for n in numbers]}
    )


def dataset(tmp_path: Path, frame: pd.DataFrame, **question: object) -> Dataset:
    frame.to_csv(tmp_path / "rows.csv", index=False)
    source = import_source(tmp_path / "rows.csv", "rows.csv")
    return create_dataset(source.id, name="rows", **{"text": ["text"], "label": "", **question})  # type: ignore[arg-type]


def train(home: Workspace, data: Dataset, family: str = "encoder", **settings: object) -> Path:
    """The folder of a run that has ended."""
    base = home.models / f"tiny-{family}"
    if not base.exists():
        tiny_base(base, family)
    chosen = {"epochs": 12, "batch_size": 16, "trained_layers": -1, "learning_rate": 2e-3, **settings}
    spec = plan(data, base.name, settings={name: str(value) for name, value in chosen.items()}).spec
    folder = home.runs / "r1"
    folder.mkdir(parents=True)
    save_spec(spec, folder)
    with store.session() as session:
        row = {"id": "r1", "name": "mine", "dataset": data.id, "spec": spec.id, "base_model": base.name}
        session.add(RunRow(**row, preset="balanced", job="j", estimated_seconds=1.0))
    run({"run": "r1"}, Silent())
    return folder


def says_the_same(folder: Path, data: Dataset) -> None:
    """The bundle gives the answers that the run kept of its test rows, and so does the export."""
    kept = load_answers(folder, "model")
    assert is_whole(folder / "bundle")
    classifier = Classifier.load(folder / "bundle")
    test = load_examples(registry.task_of(data.view), data.view, data.split).test
    spread = max(1.0, float(np.ptp(kept.scores)))
    np.testing.assert_allclose(classifier.scores(test.inputs), kept.scores, atol=1e-5 * spread, rtol=0)
    assert test.rows.tolist() == kept.rows.tolist()
    assert export_bundle(folder, folder / "out.zip").parity <= 1e-5


def cells(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.mark.slow
@pytest.mark.parametrize("family", ["encoder", "decoder"])
def test_several_labels_a_row_in_columns_of_their_own(home: Workspace, tmp_path: Path, family: str) -> None:
    data = dataset(tmp_path, label_sets(), label_columns=list(SIGNS))
    folder = train(home, data, family)
    report = load_report("r1")
    assert isinstance(report, SetReport)
    assert report.micro_f1.value > 0.75
    assert report.micro_f1.low <= report.micro_f1.value <= report.micro_f1.high
    assert report.verdict != "nothing_learned"
    assert report.exact_match.value > report.baselines["majority"].exact_match.value
    assert [row.threshold for row in report.per_label] == list(read_info(folder / "bundle").thresholds)
    says_the_same(folder, data)

    blank = label_sets()
    blank.loc[:2, list(SIGNS)] = ""
    blank.to_csv(tmp_path / "blank.csv", index=False)
    source = import_source(tmp_path / "blank.csv", "blank.csv")
    filled = fill_file(folder / "bundle", source.id, tmp_path / "out.csv", only_blank=True, new_cells=tmp_path / "new")
    assert (filled.rows, filled.filled) == (ROWS, 3)
    for number, row in enumerate(cells(filled.path)):
        said = {label for label in row["prediction"].split(", ") if label}
        if number <= 2:
            assert {label for label in SIGNS if row[label] == "1"} == said
            assert {row[label] for label in SIGNS} <= {"0", "1"}
        else:
            assert [row[label] for label in SIGNS] == [blank[label][number] for label in SIGNS]
    shown = filled_rows(source, "", tmp_path / "new")
    assert shown.to_dict("records") == cells(filled.path)

    wrong = wrong_rows("r1")
    kept = load_answers(folder, "model")
    assert len(wrong) == int((kept.predicted != kept.truth).any(axis=1).sum())
    measured = measure_on(folder / "bundle", data.source)
    assert (measured.rows, measured.blank) == (ROWS, 0)
    assert measured.metrics["micro_f1"] > 0.75


@pytest.mark.slow
def test_several_labels_in_one_cell_are_filled_in_as_the_file_joins_them(home: Workspace, tmp_path: Path) -> None:
    data = dataset(tmp_path, label_sets(), label="labels", separators=";；")
    folder = train(home, data)
    assert isinstance(load_report("r1"), SetReport)
    filled = fill_file(folder / "bundle", data.source, tmp_path / "out.csv", only_blank=True)
    before = label_sets()["labels"]
    several = [row for row in cells(filled.path) if ";" in row["prediction"]]
    assert several
    for row in several:
        assert set(row["prediction"].split("; ")) <= set(SIGNS)
        assert 0 < float(row["confidence"]) <= 1
    assert [row["labels"] for row, cell in zip(cells(filled.path), before, strict=True) if cell] == [
        *before[before != ""]
    ]
    assert load_neighbours(folder).labels[0].replace(", ", "; ") in set(before)


@pytest.mark.slow
def test_two_texts_are_compared(home: Workspace, tmp_path: Path) -> None:
    data = dataset(tmp_path, pairs(), text=["question"], second="candidate", label="label")
    folder = train(home, data)
    report = load_report("r1")
    assert isinstance(report, ClassReport)
    assert report.accuracy.value > 0.85
    info = read_info(folder / "bundle")
    assert (info.task, info.second) == ("pair", "candidate")
    says_the_same(folder, data)
    filled = fill_file(folder / "bundle", data.source, tmp_path / "out.csv")
    right = [row["prediction"] == row["label"] for row in cells(filled.path)]
    assert np.mean(right) > 0.85
    assert load_neighbours(folder).second[0] in set(pairs()["candidate"])


@pytest.mark.slow
@pytest.mark.parametrize("family", ["encoder", "decoder"])
def test_a_number_is_learned_and_given_in_its_own_unit(home: Workspace, tmp_path: Path, family: str) -> None:
    data = dataset(tmp_path, hours(), label="hours", number=True)
    folder = train(home, data, family, epochs=20)
    report = load_report("r1")
    assert isinstance(report, NumberReport)
    assert report.pearson.value > 0.8
    assert report.rmse.value < report.baselines["mean"].rmse.value
    assert report.verdict != "nothing_learned"
    says_the_same(folder, data)  # transformers alone gives hours, not a multiple of their spread
    assert 380 < load_answers(folder, "model").predicted.mean() < 500

    blank = hours()
    blank.loc[:4, "hours"] = ""
    blank.to_csv(tmp_path / "blank.csv", index=False)
    filled = fill_file(
        folder / "bundle", import_source(tmp_path / "blank.csv", "blank.csv").id, tmp_path / "out.csv", only_blank=True
    )
    rows = cells(filled.path)
    assert filled.filled == 5
    assert [row["hours"] for row in rows[:5]] == [row["prediction"] for row in rows[:5]]
    assert all(300 < float(row["prediction"]) < 600 and row["confidence"] == "" for row in rows)
    worst = wrong_rows("r1", 3)
    assert worst[0].error is not None
    assert abs(worst[0].error) >= abs(worst[1].error or 0)
    assert float(worst[0].predicted) - float(worst[0].truth) == pytest.approx(worst[0].error, abs=0.01)
    events = read_metrics(folder)
    measured = [event.values["mae"] for event in events if event.kind == "validation"]
    assert measured[-1] < measured[0]  # in hours, in the log too
    assert {event.values["name"] for event in events if event.kind == "baseline"} == {"mean", "tfidf"}
