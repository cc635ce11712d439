"""Columns that give the label away or never repeat are taken out of the text; rows without a text are left out."""

import random

import pytest

from pipeline.check.columns import find_empty_texts, find_leaks, find_unique_columns, look_up
from pipeline.check.finding import Severity
from tests.unit.check.checked import after, look_at, the_finding

pytestmark = pytest.mark.usefixtures("home")

DRAW = random.Random(3)
LABELS = [DRAW.choice(["退款", "物流", "发票"]) for _ in range(120)]
QUEUE = {"退款": ("Q1", "Q4"), "物流": ("Q2",), "发票": ("Q3",)}


def test_a_status_that_goes_with_the_label_is_taken_out_of_the_text():
    status = [DRAW.choice(QUEUE[label]) for label in LABELS]
    material = look_at(LABELS, text_columns=("text", "status"), status=status)
    finding = the_finding(find_leaks, material)
    assert (finding.rows, dict(finding.values)["share"], finding.severity) == (120, "100.0%", Severity.WARNING)
    left = after(material, finding)
    assert (left.view.text, left.view.template) == (("text",), "")
    assert not [*find_leaks(left)]


def test_a_template_of_ones_own_loses_the_field_alone():
    status = [QUEUE[label][0] for label in LABELS]
    city = [DRAW.choice(["北京", "上海", "广州"]) for _ in LABELS]
    material = look_at(
        LABELS,
        text_columns=("text", "status", "city"),
        template="{text}（{city}）\n状态={status}\n{city}/{status}",
        status=status,
        city=city,
    )
    left = after(material, the_finding(find_leaks, material))
    assert left.view.template == "{text}（{city}）\n{city}/"
    assert "Q1" not in "".join(left.texts)


@pytest.mark.parametrize(
    "column",
    [
        pytest.param([DRAW.choice(["北京", "上海", "广州"]) for _ in LABELS], id="a city that says nothing"),
        pytest.param([f"TK-{number:05}" for number in range(len(LABELS))], id="numbers that never repeat"),
        pytest.param(
            [QUEUE[label][0] if DRAW.random() < 0.8 else "Q9" for label in LABELS], id="a queue that helps a lot"
        ),
    ],
)
def test_a_column_that_says_little_or_helps_honestly_is_no_leak(column):
    assert not [*find_leaks(look_at(LABELS, text_columns=("text", "column"), column=column))]


def test_a_column_that_is_not_read_as_text_cannot_leak():
    assert not [*find_leaks(look_at(LABELS, status=[QUEUE[label][0] for label in LABELS]))]


def test_where_one_label_is_nearly_everywhere_no_column_is_blamed_for_it():
    labels = ["ham"] * 119 + ["spam"]
    city = [DRAW.choice(["北京", "上海", "广州"]) for _ in labels]
    assert not [*find_leaks(look_at(labels, text_columns=("text", "city"), city=city))]


def test_a_row_is_looked_up_without_itself():
    found = look_up(["a", "a", "b", "b", "c"], ["x", "x", "x", "y", "z"])
    assert (found.rows, found.right, found.majority) == (4, 2, 3)


def test_a_ticket_number_is_taken_out_of_the_text():
    numbers = [f"TK-{number:05}" for number in range(len(LABELS))]
    material = look_at(LABELS, text_columns=("number", "text"), number=numbers)
    finding = the_finding(find_unique_columns, material)
    assert (finding.rows, finding.severity) == (120, Severity.WARNING)
    left = after(material, finding)
    assert left.view.text == ("text",)
    assert not [*find_unique_columns(left)]


def test_a_ticket_number_alone_is_nothing_to_learn_from():
    finding = the_finding(find_unique_columns, look_at(LABELS, [f"TK-{number:05}" for number in range(len(LABELS))]))
    assert (finding.severity, finding.remedies) == (Severity.BLOCKING, ())


def test_texts_are_different_in_every_row_and_that_is_as_it_should_be():
    numbers = [f"TK-{number:05}" for number in range(len(LABELS))]
    assert not [*find_unique_columns(look_at(LABELS, number=numbers))]


def test_labelled_rows_without_a_text_are_left_out():
    material = look_at(["a", "b", "a", "b", "", ""], ["x", "y", " ", "", "", "z"], title=[""] * 6)
    finding = the_finding(find_empty_texts, material)
    assert (finding.rows, [example.rows for example in finding.examples]) == (2, [(2,), (3,)])
    left = after(material, finding)
    assert left.view.left_out == {2, 3}
    assert not [*find_empty_texts(left)]


def test_a_row_with_something_in_one_of_its_columns_has_a_text():
    titles = ["", "", "title", "title"]
    material = look_at(["a", "b", "a", "b"], ["x", "y", "", ""], text_columns=("text", "title"), title=titles)
    assert not [*find_empty_texts(material)]
