"""Reading differently: each choice shows its guess, the preview follows at once, reading again makes another Source."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from pipeline.data.source import list_sources
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring
from tests.pages.staged_run import tickets
from tests.pages.visit import words


def test_every_choice_shows_its_guess_and_nothing_is_previewed(home: Workspace) -> None:
    app = bring(as_csv(tickets(), delimiter=";"))

    assert box(app, "encoding").options[0] == "Guess: UTF-8"
    assert box(app, "delimiter").options[0] == "Guess: Semicolon"
    assert app.number_input(key=f"header-{source(app)}").value is None
    assert not app.button(key="next").disabled
    assert len(app.dataframe) == 1


def test_the_preview_follows_a_choice_and_changes_nothing_yet(home: Workspace) -> None:
    app = bring(as_csv(tickets(), delimiter=";"))
    box(app, "delimiter").select(",").run()

    assert list(app.dataframe[1].value.columns) == ["id;text;queue"]
    assert len(list_sources()) == 1


def test_reading_again_makes_another_source_with_the_choice_kept(home: Workspace) -> None:
    app = bring(as_csv(tickets()))
    first = source(app)
    app.number_input(key=f"header-{first}").set_value(0).run()
    app.button(key="read_again").click().run()

    assert not app.exception
    assert source(app) != first
    assert "133 rows" in words(app)
    assert app.number_input(key=f"header-{source(app)}").value == 0
    assert len(list_sources()) == 2
    assert "Line with the column names: no names (your choice)" in words(app)


def test_a_wrong_encoding_is_put_right_and_says_that_it_was_chosen(home: Workspace) -> None:
    rows = [["título", "cola"], *[[f"avería número {n}", "ab"[n % 2]] for n in range(30)]]
    app = bring(as_csv(rows, encoding="mac-roman"))
    box(app, "encoding").select("mac-roman").run()
    assert app.dataframe[1].value.columns[0] == "título"
    app.button(key="read_again").click().run()

    assert app.dataframe[0].value.iloc[3, 0] == "avería número 3"
    assert "Encoding: Mac Roman (your choice)" in words(app)


def test_options_under_which_there_is_no_table_say_so(home: Workspace) -> None:
    app = bring(as_csv(tickets(copies=4)))
    app.number_input(key=f"header-{source(app)}").set_value(500).run()

    assert not app.exception
    assert len(app.error) == 1
    assert not [button for button in app.button if button.key == "read_again"]


def source(app: AppTest) -> str:
    """Id of the Source that the page is about."""
    return str(app.query_params["source"])


def box(app: AppTest, field: str) -> Selectbox:
    """The choice of one field."""
    return app.selectbox(key=f"{field}-{source(app)}")
