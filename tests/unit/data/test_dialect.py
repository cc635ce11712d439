"""What stands between cells and around them is found, and said to be a guess where another reading would do."""

import pytest

from pipeline.data.source import read_rows
from pipeline.errors import SettingError


def cells_of(source) -> list[list[str]]:
    return read_rows(source.id).to_numpy().tolist()


def kinds(source) -> set[str]:
    return {finding.kind for finding in source.report.findings}


def test_single_quotes_around_cells(upload):
    source = upload("id;text;label\n1;'it is; broken';a\n2;'it''s\nlost';b\n3;'fine';a\n")
    assert cells_of(source) == [["1", "it is; broken", "a"], ["2", "it's\nlost", "b"], ["3", "fine", "a"]]
    assert source.report.quote == "'"


def test_apostrophes_in_a_text_are_no_quotes(upload):
    source = upload("id,text\n1,'tis late\n2,don't\n3,the boys'\n4,'twas\n")
    assert cells_of(source)[0] == ["1", "'tis late"]
    assert source.report.quote == '"'


def test_quotes_behind_a_backslash(upload):
    source = upload('id,text\n1,"he said \\"no, never\\""\n2,"plain"\n3,"C:\\\\new"\n')
    assert cells_of(source) == [["1", 'he said "no, never"'], ["2", "plain"], ["3", "C:\\new"]]
    assert source.report.escape == "backslash"


def test_a_backslash_that_protects_nothing_stays(upload):
    source = upload('id,text\n1,"C:\\new \\"folder\\""\n2,"a\\tb"\n')
    assert cells_of(source) == [["1", 'C:\\new "folder"'], ["2", "a\\tb"]]


def test_a_path_that_ends_in_a_backslash_is_no_escape(upload):
    source = upload('id,path,size\n1,"C:\\dir\\",5\n2,"D:\\x\\",6\n3,"E:\\",7\n')
    assert cells_of(source)[0] == ["1", "C:\\dir\\", "5"]
    assert source.report.escape == "double"


def test_delimiters_behind_a_backslash(upload):
    source = upload("id,text,n\n1,one\\, two,5\n2,three,6\n3,four\\, five\\, six,7\n")
    assert cells_of(source) == [["1", "one, two", "5"], ["2", "three", "6"], ["3", "four, five, six", "7"]]


def test_spaces_between_cells(upload):
    source = upload("机器 12 n\n打印 8 v\n网络 30 n\n登录 5 v\n")
    assert cells_of(source)[0] == ["机器", "12", "n"]
    assert (source.report.delimiter, source.report.header_row) == (" ", 0)


def test_single_quotes_around_cells_are_no_part_of_them(upload):
    source = upload("'id','name'\n" + "".join(f"{n},'Ann {n}'\n" for n in range(20)))
    assert (source.report.quote, source.columns) == ("'", ("id", "name"))
    assert read_rows(source.id)["name"][7] == "Ann 7"


def test_the_words_below_one_name_are_one_text(upload):
    source = upload("text\n" + "".join(f"ticket {n % 7} arrived\n" for n in range(200)))
    assert (source.columns, source.rows) == (("text",), 200)
    assert upload("size weight\n" + "".join(f"{n} {n * 7}\n" for n in range(200))).columns == ("size", "weight")


def test_sentences_are_not_cut_at_their_spaces(upload):
    source = upload("text\nprinter broken\nlogin failed\nscreen dark\n")
    assert source.columns == ("text",)


def test_decimal_commas_do_not_hide_the_semicolon(upload):
    source = upload("name;price;total\nbolt;1,80;90,50\nnut;2,00;100,30\n")
    assert cells_of(source) == [["bolt", "1,80", "90,50"], ["nut", "2,00", "100,30"]]


def test_titles_and_notes_around_a_small_table_do_not_hide_its_delimiter(upload):
    text = "Tickets\nMarch\nAll desks\n\nid,text,label\n1,a,x\n2,b,y\n3,c,x\n\nSource: desk\nChecked\n"
    source = upload(text)
    assert source.columns == ("id", "text", "label")
    assert cells_of(source)[:3] == [["1", "a", "x"], ["2", "b", "y"], ["3", "c", "x"]]


def test_the_delimiter_that_a_file_tells_excel(upload):
    source = upload("sep=;\nid;text\n1;a,b\n2;c,d\n")
    assert (source.columns, cells_of(source)) == (("id", "text"), [["1", "a,b"], ["2", "c,d"]])
    assert kinds(source) == {"preamble"}


def test_two_readings_that_are_as_good_are_called_a_guess(upload):
    assert "dialect_guessed" in kinds(upload("a;b,c;d\n1;2,3;4\n5;6,7;8\n"))
    assert "dialect_guessed" not in kinds(upload("a,b\nsome text,1\nother text,2\n"))


def test_a_person_overrules_quote_and_escape(upload):
    text = "a,b\n'x,1\n'y,2\n"
    assert cells_of(upload(text, quote=""))[0] == ["'x", "1"]
    source = upload('a,b\n"x\\",y",1\n', quote='"', escape="backslash")
    assert cells_of(source) == [['x",y', "1"]]


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": ",,"},
        {"delimiter": ""},
        {"delimiter": "'", "quote": "'"},
        {"quote": "`"},
        {"escape": "^"},
        {"header_row": -1},
    ],
)
def test_what_cannot_be_asked_for_is_refused(upload, options):
    with pytest.raises(SettingError, match="cannot be read with"):
        upload("a,b\n1,2\n", **options)


@pytest.mark.parametrize(
    "text",
    [
        "'\n\\';'1,a\"''';'\n'\n",  # one column of lines that end inside cells
        "';';  \n';';x\n",
        "a\tb\n;\\'\\'b\tc\nd\\'\te\n",
    ],
    ids=["beside delimiters", "around a delimiter", "behind a backslash"],
)
def test_quotes_that_are_left_over_make_the_reading_a_guess(upload, text):
    assert "dialect_guessed" in kinds(upload(text))


def test_what_a_person_has_decided_about_quotes_is_not_doubted(upload):
    text = "a\tb\n'x'\tc\\'\n'y'z\te\n"
    assert "dialect_guessed" in kinds(upload(text))
    assert kinds(upload(text, delimiter="\t", quote='"', escape="double")) == set()


def test_quotes_in_a_few_sentences_are_no_reason_to_doubt(upload):
    sentences = [f"ticket {n} says 'no' and goes on" for n in range(200)]
    sentences[7] = "'no' is what it said"
    text = "id\ttext\n" + "".join(f"{n}\t{sentence}\n" for n, sentence in enumerate(sentences))
    assert kinds(upload(text)) == set()
