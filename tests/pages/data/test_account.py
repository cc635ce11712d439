"""What became of the rows: one line when all is well, the details on demand, nothing lost without a word."""

from streamlit.testing.v1 import AppTest

from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring
from tests.pages.staged_run import tickets
from tests.pages.visit import words


def test_one_line_says_that_all_is_well(home: Workspace) -> None:
    app = bring(as_csv(tickets(copies=10, blank=4)))

    assert line(app) == "All 34 rows were read as they stand"
    assert not app.warning
    assert not app.get("download_button")


def test_repaired_rows_are_counted_and_their_lines_named(home: Workspace) -> None:
    rows = tickets(copies=10, blank=4)
    rows[3].pop()
    app = bring(as_csv(rows))

    assert line(app) == "34 rows read · 1 of them repaired"
    assert "lines 4" in words(app) or "line 4" in words(app)


def test_renamed_columns_are_told(home: Workspace) -> None:
    rows = tickets(copies=10, blank=4)
    rows[0][0] = " id "
    app = bring(as_csv(rows))

    assert "renamed" in words(app)


def test_rows_that_were_set_aside_can_be_downloaded(home: Workspace) -> None:
    rows = tickets(copies=10, blank=4)
    rows[3] += ["much", "too", "long"]
    app = bring(as_csv(rows))

    assert line(app) == "33 rows read · 1 set aside"
    assert app.get("download_button")
    assert "One row could not be read" in words(app)


def test_a_guess_is_called_a_guess(home: Workspace) -> None:
    rows = [["título", "cola"], *[[f"avería número {n}", "ab"[n % 2]] for n in range(30)]]
    app = bring(as_csv(rows, encoding="cp1252"))

    assert line(app).endswith("with a guess to look at")
    assert "(a guess)" in words(app)


def line(app: AppTest) -> str:
    """The one line, without Markdown's escapes."""
    return str(app.expander[0].label).replace("\\", "")
