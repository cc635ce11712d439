"""CSV and its relatives: every cell comes through as it stands, and nothing is lost in silence."""

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.data.source import ReadOptions, Source, import_source, read_rows
from pipeline.errors import UnreadableFile
from pipeline.settings import Workspace

TICKETS = "编号,描述,负责人\n007,打印机无法连接,407080\n008,无法登录系统，请尽快处理,\n"


def cells(source: Source) -> list[list[str]]:
    return read_rows(source.id).to_numpy().tolist()


def kinds(source: Source) -> set[str]:
    return {finding.kind for finding in source.report.findings}


def test_numbers_that_are_ids_stay_as_they_look(upload):
    assert cells(upload(TICKETS)) == [["007", "打印机无法连接", "407080"], ["008", "无法登录系统，请尽快处理", ""]]


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode(), "utf-8"),
        (lambda text: codecs.BOM_UTF8 + text.encode(), "utf-8-sig"),
        (lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"), "utf-16"),
        (lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "utf-16"),
        (lambda text: text.encode("gb18030"), "gb18030"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encoding_delimiter_and_line_ends_are_found(upload, encode, encoding, delimiter, line_end):
    source = upload(encode(TICKETS.replace(",", delimiter).replace("\n", line_end)))
    assert source.columns == ("编号", "描述", "负责人")
    assert cells(source)[0] == ["007", "打印机无法连接", "407080"]
    assert (source.report.encoding, source.report.delimiter) == (encoding, delimiter)
    assert (source.report.rows_read, source.report.rows_repaired, source.report.rows_set_aside) == (2, 0, 0)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 2, 3, 7])
def test_a_line_may_end_anywhere_in_a_block(upload, monkeypatch, block, line_end):
    monkeypatch.setattr("pipeline.data.lines.BLOCK", block)
    assert cells(upload(TICKETS.replace("\n", line_end)))[1] == ["008", "无法登录系统，请尽快处理", ""]


def test_western_text_is_read_and_its_encoding_said_to_be_a_guess(upload):
    source = upload("text,label\nCafé crème isn’t here,complaint\nplain,praise\n".encode("cp1252"))
    assert cells(source)[0][0] == "Café crème isn’t here"
    assert "encoding_guessed" in kinds(source)


def test_a_text_whose_encoding_cannot_be_told_is_refused_with_advice(upload):
    russian = "текст,метка\n" + "Принтер не печатает документы,поддержка\n" * 20
    with pytest.raises(UnreadableFile, match="choose its encoding"):
        upload(russian.encode("cp1251"))
    assert cells(upload(russian.encode("cp1251"), encoding="cp1251"))[0][1] == "поддержка"


def test_an_unknown_encoding_is_named(upload):
    with pytest.raises(UnreadableFile, match="no encoding called klingon"):
        upload(TICKETS, encoding="klingon")


def test_two_exports_pasted_together_keep_every_row_and_say_which_were_odd(upload):
    lines = TICKETS.splitlines(keepends=True)
    source = upload((lines[0] + lines[1]).encode() + lines[2].encode("gb18030"))
    assert cells(source)[1][1] == "无法登录系统，请尽快处理"
    assert source.report.rows_repaired == 1
    assert "damaged_text" in kinds(source)


def test_quotes_delimiters_and_newlines_inside_cells(upload):
    source = upload('text,label\n"one, ""two""\nthree",a\nfour,b\n')
    assert cells(source) == [['one, "two"\nthree', "a"], ["four", "b"]]


def test_a_short_row_gets_blank_cells_and_a_long_one_is_set_aside_with_its_line(upload):
    source = upload("a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3\n1,2,3\n")
    assert cells(source) == [["1", "2", "3"], ["1", "2", ""], ["1", "2", "3"], ["1", "2", "3"]]
    assert (source.report.rows_read, source.report.rows_repaired, source.report.rows_set_aside) == (4, 1, 1)
    found = {finding.kind: dict(finding.values)["lines"] for finding in source.report.findings}
    assert found == {"long_rows": "4", "short_rows": "3"}


def test_cells_beyond_the_header_are_dropped_only_if_they_are_blank(upload):
    source = upload("a,b\n1,2\n3,4,\n5,6\n")
    assert cells(source) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert source.report.rows_set_aside == 0


@pytest.mark.parametrize("rest", ["3,b\n4,c\n", "", '3,"b"\n4,"c"\n'])
def test_a_quote_that_never_closes_swallows_no_rows(upload, rest):
    source = upload('size,label\n1,a\n"5 inch,a\n' + rest)
    assert cells(source)[1] == ['"5 inch', "a"]
    assert source.rows == 2 + rest.count("\n")
    assert "stray_quotes" in kinds(source)
    assert source.report.rows_repaired == 1


def test_a_letter_after_a_closing_quote_spoils_only_its_own_row(upload):
    source = upload('text,label\n"five" inches,a\nnext,b\n')
    assert cells(source) == [["five inches", "a"], ["next", "b"]]
    assert source.report.rows_repaired == 1


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_itself(upload):
    assert len(cells(upload(f"text,label\n{'x' * 300_000},a\n"))[0][0]) == 300_000


def test_empty_lines_are_no_rows_and_rows_of_blank_cells_are(upload):
    source = upload("a,b\n\n1,2\n\n,\n")
    assert cells(source) == [["1", "2"], ["", ""]]


def test_header_names_are_made_usable_and_the_report_says_so(upload):
    source = upload("id, id ,,id\n1,2,3,4\n")
    assert source.columns == ("id", "id (2)", "column 3", "id (3)")
    assert "renamed_columns" in kinds(source)


def test_titles_above_the_column_names_are_passed_over(upload):
    source = upload("Export of tickets\n\nid,text,label\n1,a b,x\n2,c d,y\n")
    assert source.columns == ("id", "text", "label")
    assert source.report.header_row == 3
    assert "preamble" in kinds(source)


def test_a_first_line_that_is_a_row_is_kept_as_one(upload):
    source = upload("打印机坏了,硬件\n无法登录,软件\n屏幕坏了,硬件\n")
    assert source.columns == ("column 1", "column 2")
    assert source.rows == 3
    assert "no_header" in kinds(source)


def test_a_person_overrules_delimiter_and_header(upload):
    source = upload("x;1\ny;2\n", delimiter=";", header_row=0)
    assert cells(source) == [["x", "1"], ["y", "2"]]
    source = upload("junk\nmore,junk\na,b\n1,2\n", header_row=3)
    assert (source.columns, cells(source)) == (("a", "b"), [["1", "2"]])
    with pytest.raises(UnreadableFile, match="no line 9"):
        upload(TICKETS, header_row=9)


def test_one_column_of_sentences_is_not_cut_at_its_commas(upload):
    source = upload("text\nfirst, the printer\nthen the mouse\nand, in the end, the screen\nnothing\n")
    assert source.columns == ("text",)
    assert cells(source)[2] == ["and, in the end, the screen"]


def test_commas_in_the_text_do_not_hide_the_semicolon(upload):
    source = upload("text;label\na, b, c;x\nd, e, f;y\n")
    assert cells(source) == [["a, b, c", "x"], ["d, e, f", "y"]]


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\r\t"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6)
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "gb18030"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_the_csv_module_writes_comes_back_when_its_form_is_given(
    home: Workspace, tmp_path: Path, table: list[list[str]], encoding: str, delimiter: str, line_end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([[f"c{position}" for position in range(len(table[0]))], *table])
    path = tmp_path / "any"
    path.write_bytes(text.getvalue().encode(encoding))
    source = import_source(path, "any.csv", ReadOptions(encoding, delimiter, header_row=1))
    assert cells(source) == table
    assert source.report.rows_repaired == source.report.rows_set_aside == 0
