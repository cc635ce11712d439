"""A bundle is measured on the rows of another file whose labels it knows; what it leaves out is counted."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from pipeline.data.source import import_source
from pipeline.errors import DataError, UnfitData
from pipeline.evaluation.fresh import measure_on
from pipeline.inference.classify import Classifier
from pipeline.runs.bundle import read_info, write_info
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs
from tests.tiny import tiny_bundle

LABELS = ("a", "b", "c")


def test_known_labels_are_measured_and_the_rest_is_counted(home: Workspace, tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "model", LABELS)
    texts = [f"refund {n}" for n in range(20)]
    said = [LABELS[best] for best in Classifier.load(tmp_path / "model").scores(Inputs(tuple(texts))).argmax(axis=1)]
    labels = [*said[:15], *(LABELS[(LABELS.index(label) + 1) % 3] for label in said[15:18]), "unheard of", "  "]
    pd.DataFrame({"text": texts, "label": labels}).to_csv(tmp_path / "new.csv", index=False)
    measured = measure_on(tmp_path / "model", import_source(tmp_path / "new.csv", "new.csv").id)
    assert (measured.rows, measured.blank, measured.unknown) == (18, 1, 1)
    assert measured.metrics["accuracy"] == pytest.approx(15 / 18)
    low, high = measured.intervals["accuracy"]
    assert low < 15 / 18 < high


def test_a_file_without_known_labels_or_columns_is_refused_in_one_line(home: Workspace, tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "model", LABELS)
    (tmp_path / "other.csv").write_text("text,label\nx,z\n", encoding="utf-8")
    with pytest.raises(UnfitData, match=r"No row of other\.csv has a label in label that the model knows"):
        measure_on(tmp_path / "model", import_source(tmp_path / "other.csv", "other.csv").id)
    (tmp_path / "third.csv").write_text("title,label\nx,a\n", encoding="utf-8")
    with pytest.raises(DataError, match="no column text"):
        measure_on(tmp_path / "model", import_source(tmp_path / "third.csv", "third.csv").id)


def test_labels_that_were_learned_under_another_name_are_measured_as_that(home: Workspace, tmp_path: Path) -> None:
    tiny_bundle(tmp_path / "model", LABELS)
    write_info(tmp_path / "model", dataclasses.replace(read_info(tmp_path / "model"), renamed={"A.": "a"}))
    (tmp_path / "new.csv").write_text("text,label\nx,A.\ny,a\nz,b\n", encoding="utf-8")
    measured = measure_on(tmp_path / "model", import_source(tmp_path / "new.csv", "new.csv").id)
    assert (measured.rows, measured.unknown) == (3, 0)
