"""Cells pasted from a spreadsheet come back line for line."""

from pages.use.pasted import for_clipboard, read


def test_every_line_is_a_row_and_an_empty_line_stays_one() -> None:
    assert list(read("first\n\nthird\n", ("text",))["text"]) == ["first", "", "third"]


def test_the_line_ends_of_windows_and_old_macs_are_line_ends() -> None:
    assert list(read("first\r\nsecond\rthird", ("text",))["text"]) == ["first", "second", "third"]


def test_tabs_divide_columns_and_missing_cells_are_blank() -> None:
    rows = read("title\tbody\tspare\nonly a title", ("a", "b"))
    assert rows.to_dict("list") == {"a": ["title", "only a title"], "b": ["body", ""]}


def test_with_one_column_a_tab_belongs_to_the_text() -> None:
    assert list(read("left\tright", ("text",))["text"]) == ["left\tright"]


def test_a_cell_with_line_breaks_is_one_row_as_the_spreadsheet_quotes_it() -> None:
    assert list(read('"first line\nsecond ""line"""\nnext', ("text",))["text"]) == ['first line\nsecond "line"', "next"]


def test_a_quote_inside_a_text_is_just_a_quote() -> None:
    assert list(read('the 3" pipe\n"quoted" word', ("text",))["text"]) == ['the 3" pipe', '"quoted" word']


def test_a_line_that_repeats_the_column_names_is_a_header() -> None:
    assert read("title\tbody\na\tb", ("title", "body")).to_dict("list") == {"title": ["a"], "body": ["b"]}


def test_nothing_pasted_is_no_row() -> None:
    assert read("", ("text",)).empty


def test_labels_go_back_one_a_line_whatever_they_hold() -> None:
    assert for_clipboard(["billing", "", "two\nlines"]) == "billing\n\ntwo lines"
