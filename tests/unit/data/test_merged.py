"""Column names in merged cells of several rows become one name a column."""

import io

import openpyxl
import pytest

from pipeline.data.source import import_source, read_rows, write_back

PEOPLE = [
    ["ID", "Person", None, "Address", None],
    [None, "name", "age", "street", "zip"],
    [1, "Li", 30, "Main", "00123"],
]


def workbook(rows: list[list[object]], *merged: str) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(out := io.BytesIO())
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "columns", "first"),
    [
        (
            workbook(PEOPLE, "A1:A2", "B1:C1", "D1:E1"),
            ("ID", "Person name", "Person age", "Address street", "Address zip"),
            ["1", "Li", "30", "Main", "00123"],
        ),
        (
            workbook([["People of March"], *PEOPLE], "A1:E1", "A2:A3", "B2:C2", "D2:E2"),
            ("ID", "Person name", "Person age", "Address street", "Address zip"),
            ["1", "Li", "30", "Main", "00123"],
        ),
        (
            workbook([["Q1", None, "Q2", None], ["in", "out", "in", "out"], [1, 2, 3, 4]], "A1:B1", "C1:D1"),
            ("Q1 in", "Q1 out", "Q2 in", "Q2 out"),
            ["1", "2", "3", "4"],
        ),
        (
            workbook([["name", "scores", None], ["Li", 1, 2], ["Wang", 3, 4]], "B1:C1"),
            ("name", "scores", "scores (2)"),
            ["Li", "1", "2"],
        ),
        (workbook([["a", "b"], ["x", "y"], [None, "z"]], "A2:A3"), ("a", "b"), ["x", "y"]),
    ],
)
def test_names_are_read_from_the_top_down(upload, tmp_path, content, columns, first):
    source = upload(content, "people.xlsx")
    assert source.columns == columns
    rows = read_rows(source.id)
    assert rows.iloc[0].tolist() == first
    write_back(source.id, {"p": ["x"] * source.rows}, destination=tmp_path / "out.xlsx")
    again = import_source(tmp_path / "out.xlsx", "out.xlsx", source.report.as_options())
    assert again.columns == (*columns, "p")
    assert read_rows(again.id).drop(columns="p").equals(rows)
