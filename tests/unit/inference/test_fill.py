"""A filled file is the file it was, with what the model says beside it, and blanks only where the model is sure."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipeline.data.source import Source, import_source
from pipeline.errors import DataError, RunError, SettingError
from pipeline.inference.classify import Classifier
from pipeline.inference.fill import fill_file, filled_rows
from pipeline.runs.progress import Stopped
from pipeline.tasks.task import Inputs

from .conftest import LABELS, ROWS


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.fixture
def bundle(make_run: Callable[..., Path]) -> Path:
    return make_run("abc") / "bundle"


def test_every_row_with_a_text_gets_what_the_model_says(bundle: Path, source: Source, tmp_path: Path) -> None:
    filled = fill_file(bundle, source.id, tmp_path / "out.csv")
    expected = Classifier.load(bundle).scores(Inputs(tuple(text for text, _ in ROWS)))
    rows = read(filled.path)
    for (text, label), row, probabilities in zip(ROWS, rows, expected, strict=True):
        assert (row["text"], row["label"]) == (text, label)
        if text.strip():
            assert row["prediction"] == LABELS[probabilities.argmax()]
            assert float(row["confidence"]) == pytest.approx(probabilities.max(), abs=1e-4)
        else:
            assert (row["prediction"], row["confidence"]) == ("", "")
    assert (filled.rows, filled.filled, filled.abstained) == (8, 7, 1)
    assert filled.rows_per_second > 0


def test_only_blank_labels_are_filled_in(bundle: Path, source: Source, tmp_path: Path) -> None:
    filled = fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True)
    rows = read(filled.path)
    for (text, label), row in zip(ROWS, rows, strict=True):
        assert row["label"] == (label or row["prediction"])
        assert bool(row["label"]) == bool(text.strip())
    assert (filled.rows, filled.filled, filled.abstained) == (8, 2, 1)


def test_below_the_threshold_a_blank_stays_blank_and_its_confidence_is_shown(
    bundle: Path, source: Source, tmp_path: Path
) -> None:
    filled = fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True, threshold=0.99999)
    rows = read(filled.path)
    assert [row["label"] for row in rows] == [label for _, label in ROWS]
    assert (filled.filled, filled.abstained) == (0, 3)
    assert rows[4]["prediction"] == ""
    assert float(rows[4]["confidence"]) > 0


def test_the_bytes_of_the_file_stay_as_they_are(bundle: Path, tmp_path: Path) -> None:
    original = 'id;text;label\r\n007;"打印机;卡纸了";\r\n008;密码忘记了;登录\r\n'.encode("gb18030")
    (tmp_path / "gbk.csv").write_bytes(original)
    source = import_source(tmp_path / "gbk.csv", "gbk.csv")
    filled = fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True)
    lines = filled.path.read_bytes().decode("gb18030").split("\r\n")
    assert lines[0].startswith("id;text;label;prediction")
    assert lines[1].startswith('007;"打印机;卡纸了";')
    assert lines[2].startswith("008;密码忘记了;登录;")


def test_the_same_text_gets_the_same_answer_wherever_it_stands(bundle: Path, tmp_path: Path) -> None:
    texts = [f"ticket {n % 7} {'x' * (n % 5)}" for n in range(1200)]
    pd.DataFrame({"text": texts}).to_csv(tmp_path / "many.csv", index=False)
    source = import_source(tmp_path / "many.csv", "many.csv")
    rows = read(fill_file(bundle, source.id, tmp_path / "out.csv").path)
    answers = {(row["text"], row["prediction"], row["confidence"]) for row in rows}
    assert [row["text"] for row in rows] == texts
    assert len(answers) == len(set(texts))


def test_a_file_without_the_text_column_says_which_columns_it_has(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("title,kind\na,b\n", encoding="utf-8")
    source = import_source(tmp_path / "other.csv", "other.csv")
    with pytest.raises(DataError, match=r"text.*title, kind"):
        fill_file(bundle, source.id, tmp_path / "out.csv")


def test_a_damaged_model_is_refused(bundle: Path, source: Source, tmp_path: Path) -> None:
    weights = bundle / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-3] ^= 1
    weights.write_bytes(content)
    with pytest.raises(RunError, match="damaged"):
        fill_file(bundle, source.id, tmp_path / "out.csv")


def test_the_rows_of_the_copy_are_known_without_reading_it(bundle: Path, tmp_path: Path) -> None:
    """A row with a cell too many stays in the copy as it is, where it may look like any other."""
    rows = [(text, label, str(number)) for number, (text, label) in enumerate(ROWS)]
    content = pd.DataFrame(rows, columns=["text", "label", "prediction"]).to_csv(index=False).splitlines()
    content.insert(3, "one,cell,too,many")
    content.insert(6, "or,two,cells,too,many")
    (tmp_path / "long.csv").write_text("\n".join(content) + "\n", encoding="utf-8")
    source = import_source(tmp_path / "long.csv", "long.csv")
    assert (source.rows, source.report.rows_set_aside) == (len(ROWS), 2)
    kept = tmp_path / "new.parquet"
    filled = fill_file(bundle, source.id, tmp_path / "out.csv", only_blank=True, new_cells=kept)

    shown = filled_rows(source, "label", kept)
    assert list(shown.columns) == ["text", "label", "prediction", "prediction (2)", "confidence"]
    lines = filled.path.read_text(encoding="utf-8").splitlines()
    written = [line.split(",") for line in lines[1:] if line not in content[3:7:3]]
    assert shown.to_numpy().tolist() == written


def test_an_ending_that_cannot_be_written_is_refused_before_the_model_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"\.doc"):
        fill_file(tmp_path / "no model", "no source", tmp_path / "out.doc")


def test_a_stop_leaves_no_file(bundle: Path, source: Source, tmp_path: Path) -> None:
    class Stopping:
        def advance(self, phase: str, done: int, total: int) -> None:
            assert done <= total

        def stop_requested(self) -> bool:
            return True

    with pytest.raises(Stopped):
        fill_file(bundle, source.id, tmp_path / "out" / "out.csv", progress=Stopping())
    assert not os.path.exists(tmp_path / "out" / "out.csv")
