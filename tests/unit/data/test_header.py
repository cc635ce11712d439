"""Where the column names stand, in text files and sheets alike."""

import pytest

from pipeline.data.header import find_header


def find(*rows: str) -> int | None:
    return find_header([(line, row.split(",")) for line, row in enumerate(rows)], None)[0]


@pytest.mark.parametrize(
    "rows",
    [
        ("id,text,label", "1,a,x", "2,b,y"),
        ("text,label", "a,x", "b,y", "c,x"),
        ("a,b,c,,", "a,,,,", ",,c,,"),
        ("product,2000,2001", "bolt,12.5,13.5", "nut,8.25,9.5"),
        ("0,1", "good,1", "bad,0", "good,1"),
        ("text,text,label", "text,text,label", "a,b,x"),
        ("day,amount", "2024-01-02,5", "2024-01-03,6"),
        ("code,name", "T-001,bolt", "T-002,nut"),
    ],
)
def test_names_above_their_columns(rows):
    assert find(*rows) == 0


@pytest.mark.parametrize(
    "rows",
    [
        ("fast,1", "slow,0", "fast again,1", "bad,0", "good,1", "so so,0", "fine,1"),
        ("bolt,£1.80,£90.50", "nut,£2.00,£100.30"),
        ("2024-01-01,a", "2024-01-02,b"),
        ("T-001,bolt", "T-002,nut", "T-003,pin"),
        ("Hacksaw,1987", "Hit Man,1984", "Savage,1985"),
        ("407080,printer", "407081,mouse"),
    ],
)
def test_a_first_row_that_is_like_the_others_is_data(rows):
    assert find(*rows) is None


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (("Tickets", "id,text,label", "1,a,x", "2,b,y"), 1),
        (("# comment", "# more, with comma", "id,text,label", "1,a,x", "2,b,y"), 2),
        (("Report,March,,,,", ",,,,,", "id,a,b,c,d,e", "1,2,3,4,5,6", "1,2,3,4,5,6"), 2),
        (("Report,March", "id,a,b,c,d,e", "1,2,3,4,5,6", "1,2,3,4,5,6"), 1),
    ],
)
def test_titles_and_comments_above_the_names(rows, line):
    assert find(*rows) == line
