"""A file is looked at before it is imported, quickly and under any options; a stored one is read anew."""

import io
import json

import openpyxl
import pandas as pd
import pytest

from pipeline.data.preview import preview
from pipeline.data.source import ReadOptions, read_rows, reread, sheet_names
from pipeline.errors import DataError, UnreadableFile

ROWS = [{"id": f"{row:03d}", "text": f"打印机 {row}"} for row in range(100)]


def content(kind: str) -> bytes:
    frame = pd.DataFrame(ROWS)
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for sheet in (book.active, book.create_sheet("second")):
            for cells in [["id", "text"], *frame.to_numpy().tolist()]:
                sheet.append(cells)
        book.save(out := io.BytesIO())
        return out.getvalue()
    if kind == "parquet":
        frame.to_parquet(out := io.BytesIO())
        return out.getvalue()
    if kind == "json":
        return json.dumps(ROWS).encode()
    if kind == "jsonl":
        return "\n".join(json.dumps(row) for row in ROWS).encode()
    return frame.to_csv(index=False).encode("gb18030")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "json", "jsonl"])
def test_the_first_rows_are_those_of_the_import(upload, tmp_path, kind):
    path = tmp_path / "in"
    path.write_bytes(content(kind))
    seen = preview(path, f"tickets.{kind}", ReadOptions(), rows=7)
    source = upload(path.read_bytes(), f"tickets.{kind}")
    assert seen.rows.equals(read_rows(source.id).head(7))
    assert (seen.columns, seen.encoding, seen.sheet) == (source.columns, source.report.encoding, source.report.sheet)
    assert seen.sheets == (("Sheet", "second") if kind == "xlsx" else ())
    assert sheet_names(source.id) == seen.sheets


def test_the_preview_follows_the_options(tmp_path):
    path = tmp_path / "in"
    path.write_bytes("title\na;b\nпринтер;1\n".encode("cp1251"))
    seen = preview(path, "a.csv", ReadOptions("cp1251", ";", 2))
    assert (seen.columns, seen.rows.to_numpy().tolist()) == (("a", "b"), [["принтер", "1"]])
    assert preview(path, "a.csv", ReadOptions("cp1251", ";", 0)).columns == ("column 1", "column 2")


def test_only_the_beginning_is_read(tmp_path):
    path = tmp_path / "in"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 1000 + b"1,2,3\n")
    assert preview(path, "a.csv", ReadOptions()).findings == ()


def test_a_stored_file_is_read_anew_and_the_first_reading_stays(upload):
    first = upload("принтер;1\nмышь;2\n".encode("cp1251"), "a.csv", encoding="cp1252", header_row=0)
    second = reread(first.id, ReadOptions("cp1251", ";", 0))
    assert read_rows(second.id).iloc[0, 0] == "принтер"
    assert read_rows(first.id).iloc[0, 0] != "принтер"
    assert (second.name, second.id != first.id) == ("a.csv", True)
    with pytest.raises(DataError):
        reread("nothing", ReadOptions())
    with pytest.raises(UnreadableFile, match="no line 9"):
        reread(first.id, ReadOptions("cp1251", ";", 9))
