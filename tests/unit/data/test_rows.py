"""A table of a silly shape is refused at once: it holds up neither the server nor the memory."""

import numpy as np
import pytest

from pipeline.data import rows
from pipeline.data.rows import RowWriter, read_chosen, read_spans, read_table, unique_names
from pipeline.data.source import import_source
from pipeline.errors import UnreadableFile


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("same.csv", b"a," * 50_000 + b"\n" + b"1," * 50_000 + b"\n"),
        ("numbered.csv", b",".join(b"c%d" % n for n in range(40_000)) + b"\n" + b"1," * 39_999 + b"1\n"),
        ("keys.jsonl", b"\n".join(b'{"k%d":1}' % n for n in range(40_000))),
        ("keys.json", b"[" + b",".join(b'{"k%d":1}' % n for n in range(40_000)) + b"]"),
    ],
)
def test_a_table_of_too_many_columns_is_refused(home, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile, match="columns"):
        import_source(tmp_path / name, name)


def test_as_many_columns_as_excel_has_are_read(upload):
    names = [f"c{n}" for n in range(rows.MOST_COLUMNS)]
    source = upload(",".join(names) + "\n" + ",".join("v" * len(names)) + "\n")
    assert source.columns == tuple(names)


def test_short_rows_below_a_wide_header_are_not_filled_up_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "CELLS_AT_ONCE", 100)
    monkeypatch.setattr(rows, "MOST_CELLS", 1000)
    writer = RowWriter(tmp_path, [f"c{n}" for n in range(50)])
    with pytest.raises(UnreadableFile, match="1000 cells"):
        for row in range(100):
            writer.add(["1"] + [""] * 49, row, row + 1, 1)


def test_groups_of_any_size_give_the_same_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "CELLS_AT_ONCE", 6)
    writer = RowWriter(tmp_path, ["a", "b"])
    for number in range(8):
        writer.add([str(number), "x"], number, number + 1, 2)
    writer.finish()
    assert read_table(tmp_path, None)["a"].tolist() == [str(number) for number in range(8)]
    assert np.array_equal(read_spans(tmp_path)[:, 0], range(8))


def test_chosen_rows_are_read_in_their_order_whatever_groups_they_stand_in(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "GROUP", 3)
    writer = RowWriter(tmp_path, ["a", "b"])
    for number in range(8):
        writer.add([str(number), "x"], number, number + 1, 2)
    writer.finish()
    chosen = read_chosen(tmp_path, ["b", "a"], (7, 0, 3, 7))
    assert (chosen["a"].tolist(), chosen.index.tolist(), list(chosen)) == (
        ["7", "0", "3", "7"],
        [7, 0, 3, 7],
        ["b", "a"],
    )
    assert read_chosen(tmp_path, ["a"], ()).empty
    with pytest.raises(KeyError):
        read_chosen(tmp_path, ["a"], (0, 8))


def test_names_are_made_different_however_often_they_stand_there():
    assert unique_names(["id", " id ", ""]) == ("id", "id (2)", "column 3")
    assert unique_names(["a (2)", "a", "a", "a"]) == ("a (2)", "a", "a (3)", "a (4)")
    assert len(set(unique_names(["a"] * 50_000))) == 50_000


def test_different_rows_are_counted_whatever_groups_they_stand_in(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "GROUP", 3)
    writer = RowWriter(tmp_path, ["rows", "b"])
    table = [("x", "1"), ("y", ""), ("x", "1"), ("x", "2"), ("y", ""), ("z", "3"), ("x", "1")]
    for cells in table:
        writer.add(cells, 0, 1, 2)
    writer.finish()
    found, counts = rows.read_combinations(tmp_path, ["b", "rows"], [2, 5])
    assert found.columns.tolist() == ["b", "rows"]
    assert list(zip(found["rows"], found["b"], counts, strict=True)) == [("x", "1", 2), ("y", "", 2), ("x", "2", 1)]
