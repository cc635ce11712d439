"""A model that writes is measured on the answered rows of another file, as its run was on the test rows."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.data.source import import_source
from pipeline.errors import DataError, UnfitData
from pipeline.evaluation.fresh import measure_on
from pipeline.evaluation.fresh_texts import write_fresh
from pipeline.evaluation.written_report import scores_of
from pipeline.runs.bundle import BundleInfo, read_info, seal, write_info
from pipeline.settings import Workspace
from tests.tiny import instructions, tiny_writer


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The bundle of a model that writes nonsense."""
    folder = tiny_writer(tmp_path / "writer")
    columns = ("instruction", "input")
    about = BundleInfo(
        "run", "mine", "instruction", "tiny", columns, "", "output", (), 96, {}, {}, "2026", format="chat"
    )
    write_info(folder, about)
    seal(folder)
    return folder


def bring(folder: Path, table: pd.DataFrame) -> str:
    """The table as a Source; its id."""
    table.to_csv(folder / "new.csv", index=False)
    return import_source(folder / "new.csv", "new.csv").id


def test_answers_are_compared_and_rows_without_one_counted(home: Workspace, bundle: Path, tmp_path: Path) -> None:
    table = instructions(12, seed=1)
    table.loc[3, "output"] = " "
    source = bring(tmp_path, table)
    asked = write_fresh(bundle, read_info(bundle), source)
    assert asked.answers.rows.tolist() == [row for row in range(12) if row != 3]
    assert asked.answers.truth[0] == table["output"][0]
    assert (asked.answers.bits > 0).all() and any(asked.answers.said) and asked.blank == 1
    measured, expected = measure_on(bundle, source), scores_of(asked.answers)
    assert (measured.rows, measured.blank, measured.unknown) == (11, 1, 0)
    assert measured.metrics == {name: figure.value for name, figure in vars(expected).items()}
    low, high = measured.intervals["bits_per_character"]
    assert low < measured.metrics["bits_per_character"] < high


def test_of_a_large_file_some_rows_are_asked(
    home: Workspace, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.evaluation.fresh_texts.MOST_ANSWERED", 5)
    assert measure_on(bundle, bring(tmp_path, instructions(40, seed=1))).rows == 5


def test_a_file_without_answers_or_columns_is_refused_in_one_line(
    home: Workspace, bundle: Path, tmp_path: Path
) -> None:
    table = instructions(3, seed=1)
    with pytest.raises(UnfitData, match=r"No row of new\.csv has an instruction and an answer in output"):
        measure_on(bundle, bring(tmp_path, table.assign(output="")))
    with pytest.raises(DataError, match="no column input"):
        measure_on(bundle, bring(tmp_path, table.drop(columns="input")))
