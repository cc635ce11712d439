"""A text that was never quoted is put together again where the other columns leave no doubt."""

from pipeline.data.source import import_source, read_rows, write_back

WORDS = [first + second for first in "abcdef" for second in "klmnopq"]
ROWS = [
    f"{1000 + row},the {WORDS[row]} one,{'Beijing' if row % 2 else 'Shanghai'},{'good' if row % 3 else 'bad'}"
    for row in range(40)
]


def table(*odd: str) -> str:
    return "\n".join(["id,text,city,label", *ROWS, *odd]) + "\n"


def kinds(source) -> set[str]:
    return {finding.kind for finding in source.report.findings}


def test_commas_in_the_one_free_text_are_joined_and_the_report_says_where(upload):
    source = upload(table("2000,late, cold, never again,Beijing,bad"))
    assert read_rows(source.id).iloc[-1].tolist() == ["2000", "late, cold, never again", "Beijing", "bad"]
    assert (source.report.rows_read, source.report.rows_repaired, source.report.rows_set_aside) == (41, 1, 0)
    found = {finding.kind: dict(finding.values) for finding in source.report.findings}
    assert found == {"rejoined_rows": {"rows": "1", "lines": "42"}}


def test_a_row_that_fits_in_no_way_or_in_several_is_set_aside(upload):
    source = upload(table("2000,a,b,Paris,bad"))
    assert (source.report.rows_read, source.report.rows_set_aside) == (40, 1)
    rows = "\n".join(f"free {row},text {row}" for row in "abcdefghijkl")
    assert upload(f"one,two\n{rows}\nx,y,z\n").report.rows_set_aside == 1


def test_a_delimiter_too_many_is_taken_out_where_that_is_certain(upload):
    source = upload(table("2000,late,,Beijing,bad"))
    assert read_rows(source.id).iloc[-1].tolist() == ["2000", "late", "Beijing", "bad"]
    rows = "\n".join(f"{row},the {WORDS[row - 1000]} one,{row % 7}.5," for row in range(1000, 1020))
    source = upload(f"id,text,price,note\n{rows}\n2000,,text,5.5,\n")
    assert read_rows(source.id).iloc[-1].tolist() == ["2000", "text", "5.5", ""]
    assert kinds(source) == {"rejoined_rows"}


def test_of_two_blank_cells_that_could_both_be_too_many_none_is_taken_out(upload):
    rows = "\n".join(
        f"{1000 + n},{'' if n % 3 == 0 else WORDS[n]},{'' if n % 4 == 0 else WORDS[n + 1]},{'good' if n % 2 else 'bad'}"
        for n in range(30)
    )
    source = upload(f"id,one,two,label\n{rows}\n2000,,late,,bad\n2001,,,late,bad\n")
    assert source.report.rows_set_aside == 1
    assert read_rows(source.id).iloc[-1].tolist() == ["2001", "", "late", "bad"]


def test_a_delimiter_that_is_missing_beside_a_quote_is_reported(upload):
    source = upload(table('2000"text, one",Beijing,bad'))
    assert source.rows == 41
    assert "odd_rows" in kinds(source)
    assert kinds(upload(table('2000,a 5" screen,Beijing,bad'))) == set()


def test_what_is_added_to_such_a_row_stands_under_its_name(upload, tmp_path):
    source = upload(table("2000,late, cold,Beijing,bad"))
    out = tmp_path / "out.csv"
    write_back(source.id, {"p": ["x"] * 41}, {"label": [*read_rows(source.id)["label"][:-1], "good"]}, destination=out)
    assert out.read_text().splitlines()[0] == "id,text,city,label,p"
    assert out.read_text().splitlines()[1] == ROWS[0] + ",x"
    assert out.read_text().splitlines()[-1] == '2000,"late, cold",Beijing,good,x'
    assert import_source(out, "out.csv").rows == 41
