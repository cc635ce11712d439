"""Check: is it fit to learn from?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from pipeline.actions.check import check_of, last_check, redivide
from pipeline.actions.data import Dataset, create_dataset, get_dataset, list_datasets
from pipeline.actions.jobs import wait
from pipeline.check.columns import find_unique_columns
from pipeline.check.finding import Example, Severity
from pipeline.check.material import Material
from pipeline.runs.store import JobRow, session
from pipeline.settings import Workspace
from tests.pages.data.checked import (
    BUDGET,
    CHANCE,
    bring,
    ended,
    found,
    leaving_out,
    merging,
    report,
    spelled_badly,
)
from tests.pages.visit import visit, words

HOSTILE = "![x](http://127.0.0.1/beacon) <img src=x> $x^2$ :red[y]"


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> Iterator[Dataset]:
    """Tickets with labels in several spellings; checks that the pages start have ended when the test is over."""
    yield bring(tmp_path, spelled_badly())
    with session() as opened:
        started = opened.exec(select(JobRow.id).where(JobRow.state != "failed")).all()
    for job in started:
        wait(job)


def open_page(dataset: Dataset) -> AppTest:
    """The Check page of a dataset."""
    return visit("data/check.py", dataset=dataset.id)


def current(app: AppTest) -> Dataset:
    """The version that the page is about now."""
    return get_dataset(app.query_params["dataset"])


def press(app: AppTest, label: str) -> None:
    """Click the first button that reads ``label``."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception[0].value


def test_without_a_dataset_the_page_leads_to_the_data(home: Workspace) -> None:
    app = visit("data/check.py")

    assert "There is no dataset yet." in words(app)


def test_opening_the_page_starts_one_check_whose_findings_are_then_shown(dataset: Dataset) -> None:
    app = open_page(dataset)
    job = last_check(dataset)
    open_page(dataset)

    assert last_check(dataset) == job
    wait(job)
    app.run()
    kept = check_of(dataset)
    assert kept is not None
    assert kept.learnability is not None
    assert app.header[0].value != "Looking at your data …"
    assert f"{kept.learnability.accuracy:.1%}" in words(app)


def test_findings_stand_worst_first_under_their_number_and_a_word_for_the_worst(dataset: Dataset) -> None:
    report(
        dataset,
        found(Severity.BLOCKING, "Test rows stand in training."),
        found(Severity.WARNING, "Some rows are there twice."),
        found(Severity.NOTE, "The classes differ in size."),
    )
    app = open_page(dataset)

    assert app.header[0].value == "2 things to look at"
    assert "Serious" in app.markdown[0].value
    assert [part.value for part in app.subheader][:3] == [
        "Test rows stand in training\\.",
        "Some rows are there twice\\.",
        "The classes differ in size\\.",
    ]


def test_what_is_only_good_to_know_worries_nobody(dataset: Dataset) -> None:
    report(dataset, found(Severity.NOTE, "The classes differ in size."))
    app = open_page(dataset)

    assert app.header[0].value == "Nothing to worry about"
    assert "The classes differ in size." in words(app)
    assert last_check(dataset) == ""


def test_a_remedy_makes_a_version_without_those_rows_and_taking_it_back_restores_the_page(dataset: Dataset) -> None:
    report(dataset, leaving_out(dataset, [0, 1, 2, 3]))
    app = open_page(dataset)
    press(app, "Leave them out")

    assert current(app).view.left_out == {0, 1, 2, 3}
    assert "4 rows left out" in words(app)
    # A second click on a button of one version must not reach the steps of the next.
    assert f"take-back-0-{current(app).id}" in {button.key for button in app.button}

    press(app, "Take back")

    assert current(app) == get_dataset(dataset.id)
    assert app.header[0].value == "1 thing to look at"
    assert last_check(dataset) == ""


def test_dates_that_can_be_read_two_ways_are_read_the_other_one_by_a_click(home: Workspace, tmp_path: Path) -> None:
    header, *rows = spelled_badly()
    dated = [[*row, f"{1 + n * 7 % 10}/{1 + n % 5}/2024" if n else "soon"] for n, row in enumerate(rows)]
    first = bring(tmp_path, [[*header, "day"], *dated])
    dataset = redivide(first, time="day").dataset
    assert dataset is not None
    report(dataset)
    app = open_page(dataset)
    assert "8/2/2024 is read as 2 August 2024, which may be wrong" in words(app)
    assert "Rows whose date could not be read, which were put into training: 1." in words(app)

    other = redivide(first, time="day", date_order="day").dataset
    assert other is not None
    report(other)
    press(app, "Read it as 8 February 2024")

    assert (current(app).id, current(app).view.date_order) == (other.id, "day")
    assert "8/2/2024 is read as 8 February 2024, as you have chosen" in words(app)


def test_a_column_that_was_taken_out_of_the_text_is_listed_and_can_come_back(dataset: Dataset) -> None:
    both = create_dataset(dataset.source, name="both", text=("id", "text"), label="queue")
    report(both, *find_unique_columns(Material(both.view)))
    app = open_page(both)
    press(app, "Take id out of the text")

    assert current(app).view.text == ("text",)
    assert "id is no longer read as text" in words(app)

    press(app, "Take back")

    assert current(app) == get_dataset(both.id)


def test_a_merge_is_proposed_name_by_name_and_done_as_edited(dataset: Dataset) -> None:
    names = {"billing ": "billing", "LOGIN": "login"}
    report(dataset, merging(dataset, names))
    app = open_page(dataset)
    editor = app.data_editor[0]
    proposal = editor.value
    assert list(proposal["old"]) == ["billing␣", "LOGIN"]
    assert list(proposal["new"]) == ["billing", "login"]
    assert list(proposal["take"]) == [True, True]

    edits = {0: {"new": "invoices"}, 1: {"take": False}}
    app.session_state[editor.key] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
    app.run()
    press(app, "Write each of them in one way")

    assert "invoices" in current(app).view.labels
    assert "billing " not in current(app).view.labels
    assert "LOGIN" in current(app).view.labels
    assert "invoices" in words(app)


def test_a_proposal_of_which_nothing_is_left_cannot_be_taken(dataset: Dataset) -> None:
    report(dataset, merging(dataset, {"LOGIN": "login"}))
    app = open_page(dataset)
    edits = {"edited_rows": {0: {"take": False}}, "added_rows": [], "deleted_rows": []}
    app.session_state[app.data_editor[0].key] = edits
    app.run()

    assert next(button for button in app.button if button.label == "Write each of them in one way").disabled


def test_labels_that_cannot_be_told_from_the_text_are_the_first_thing_to_look_at(dataset: Dataset) -> None:
    report(dataset, learnability=CHANCE)
    app = open_page(dataset)

    assert app.header[0].value == "1 thing to look at"
    assert "Serious" in words(app)
    assert app.error


def test_what_more_labels_would_bring_is_said_once_it_is_known(dataset: Dataset) -> None:
    report(dataset, budget=BUDGET)

    assert "200" in words(open_page(dataset))


def test_hostile_text_in_a_finding_is_shown_letter_by_letter(dataset: Dataset) -> None:
    finding = found(
        Severity.WARNING,
        "Labels that probably stand for a blank: {labels}.",
        values=(("labels", HOSTILE),),
        examples=(Example((0, 4), HOSTILE, HOSTILE),),
    )
    report(dataset, finding)
    app = open_page(dataset)

    shown = app.dataframe[0].value
    assert list(shown.iloc[0]) == ["1, 5", HOSTILE, HOSTILE]
    assert HOSTILE not in app.subheader[0].value
    assert HOSTILE in words(app).replace("\u2060", "")


def test_a_stopped_check_says_so_and_is_started_again_only_when_asked(dataset: Dataset) -> None:
    report(dataset, found(Severity.WARNING, "Some rows are there twice."))
    job = ended(dataset, "stopped")
    app = open_page(dataset)

    assert last_check(dataset) == job
    assert "The check was stopped." in words(app)
    assert "Some rows are there twice." in words(app)

    press(app, "Check again")
    assert last_check(dataset) != job


def test_a_check_that_was_stopped_before_it_found_anything_promises_nothing(dataset: Dataset) -> None:
    ended(dataset, "stopped")
    app = open_page(dataset)

    assert app.header[0].value == "Your data was not checked"
    assert "stands below" not in words(app)


def test_a_failed_check_gives_its_reason_and_leads_on_all_the_same(dataset: Dataset) -> None:
    job = ended(dataset, "failed", "The machine ran out of memory.")
    app = open_page(dataset)

    assert last_check(dataset) == job
    assert app.header[0].value == "Your data was not checked"
    assert app.error[0].value == "The machine ran out of memory\\."
    assert not app.button(key="next").disabled


def test_every_figure_says_in_words_what_it_shows(dataset: Dataset) -> None:
    report(dataset)
    app = open_page(dataset)

    figures = app.get("plotly_chart")
    assert len(figures) == 3
    assert all(figure.proto.alt for figure in figures)


def test_the_newest_version_alone_is_listed_and_the_bar_tells_an_earlier_one(dataset: Dataset) -> None:
    report(dataset, leaving_out(dataset, [0, 1]))
    app = open_page(dataset)
    press(app, "Leave them out")
    newest = current(app)

    assert [one.id for one in list_datasets()] == [newest.id]
    bar = visit("data/check.py", dataset=dataset.id).selectbox(key="bar_dataset")
    assert bar.options == ["checked.csv", "checked.csv, earlier version"]


def test_remedies_stay_when_somebody_goes_back_to_the_columns(dataset: Dataset) -> None:
    report(dataset, leaving_out(dataset, [0, 1]))
    app = open_page(dataset)
    press(app, "Leave them out")
    newest = current(app)

    back = visit("data/read.py", dataset=newest.id)
    back.button(key="next").click().run()

    assert current(back).id == newest.id
    assert "2 rows left out" in words(back)


def test_next_leads_to_training(dataset: Dataset) -> None:
    report(dataset)
    app = open_page(dataset)
    app.button(key="next").click().run()

    assert app.header[0].value.startswith("Train a model on checked")
