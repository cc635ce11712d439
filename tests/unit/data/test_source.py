"""A Source is stored once, whole or not at all, and refuses in one clear line what is no table."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipeline.data import rows as rows_module
from pipeline.data import source as source_module
from pipeline.data.columns import profile_source
from pipeline.data.new_view import make_view
from pipeline.data.source import (
    ReadOptions,
    cell_counts,
    first_rows,
    import_source,
    list_sources,
    load_source,
    read_rows,
    spread_rows,
    write_back,
)
from pipeline.errors import DataError, UnfitData, UnreadableFile, WorkspaceError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
CSV = "text,label\nprinter,hardware\nlogin,software\n"


def zipped(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "a.csv is empty"),
        (b"\xef\xbb\xbf\n\n", "a.csv", "is empty"),
        (b",,\n,,\n", "a.csv", "is empty"),
        (PNG, "a.csv", "PNG"),
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00" * 9, "a.csv", "EXE"),
        (zipped("word/document.xml"), "a.xlsx", "Word"),
        (zipped("xl/workbook.xml"), "a.xlsx", "damaged Excel workbook"),
        (gzip.compress(b"a,b\n", mtime=0), "a.csv", "GZIP"),
        (b"%PDF-1.7 ...", "a.csv", "PDF"),
        (CSV.encode("utf-32"), "a.csv", "UTF-32"),
        (b"<!DOCTYPE html><table></table>", "a.csv", "HTML"),
        (b"\x80\x04\x95\x1f\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01\x00\x00", "a.csv", "Python pickle"),
        (bytes(range(32)) * 9, "a.csv", "neither text nor"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls", "Excel 97-2003"),
        (CSV.encode(), "a.xlsx", "its content is CSV, not Excel"),
        (CSV.encode(), "a.parquet", "its content is CSV, not Parquet"),
        (b'[{"a": 1}]', "a.csv", "its content is JSON, not CSV"),
        (b"PAR1 and nothing", "a.parquet", "damaged Parquet"),
        (b'[{"a": 1}, {"a": ', "a.json", "breaks off at line 1"),
        (b'{"a": [1]}', "a.json", "not a list of records"),
        (b"[1, 2]", "a.json", "not a list of records"),
        (b"[]", "a.json", "holds no records"),
        (b"[" * 100_000, "a.json", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_and_named(upload, home, content, name, said):
    with pytest.raises(UnreadableFile, match=said):
        upload(content, name)
    assert list(home.sources.iterdir() if home.sources.exists() else ()) == []


def test_a_name_is_shown_but_never_a_path(upload, home):
    source = upload(CSV, "..\\..\\../../evil\n.csv")
    assert source.name == "evil.csv"
    assert {path.name for path in home.sources.iterdir()} == {source.id}


def test_the_same_bytes_with_the_same_options_are_read_once(upload, home):
    first = upload(CSV)
    written = (home.sources / first.id / "rows.parquet").stat().st_mtime_ns
    assert upload(CSV, "other name.csv") == first
    assert (home.sources / first.id / "rows.parquet").stat().st_mtime_ns == written
    assert upload(CSV, header_row=0).id != first.id
    assert upload(CSV + "x,y\n").id != first.id
    assert {source.id for source in list_sources()} >= {first.id}
    assert len(list_sources()) == 3


def test_a_source_is_loaded_as_it_was_imported(upload):
    source = upload("a,a\n1,2\n3\n")
    assert load_source(source.id) == source
    assert source.report.rows_repaired == 1


def test_columns_are_read_in_the_order_asked_for(upload):
    source = upload("a,b,c\n1,2,3\n")
    assert read_rows(source.id, ["c", "a"]).to_numpy().tolist() == [["3", "1"]]
    assert list(read_rows(source.id).index) == [0]
    with pytest.raises(DataError, match="no column d"):
        read_rows(source.id, ["d"])


def test_the_first_rows_are_those_of_the_whole_table(upload):
    source = upload("a,b\n" + "".join(f"{n},x\n" for n in range(50)))
    whole = read_rows(source.id)
    assert first_rows(source.id, 3).equals(whole.head(3))
    assert first_rows(source.id, 500).equals(whole)


@pytest.mark.parametrize("source_id", ["nothing", "", "..", "../../etc"])
def test_an_unknown_source_is_an_error_and_no_path(home, source_id):
    with pytest.raises(DataError, match="Upload it again"):
        load_source(source_id)


def test_rows_spread_over_the_file_keep_their_numbers(upload, monkeypatch):
    monkeypatch.setattr(rows_module, "GROUP", 7)
    source = upload(b"id,text\n" + b"".join(b"%d,t%d\n" % (n, n) for n in range(100)))
    spread = spread_rows(source.id, ["text", "id"], 30)
    assert [*spread["id"]] == [str(number) for number in spread.index] == [str(n) for n in range(0, 100, 4)]
    assert spread.equals(read_rows(source.id, ["text", "id"]).iloc[::4])
    assert spread_rows(source.id, ["id"], 1_000).equals(read_rows(source.id, ["id"]))


def test_cells_are_counted_as_they_stand(upload):
    assert cell_counts(upload(b"id,label\n1,a\n2,\n3,a\n4, a\n").id, "label") == {"a": 2, "": 1, " a": 1}
    cells = [f"{1 + row % 10}/{1 + row // 10 % 12}" for row in range(200)]
    content = "".join(f"{cell},x\n" for cell in cells)
    assert list(cell_counts(upload(f"day,label\n{content}".encode()).id, "day")) == list(dict.fromkeys(cells))


def test_a_full_disk_says_so_and_leaves_nothing(upload, home, monkeypatch):
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(source_module.shutil, "copyfile", no_space)
    with pytest.raises(WorkspaceError, match="disk is full"):
        upload(CSV)
    assert list(home.sources.iterdir()) == []


def test_progress_is_told_in_bytes(home, tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("a,b\n" + "1,2\n" * 50_000)
    heard = []

    class Listener:
        def advance(self, phase: str, done: int, total: int) -> None:
            heard.append((done, total))

        def stop_requested(self) -> bool:
            return False

    assert import_source(path, "many.csv", ReadOptions(), Listener()).rows == 50_000
    assert heard == [(80_004, 200_004), (160_004, 200_004)]


def workbook(*sheets: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"sheet {number}")
        for row in rows:
            sheet.append(row)
    for place, number_format in (formats or {}).items():
        book.worksheets[0][place].number_format = number_format
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parquet(**columns: list[str]) -> bytes:
    content = io.BytesIO()
    pd.DataFrame(columns, dtype="str").to_parquet(content)
    return content.getvalue()


def test_excel_numbers_that_are_ids_read_as_they_look(upload):
    rows = [["id", "owner", "price", "when", "ok", "text"], [7, 407080.0, 1.5, None, True, "打印机"], [], [8]]
    source = upload(workbook(rows, formats={"A2": "000"}), "tickets.xlsx")
    assert read_rows(source.id).to_numpy().tolist() == [
        ["007", "407080", "1.5", "", "TRUE", "打印机"],
        ["8", "", "", "", "", ""],
    ]
    assert source.report.format == "excel"


def test_the_first_sheet_with_rows_is_read_and_the_others_are_named(upload):
    content = workbook([], [["text", "label"], ["a", "b"]], [["x"], ["y"]])
    source = upload(content, "tickets.xlsx")
    assert (source.report.sheet, source.columns) == ("sheet 1", ("text", "label"))
    assert dict(source.report.findings[0].values)["sheets"] == "sheet 0, sheet 2"
    assert upload(content, "tickets.xlsx", sheet="sheet 2").columns == ("x",)
    with pytest.raises(UnreadableFile, match="no sheet nowhere"):
        upload(content, "tickets.xlsx", sheet="nowhere")


def test_a_sheet_of_notes_in_front_of_the_table_is_passed_over(upload):
    content = workbook([["See the second sheet"], ["version", 3]], [["text", "label"], ["a", "b"]])
    assert upload(content, "tickets.xlsx").report.sheet == "sheet 1"
    assert upload(content, "tickets.xlsx", header_row=1).report.sheet == "sheet 0"
    assert upload(workbook([["note"]], [["x"]] * 9), "tickets.xlsx", header_row=4).report.sheet == "sheet 1"


def test_titles_above_an_excel_table_are_passed_over(upload):
    source = upload(workbook([["Tickets of March"], [], ["id", "text", "label"], [1, "a", "x"]]), "tickets.xlsx")
    assert (source.columns, source.report.header_row, source.rows) == (("id", "text", "label"), 3, 1)


def test_a_workbook_without_cells_is_refused(upload):
    with pytest.raises(UnreadableFile, match="is empty"):
        upload(workbook([]), "tickets.xlsx")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"text,label", "a.csv"),
        (b"text,label\r\n\r\n", "a.csv"),
        ('"text"\t"label"\n'.encode("utf-16"), "a.txt"),
        (workbook([["text", "label"]]), "a.xlsx"),
        (parquet(text=[], label=[]), "a.parquet"),
    ],
    ids=["csv", "empty lines", "utf-16", "excel", "parquet"],
)
def test_column_names_without_rows_are_read_as_such(upload, home, tmp_path, content, name):
    source = upload(content, name)
    assert (source.rows, source.columns) == (0, ("text", "label"))
    assert [finding.kind for finding in source.report.findings] == ["no_rows"]
    assert read_rows(source.id).shape == (0, 2)
    assert [column.kind for column in profile_source(source.id)] == ["empty", "empty"]
    out = tmp_path / f"filled{Path(name).suffix.replace('.txt', '.csv')}"
    write_back(source.id, {}, destination=out)
    assert out.read_bytes() == content
    write_back(source.id, {"prediction": []}, destination=out)
    again = import_source(out, out.name, source.report.as_options())
    assert (again.rows, again.columns) == (0, ("text", "label", "prediction"))
    with pytest.raises(UnfitData, match="no rows below them"):
        make_view(source.id, ["text"], "label")


def test_a_file_of_which_no_row_can_be_read_says_so(upload):
    source = upload("text,label\na,b,c\nd,e,f,g\n", delimiter=",", header_row=1)
    assert (source.rows, source.report.rows_set_aside) == (0, 2)
    assert "no_rows" not in {finding.kind for finding in source.report.findings}
    with pytest.raises(UnfitData, match="None of the 2 rows"):
        make_view(source.id, ["text"], "label")


def test_json_numbers_keep_their_digits_and_nested_values_their_text(upload):
    text = '[{"id": 12345678901234567890, "n": 1.10, "ok": true, "x": {"b": [1.0, 2]}}, {"n": null, "new": "é"}]'
    source = upload(text, "tickets.json")
    assert source.columns == ("id", "n", "ok", "x", "new")
    assert read_rows(source.id).to_numpy().tolist() == [
        ["12345678901234567890", "1.10", "true", '{"b": [1.0, 2]}', ""],
        ["", "", "", "", "é"],
    ]


def test_json_lines_that_are_no_object_are_set_aside_with_their_line(upload):
    source = upload('{"a": "1"}\n\nnot json\n[1]\n{"a": "2"}\n', "tickets.jsonl")
    assert (source.report.rows_read, source.report.rows_set_aside) == (2, 2)
    assert dict(source.report.findings[0].values) == {"rows": "2", "lines": "3, 4"}


def test_half_a_character_in_json_does_not_stop_the_import(upload):
    source = upload('[{"text": "a\\ud83d"}]', "tickets.json")
    assert read_rows(source.id).iloc[0, 0] == "a\ufffd"


def test_parquet_ids_that_became_floats_read_as_ids(upload, tmp_path):
    frame = pd.DataFrame(
        {"owner": [407080.0, None], "price": [1.5, 2.0], "tags": [["a"], None], "kind": pd.Categorical(["x", "y"])}
    )
    frame.to_parquet(tmp_path / "in.parquet")
    source = upload((tmp_path / "in.parquet").read_bytes(), "tickets.parquet")
    assert read_rows(source.id).to_numpy().tolist() == [["407080", "1.5", '["a"]', "x"], ["", "2", "", "y"]]


def test_every_message_can_be_filled_in(upload):
    source = upload("x\nid,text,text\n1,2,3\n1\n1,2,3,4\n" + "4,5,6\n" * 5)
    for finding in source.report.findings:
        assert finding.message.format(**dict(finding.values))
    assert json.dumps([finding.kind for finding in source.report.findings])
