"""The baselines are measured beside the training, by a process of their own, and only once."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import make_split, save_split
from pipeline.errors import UnfitData
from pipeline.runs.answers import load_answers
from pipeline.runs.metrics_log import MetricsWriter, read_metrics
from pipeline.runs.spec import Recipe, RunSpec, save_spec
from pipeline.settings import Workspace
from pipeline.work.baselines import measure, measuring
from tests.tiny import tickets

RUN = "a"


@pytest.fixture
def spec(home: Workspace, tmp_path: Path) -> RunSpec:
    """A run of 120 tickets whose first word tells their label, in its folder."""
    frame = tickets(120, seed=0)
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    view = make_view(import_source(tmp_path / "tickets.csv", "tickets.csv").id, ["text"], "label")
    split = make_split(view.source, list(frame["text"]), list(frame["label"]))
    save_split(split)
    spec = RunSpec(view, split.id, "classification", "none", "", Recipe())
    (home.runs / RUN).mkdir(parents=True)
    save_spec(spec, home.runs / RUN)
    return spec


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[MetricsWriter]:
    metrics = MetricsWriter(folder)
    try:
        yield metrics
    finally:
        metrics.close()


def test_they_are_there_once_what_happens_beside_them_is_over(home: Workspace, spec: RunSpec) -> None:
    folder = home.runs / RUN
    with opened(folder) as metrics, measuring(RUN, folder, metrics):
        pass
    found = {event.values["name"]: event.values["macro_f1"] for event in read_metrics(folder)}
    assert found.keys() == {"majority", "tfidf"}
    assert found["tfidf"] > 0.9 > found["majority"]
    answers = load_answers(folder, "tfidf")
    assert (answers.predicted == answers.truth).mean() > 0.9


def test_they_say_the_same_from_within_and_are_measured_once(home: Workspace, spec: RunSpec) -> None:
    folder = home.runs / RUN
    with opened(folder) as metrics, measuring(RUN, folder, metrics):
        pass
    first = load_answers(folder, "tfidf").scores
    written = (folder / "metrics.jsonl").read_bytes()
    with opened(folder) as metrics, measuring(RUN, folder, metrics):
        pass
    assert (folder / "metrics.jsonl").read_bytes() == written
    measure(spec, folder)
    np.testing.assert_allclose(load_answers(folder, "tfidf").scores, first, atol=1e-6)


def test_what_fails_beside_them_ends_them(home: Workspace, spec: RunSpec) -> None:
    folder = home.runs / RUN
    with opened(folder) as metrics, pytest.raises(ZeroDivisionError), measuring(RUN, folder, metrics):
        raise ZeroDivisionError
    assert read_metrics(folder) == []


def test_what_a_person_can_mend_is_said_as_it_was(home: Workspace, spec: RunSpec) -> None:
    folder = home.runs / RUN
    (folder / "spec.json").unlink()
    view = replace(spec.view, labels=spec.view.labels[:1])
    save_spec(RunSpec(view, spec.split, "classification", "none", "", Recipe()), folder)
    with opened(folder) as metrics, pytest.raises(UnfitData, match="Row"), measuring(RUN, folder, metrics):
        pass
