"""Data: what is in my file?"""

from pathlib import Path

import pytest

from pipeline.actions import summary
from pipeline.actions.check import last_check
from pipeline.actions.data import list_datasets
from pipeline.actions.jobs import wait
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring
from tests.pages.staged_run import stage, tickets
from tests.pages.visit import visit, words


def test_without_a_file_the_page_asks_for_one(home: Workspace) -> None:
    app = visit("data/read.py")

    assert app.header[0].value == "Bring your file"


def test_an_upload_is_counted_guessed_and_shown(home: Workspace) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("tickets.csv", as_csv(tickets(copies=10, blank=4))).run()

    assert not app.exception
    assert "34 rows, 30 labelled, 4 to fill" in words(app)
    assert app.multiselect[0].value == ["text"]
    assert app.selectbox(key=app.multiselect[0].key.replace("text-", "label-")).value == "queue"
    assert len(app.dataframe[0].value) == 34
    assert app.dataframe[0].value["id"].iloc[0] == "001"


def test_next_freezes_a_dataset_and_leads_to_its_check(home: Workspace) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("tickets.csv", as_csv(tickets())).run()
    app.button(key="next").click().run()

    assert not app.exception
    (dataset,) = list_datasets()
    assert dataset.name == "tickets.csv"
    assert wait(last_check(dataset)).state == "finished"


def test_who_knows_the_data_goes_straight_to_training(home: Workspace) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("tickets.csv", as_csv(tickets())).run()
    app.button(key="skip").click().run()

    assert not app.exception
    (dataset,) = list_datasets()
    assert app.header[0].value.startswith("Train a model on tickets")
    assert last_check(dataset) == ""


def test_a_path_in_the_name_of_an_upload_reaches_no_folder(home: Workspace) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("../../evil.csv", as_csv(tickets(copies=5))).run()

    assert not app.exception
    assert not list(home.home.parent.rglob("evil.csv"))


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 not a table at all", "csv"),
    ],
    ids=["empty", "not what its name says"],
)
def test_a_file_that_cannot_be_read_gets_one_clear_line(home: Workspace, content: bytes, hint: str) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("bad.csv", content).run()

    assert not app.exception
    assert len(app.error) == 1
    assert hint in words(app)


def test_column_names_without_rows_are_shown_with_what_to_do(home: Workspace) -> None:
    app = bring(b"text,queue\n")

    assert app.header[0].value == "2 column names and no rows"
    assert "fill in rows" in app.warning[0].value
    assert list(app.dataframe[0].value.columns) == ["text", "queue"]
    assert not [button for button in app.button if button.key in ("next", "skip")]
    app.number_input[0].set_value(0).run()
    app.button(key="read_again").click().run()
    assert "1 row, none labelled yet" in words(app)


def test_a_file_of_which_no_row_can_be_read_offers_what_was_set_aside(home: Workspace) -> None:
    app = bring(b"text,queue\na,b,c\nd,e,f,g\n")

    assert app.header[0].value == "None of the 2 rows could be read"
    assert app.get("download_button")


@pytest.mark.parametrize(
    "rows",
    [
        [["text", "queue"], *[[f"text number {n}", "only"] for n in range(20)]],
        [["text", "queue"], *[[f"text number {n}", ""] for n in range(20)]],
    ],
    ids=["one class", "all labels blank"],
)
def test_what_cannot_be_learned_is_said_and_cannot_be_trained(home: Workspace, rows: list[list[str]]) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("unfit.csv", as_csv(rows)).run()
    label = next(box for box in app.selectbox if box.key.startswith("label-"))
    if label.value is None:
        label.select("queue").run()

    assert not app.exception
    assert len(app.error) == 1
    assert app.button(key="next").disabled


def test_a_label_with_a_single_row_warns_and_goes_on(home: Workspace) -> None:
    app = visit("data/read.py")
    rows = tickets(copies=12)
    rows[1][2] = "lonely"
    app.file_uploader[0].upload("tickets.csv", as_csv(rows)).run()

    assert any("lonely" in warning.value for warning in app.warning)
    assert not app.button(key="next").disabled


def test_a_dataset_opens_with_its_own_roles(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)

    app = visit("data/read.py", dataset=staged.dataset.id)

    assert tuple(app.multiselect[0].value) == staged.dataset.view.text
    assert app.get("vega_lite_chart")


def test_somebody_with_a_dataset_can_bring_another_file(home: Workspace, tmp_path: Path) -> None:
    staged = stage(tmp_path)

    app = visit("data/read.py", dataset=staged.dataset.id, new="file")
    assert app.header[0].value == "Bring your file"
    app.file_uploader[0].upload("other.csv", as_csv(tickets(copies=10, blank=4))).run()

    assert "34 rows, 30 labelled, 4 to fill" in words(app)


def test_a_refresh_shows_the_file_that_was_brought(home: Workspace) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("tickets.csv", as_csv(tickets(copies=10, blank=4))).run()

    again = visit("data/read.py", source=app.query_params["source"])

    assert "34 rows, 30 labelled, 4 to fill" in words(again)


def test_once_gone_on_the_page_is_about_the_dataset(home: Workspace) -> None:
    app = visit("data/read.py")
    app.file_uploader[0].upload("tickets.csv", as_csv(tickets())).run()
    app.button(key="skip").click().run()
    app.switch_page("data/read.py").run()

    assert not app.exception
    assert "source" not in app.query_params
    assert "132 rows, 120 labelled, 12 to fill" in words(app)


def test_labels_that_look_alike_are_told_apart_in_their_figure(home: Workspace) -> None:
    app = bring(
        as_csv([["text", "label"], *([f"text {n}", ["Refund ", "Refund ", "Refund"][n % 3]] for n in range(30))])
    )

    assert "most frequent is Refund␣ with 20" in app.get("vega_lite_chart")[0].proto.alt


def test_lengths_of_some_rows_only_are_said_to_be_so(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "MEASURED_TEXTS", 20)
    app = bring(as_csv(tickets(copies=11, blank=3)))

    assert "Measured on 18 rows, evenly spread over the file." in words(app)
