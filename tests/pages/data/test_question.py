"""What the answer is like is guessed, said, and for a person to change."""

from streamlit.testing.v1 import AppTest

from pipeline.actions.data import list_datasets
from pipeline.data.split import load_split
from pipeline.data.view import View
from pipeline.settings import Workspace
from tests.pages.data.files import as_csv, bring
from tests.pages.staged_run import tickets
from tests.pages.visit import words

TOPICS = ("login", "invoice", "parcel", "refund", "printer", "account")


def stories(rows: int = 48) -> list[str]:
    """Texts that are all different."""
    return [f"the {TOPICS[n % 6]} of customer {n * 37} is {TOPICS[n % 5]} since day {n * n}" for n in range(rows)]


def taken(app: AppTest) -> View:
    """The View that going on makes."""
    app.button(key="skip").click().run()
    assert not app.exception, app.exception[0].value
    (dataset,) = list_datasets()
    assert load_split(dataset.split).test
    return dataset.view


def keyed(widgets: object, start: str) -> object:
    """The widget whose key begins so."""
    return next(one for one in widgets if one.key and one.key.startswith(start))


def test_several_labels_in_a_cell_are_guessed_said_and_learned(home: Workspace) -> None:
    labels = ["退款", "物流、退款", "物流", "发票"]
    app = bring(as_csv([["描述", "标签"], *([text, labels[n % 4]] for n, text in enumerate(stories()))]))
    said = words(app)
    assert "Cells of 标签 seem to hold several labels, with 、 between them." in said
    assert "On average 1.2 labels a row." in said
    assert app.dataframe[0].value["answer"].iloc[1].tolist() == ["物流", "退款"]
    view = taken(app)
    assert (view.separators, view.labels) == ("、", ("物流", "退款", "发票"))


def test_another_sign_between_labels_can_be_given_and_one_label_a_row_insisted_on(home: Workspace) -> None:
    app = bring(as_csv([["text", "label"], *([text, ["a", "b/c", "b"][n % 3]] for n, text in enumerate(stories()))]))
    assert keyed(app.radio, "kind-").value == "one"
    keyed(app.radio, "kind-").set_value("joined").run()
    keyed(app.text_input, "separators-").set_value("/").run()
    assert app.dataframe[0].value["answer"].iloc[1].tolist() == ["b", "c"]
    keyed(app.radio, "kind-").set_value("one").run()
    assert taken(app).labels == ("a", "b", "b/c")


def test_columns_of_yes_and_no_are_labels(home: Workspace) -> None:
    rows = [[text, str(n % 2), str(int(n % 3 == 0)), "1" if n % 4 else "0"] for n, text in enumerate(stories())]
    app = bring(as_csv([["text", "refund", "damage", "late"], *rows]))
    assert "3 columns seem to say yes or no to a label each: refund, damage, late." in words(app)
    keyed(app.multiselect, "labels-").set_value(["refund", "damage"]).run()
    assert "8 rows have none of the labels." not in words(app) and "rows have none of the labels." in words(app)
    assert taken(app).label_columns == ("refund", "damage")


def test_a_number_is_guessed_and_shown_as_one(home: Workspace) -> None:
    rows = [[text, "soon" if n == 3 else f"{n % 10 / 2}"] for n, text in enumerate(stories())]
    app = bring(as_csv([["text", "hours"], *rows]))
    said = words(app)
    assert "The cells of hours seem to be amounts." in said and "Numbers from 0 to 4.5" in said
    assert any("1 cell of hours is no number" in warning.value for warning in app.warning)
    assert taken(app).number


def test_digits_of_few_values_are_classes_unless_somebody_says_otherwise(home: Workspace) -> None:
    app = bring(as_csv([["text", "label"], *([text, str(n % 5)] for n, text in enumerate(stories()))]))
    assert "taken for names of classes" in words(app)
    keyed(app.radio, "kind-").set_value("number").run()
    assert taken(app).number


def test_two_texts_are_kept_apart(home: Workspace) -> None:
    both = zip(stories(), stories()[::-1], strict=True)
    rows = [[one, other, ["same", "other"][n % 2]] for n, (one, other) in enumerate(both)]
    app = bring(as_csv([["question1", "question2", "label"], *rows]))
    assert "question1 and question2 seem to be two texts that are compared." in words(app)
    view = taken(app)
    assert (view.text, view.second, view.label) == (("question1",), "question2", "label")


def test_where_nothing_speaks_for_more_the_question_is_folded_away(home: Workspace) -> None:
    app = bring(as_csv(tickets(copies=10)))
    assert "What is the answer like?" not in words(app)
    assert any("The answer is something else" in one.label for one in app.expander)
