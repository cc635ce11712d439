"""A filled file is the file that came, with cells added and nothing else changed."""

import codecs
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.data.source import ReadOptions, import_source, read_rows, write_back
from pipeline.errors import DataError, SettingError, TuneDeskError
from pipeline.settings import Workspace


@example(b'a,b\r\n"x\r\ny",1\n\n2,"3\n')
@example(codecs.BOM_UTF16_LE + "a,b\r\n打印机,1\r\n".encode("utf-16-le") + b"\x00")
@example("a|b\n\n|丂|1|\n".encode("gb18030"))
@given(st.binary(max_size=200) | st.text(',;"\n\rab 打', max_size=60).map(str.encode))
def test_with_no_change_the_copy_has_the_same_bytes(home: Workspace, tmp_path: Path, content: bytes) -> None:
    path, copy = tmp_path / "any", tmp_path / "copy.csv"
    path.write_bytes(content)
    try:
        source = import_source(path, "any.csv")
    except TuneDeskError:
        return  # refused with a message, which is the other right answer
    rows = read_rows(source.id)
    write_back(source.id, {}, {column: list(rows[column]) for column in rows}, destination=copy)
    assert copy.read_bytes() == content


ROWS = st.lists(st.tuples(*[st.text('ab,"\n 打印', max_size=6)] * 2), min_size=1, max_size=5)


@given(
    rows=ROWS, new=st.text('x,"\n|打', min_size=1, max_size=5), codec=st.sampled_from(["utf-8", "utf-16", "gb18030"])
)
@pytest.mark.parametrize("delimiter", [",", "|"])
def test_added_and_replaced_cells_are_read_back_beside_untouched_ones(
    home: Workspace, tmp_path: Path, delimiter: str, rows: list[tuple[str, str]], new: str, codec: str
) -> None:
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path, copy = tmp_path / "any", tmp_path / "copy.csv"
    path.write_bytes("\n".join([f"one{delimiter}two", *quoted]).encode(codec))
    options = ReadOptions(encoding=codec, delimiter=delimiter, header_row=1)
    source = import_source(path, "any.csv", options)
    second = [new if number % 2 else row[1] for number, row in enumerate(rows)]
    write_back(source.id, {"prediction": [new] * len(rows)}, {"two": second}, destination=copy)
    again = import_source(copy, "copy.csv", options)
    assert again.columns == ("one", "two", "prediction")
    assert read_rows(again.id).to_numpy().tolist() == [
        [row[0], cell, new] for row, cell in zip(rows, second, strict=True)
    ]


def test_only_the_cells_of_a_csv_that_change_differ(upload, tmp_path):
    source = upload('id,text,owner\r\n1,"a ""b""\r\nc",\r\n\r\n2,plain , 407080\r\n3,d,')
    out = tmp_path / "out.csv"
    write_back(source.id, {"confidence": ["0.9", "", "0.8"]}, {"owner": ["12", " 407080", "a,b"]}, destination=out)
    assert out.read_bytes().decode() == (
        'id,text,owner,confidence\r\n1,"a ""b""\r\nc",12,0.9\r\n\r\n2,plain , 407080,\r\n3,d,"a,b",0.8'
    )


def test_cells_added_to_a_short_row_stand_in_their_column_and_rows_set_aside_stay(upload, tmp_path):
    source = upload("a,b,c\n1,2,3\n4\n5,6,7,8\n9,9,9\n")
    out = tmp_path / "out.csv"
    write_back(source.id, {"p": ["x", "y", "z"]}, destination=out)
    assert out.read_text() == "a,b,c,p\n1,2,3,x\n4,,,y\n5,6,7,8\n9,9,9,z\n"


def test_a_file_in_two_encodings_gets_each_cell_in_that_of_its_row(upload, tmp_path):
    source = upload("a,b\n打印,1\n".encode() + "无法登录,2\n".encode("gb18030"))
    out = tmp_path / "out.csv"
    write_back(source.id, {"p": ["硬件", "软件"]}, destination=out)
    assert out.read_bytes() == "a,b,p\n打印,1,硬件\n".encode() + "无法登录,2,软件\n".encode("gb18030")


def test_half_a_character_is_not_taken_for_a_delimiter(upload, tmp_path):
    assert "巪".encode("gb18030").endswith(b"|")
    source = upload("text|label\n巪|\n巪巪|b\n".encode("gb18030"), encoding="gb18030", delimiter="|")
    out = tmp_path / "out.csv"
    write_back(source.id, {}, {"label": ["a", "b"]}, destination=out)
    assert out.read_bytes().decode("gb18030") == "text|label\n巪|a\n巪巪|b\n"


def test_a_character_that_the_encoding_lacks_is_an_error_and_leaves_no_file(upload, tmp_path):
    source = upload("text,label\nCafé,a\nplain,b\n".encode("cp1252"))
    out = tmp_path / "out.csv"
    with pytest.raises(DataError, match="cp1252, which has no 硬"):
        write_back(source.id, {"prediction": ["硬件", "a"]}, destination=out)
    assert list(tmp_path.glob("*out*")) == []


def test_a_second_prediction_does_not_hide_the_first(upload, tmp_path):
    source = upload("text,prediction\na,b\nc,d\n")
    out = tmp_path / "out.csv"
    write_back(source.id, {"prediction": ["x", "y"]}, destination=out)
    assert out.read_text() == "text,prediction,prediction (2)\na,b,x\nc,d,y\n"


def test_a_column_of_the_wrong_length_is_refused(upload, tmp_path):
    with pytest.raises(ValueError, match="1 cells for 2 rows"):
        write_back(upload("a,b\n1,2\n3,4\n").id, {"p": ["x"]}, destination=tmp_path / "out.csv")


JSON_FILE = """[
  {
    "id": 1.10,
    "text": "caf\\u00e9",
    "label": null
  },
  {"id": 2, "text": {"a": [1, 2]}}
]
"""


def test_json_keeps_every_byte_but_the_new_members_and_values(upload, tmp_path):
    source = upload(JSON_FILE, "tickets.json")
    out = tmp_path / "out.json"
    write_back(source.id, {"p": ["硬", "y"]}, {"label": ["A", "B"]}, destination=out)
    expected = JSON_FILE.replace("null\n", '"A",\n    "p": "\\u786c"\n').replace("]}}", ']}, "label": "B", "p": "y"}')
    assert out.read_text(encoding="utf-8") == expected
    assert json.loads(out.read_text(encoding="utf-8"))[0]["p"] == "硬"


def test_json_lines_keep_broken_lines_too(upload, tmp_path):
    source = upload('{"a":"x"}\r\nnot json\r\n{"a":"y"}\r\n', "tickets.jsonl")
    out = tmp_path / "out.jsonl"
    write_back(source.id, {"p": ["1", "2"]}, destination=out)
    assert out.read_bytes() == b'{"a":"x","p":"1"}\r\nnot json\r\n{"a":"y","p":"2"}\r\n'


def test_a_workbook_keeps_its_sheets_formulas_and_number_types(upload, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["id", "text", "owner", "twice"])
    sheet.append([7, "打印机", 407080, "=A2*2"])
    sheet.append([8, "登录", None, "=A3*2"])
    book.create_sheet("notes")["A1"] = "kept"
    book.save(tmp_path / "in.xlsx")
    source = upload((tmp_path / "in.xlsx").read_bytes(), "tickets.xlsx")
    out = tmp_path / "out.xlsx"
    write_back(source.id, {"prediction": ["=1+1", "b"]}, {"owner": ["407080", "407080"]}, destination=out)
    again = openpyxl.load_workbook(out)
    rows = [[cell.value for cell in row] for row in again.worksheets[0].iter_rows()]
    assert rows[0] == ["id", "text", "owner", "twice", "prediction"]
    assert rows[2] == [8, "登录", 407080, "=A3*2", "b"]
    assert again.worksheets[0]["E2"].data_type == "s"
    assert again["notes"]["A1"].value == "kept"


def test_parquet_keeps_its_types_and_its_other_columns(upload, tmp_path):
    frame = pd.DataFrame({"id": [1, 2], "owner": pd.array([407080, None], "Int64"), "text": ["a", "b"]})
    frame.to_parquet(tmp_path / "in.parquet")
    source = upload((tmp_path / "in.parquet").read_bytes(), "tickets.parquet")
    out = tmp_path / "out.parquet"
    write_back(source.id, {"p": ["x", "y"]}, {"owner": ["407080", "5"]}, destination=out)
    table = pq.read_table(out)
    assert table["owner"].to_pylist() == [407080, 5]
    assert str(table["id"].type) == "int64"
    assert table["p"].to_pylist() == ["x", "y"]
    write_back(source.id, {}, {"owner": ["407080", "nobody"]}, destination=out)
    assert pq.read_table(out)["owner"].to_pylist() == ["407080", "nobody"]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".parquet"])
def test_another_ending_gives_a_new_table_of_the_same_cells(upload, tmp_path, suffix):
    source = upload('{"id": "007", "text": "=1+1"}\n{"id": "407080", "text": "打印机,\\n坏了"}\n', "tickets.jsonl")
    out = tmp_path / f"out{suffix}"
    write_back(source.id, {"p": ["x", "y"]}, {"text": ["=1+1", "新"]}, destination=out)
    again = import_source(out, out.name)
    assert read_rows(again.id).to_numpy().tolist() == [["007", "=1+1", "x"], ["407080", "新", "y"]]


def test_a_new_table_that_would_lose_rows_is_refused(upload, tmp_path):
    source = upload("a,b\n1,2\n1,2,3\n4,5\n")
    with pytest.raises(DataError, match="would lose them"):
        write_back(source.id, {"p": ["x", "y"]}, destination=tmp_path / "out.xlsx")


def test_an_ending_that_cannot_be_written_is_named(upload, tmp_path):
    with pytest.raises(SettingError, match=r"\.docx"):
        write_back(upload("a,b\n1,2\n").id, {}, destination=tmp_path / "out.docx")


def test_a_cell_too_long_for_excel_is_refused_instead_of_cut(upload, tmp_path):
    source = upload(f"text,label\n{'x' * 40_000},a\n")
    with pytest.raises(DataError, match="32767"):
        write_back(source.id, {"p": ["y"]}, destination=tmp_path / "out.xlsx")
