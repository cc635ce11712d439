"""How rows are divided: by chance, by a column or by a second file, with groups kept together."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio, Selectbox

from pipeline.actions.data import list_datasets
from pipeline.data.split import Split, load_split
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring, titled
from tests.pages.staged_run import tickets
from tests.pages.visit import words


def test_a_column_that_says_test_is_found_and_kept_as_given(home: Workspace) -> None:
    app = bring(as_csv(titled(60)))

    assert "Measured on the rows that split sets aside" in words(app)
    assert "12 rows are for testing" in words(app)
    assert divided(app).test == tuple(range(0, 60, 5))


def test_the_guessed_column_can_be_left_aside(home: Workspace) -> None:
    app = bring(as_csv(titled(60)))
    way_of(app).set_value("share").run()

    assert "Measured on" not in words(app)
    assert divided(app).test_column == ""


def test_a_column_in_which_no_row_says_test_stops_the_way_on(home: Workspace) -> None:
    app = bring(as_csv(titled(60)))
    box(app, "test-column-").select("customer").run()

    assert "No row says test in customer" in words(app)
    assert app.button(key="next").disabled


def test_the_newest_rows_are_measured_on_where_a_column_has_dates(home: Workspace) -> None:
    header, *rows = titled(60)
    dated = [[*row, f"2024年{n // 28 + 1}月{n % 28 + 1}日"] for n, row in enumerate(rows)]
    app = bring(as_csv([[*header, "day"], *dated]))
    way_of(app).set_value("time").run()

    assert box(app, "time-").value == "day"
    box(app, "time-").select("customer").run()
    assert "first rows of customer are no dates" in words(app)
    assert app.button(key="next").disabled
    box(app, "time-").select("day").run()
    assert divided(app).test == tuple(range(51, 60))
    app.switch_page("data/read.py").run()
    assert way_of(app).value == "time"


def test_dates_that_can_be_read_two_ways_are_shown_and_switched_by_a_click(home: Workspace) -> None:
    header, *rows = titled(60)
    dated = [[*row, f"{1 + n * 7 % 10}/{1 + n % 5}/2024"] for n, row in enumerate(rows)]
    app = bring(as_csv([[*header, "day"], *dated]))
    way_of(app).set_value("time").run()

    assert "8/2/2024 is read as 2 August 2024, which may be wrong" in words(app)
    assert (dates(app).label, dates(app).options) == ("Read 8\\/2\\/2024 as", ["8 February 2024", "2 August 2024"])
    by_month = divided(app).test
    assert list_datasets()[0].view.date_order == ""

    app.switch_page("data/read.py").run()
    dates(app).set_value("day").run()
    assert "8/2/2024 is read as 8 February 2024, as you have chosen" in words(app)
    by_day = divided(app).test
    assert list_datasets()[0].view.date_order == "day"
    assert {rows_of(dated, by_month, 0), rows_of(dated, by_day, 1)} == {frozenset({"10", "9"}), frozenset({"5"})}

    app.switch_page("data/read.py").run()
    assert dates(app).value == "day"
    dates(app).set_value("month").run()
    assert divided(app).test == by_month
    assert list_datasets()[0].view.date_order == ""


def test_groups_and_the_seed_reach_the_dataset(home: Workspace) -> None:
    app = bring(as_csv(titled(60)))
    way_of(app).set_value("share").run()
    box(app, "group-").select("customer").run()
    app.number_input[0].set_value(7).run()

    split = divided(app)
    assert split.seed == 7
    assert list_datasets()[0].view.group == "customer"
    customers = [{row // 2 for row in part} for part in (split.train, split.validation, split.test)]
    assert not customers[0] & customers[2]


def test_a_second_file_is_asked_for_before_the_way_on(home: Workspace) -> None:
    app = bring(as_csv(tickets()))
    way_of(app).set_value("file").run()
    assert app.button(key="next").disabled

    app.file_uploader[0].upload("test.csv", as_csv(tickets(copies=4, blank=0))).run()

    assert "test.csv: 12 rows" in words(app)
    assert divided(app).test == tuple(range(12))


@pytest.mark.parametrize("way", ["column", "file"])
def test_a_dataset_opens_with_its_own_division(home: Workspace, way: str) -> None:
    app = bring(as_csv(titled(60)))
    way_of(app).set_value(way).run()
    if way == "file":
        app.file_uploader[0].upload("test.csv", as_csv(titled(8))).run()
    divided(app)
    app.switch_page("data/read.py").run()

    assert not app.exception
    assert way_of(app).value == way


def divided(app: AppTest) -> Split:
    """The Split of the dataset that going on makes."""
    app.button(key="skip").click().run()
    assert not app.exception, app.exception[0].value
    return load_split(list_datasets()[0].split)


def dates(app: AppTest) -> Radio[str]:
    """The choice of how dates are read."""
    return next(one for one in app.radio if one.key and one.key.startswith("dates-"))


def rows_of(dated: list[list[str]], rows: tuple[int, ...], part: int) -> frozenset[str]:
    """The first or second number of the dates of these rows."""
    return frozenset(dated[row][-1].split("/")[part] for row in rows)


def way_of(app: AppTest) -> Radio[str]:
    """The choice of the rows to measure on."""
    return next(one for one in app.radio if one.key and one.key.startswith("way-"))


def box(app: AppTest, key: str) -> Selectbox:
    """The choice whose key begins so."""
    return next(one for one in app.selectbox if one.key and one.key.startswith(key))
