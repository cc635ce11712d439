"""CSV and its relatives: every cell comes through as it stands, and nothing is lost in silence."""

import codecs

import pytest

from pipeline.data.source import Source, read_rows
from pipeline.errors import UnreadableFile

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


def test_a_quote_that_never_closes_does_not_hold_the_rest_of_the_file(upload, monkeypatch):
    monkeypatch.setattr("pipeline.data.feed.LINES_TOGETHER", 50)
    source = upload('size,label\n"5 inch,a\n' + "3,b\n" * 200 + '4,"c\n\nd"\n')
    assert source.rows == 202
    assert source.report.rows_repaired == 1


def test_five_hundred_columns(upload):
    header, row = [f"c{place}" for place in range(500)], [f"v{place}" for place in range(500)]
    source = upload("\n".join(";".join(cells) for cells in (header, row, row)))
    assert (len(source.columns), cells(source)[1]) == (500, row)


def test_blank_cells_in_the_only_column_are_rows(upload):
    source = upload('text\n"a, b"\n""\n" "\n\n"c, d"\n', delimiter=",", header_row=1)
    assert cells(source) == [["a, b"], [""], [" "], ["c, d"]]


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
