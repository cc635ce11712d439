"""What the model reads: the template is seen, edited and used."""

import pytest

from pipeline.actions.data import list_datasets
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring, titled
from tests.pages.staged_run import tickets
from tests.pages.visit import words


def test_one_text_column_needs_no_template(home: Workspace) -> None:
    assert not bring(as_csv(tickets())).text_area


def test_several_text_columns_show_the_default_and_the_first_rows_through_it(home: Workspace) -> None:
    app = bring(as_csv(titled()))

    assert app.text_area[0].value == "{title}\ndescription: {description}"
    assert "title 0\ndescription: story 0" in words(app)


def test_an_edited_template_changes_the_example_at_once_and_goes_into_the_dataset(home: Workspace) -> None:
    app = bring(as_csv(titled()))
    app.text_area[0].input("{description} <{title}>").run()

    assert "story 1 of 1 <title 1>" in words(app)
    app.button(key="skip").click().run()
    assert not app.exception
    assert list_datasets()[0].view.template == "{description} <{title}>"


@pytest.mark.parametrize(("template", "hint"), [("{titel}", "{titel}"), ("no field", "names no column")])
def test_a_template_that_cannot_be_used_says_why_and_stops_the_way_on(
    home: Workspace, template: str, hint: str
) -> None:
    app = bring(as_csv(titled()))
    app.text_area[0].input(template).run()

    assert not app.exception
    assert len(app.error) == 1
    assert hint in words(app)
    assert app.button(key="next").disabled


def test_a_dataset_opens_with_its_own_template(home: Workspace) -> None:
    app = bring(as_csv(titled()))
    app.text_area[0].input("{description} <{title}>").run()
    app.button(key="skip").click().run()
    app.switch_page("data/read.py").run()

    assert app.text_area[0].value == "{description} <{title}>"
