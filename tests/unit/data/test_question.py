"""What is asked of a file is guessed from its columns; a person has the last word."""

import pandas as pd
import pytest

from pipeline.data.columns import profile
from pipeline.data.question import Question, guess_question

TEXTS = [f"the {word} does not work in room {number}" for number in range(12) for word in ("printer", "screen")]


def guess(**columns: list[str]) -> Question:
    """The guess for a table of these columns."""
    rows = pd.DataFrame(columns)
    return guess_question(profile(rows), rows)


def test_a_class_a_row() -> None:
    assert guess(text=TEXTS, label=["printer", "screen"] * 12) == Question(("text",), "label")


def test_several_labels_in_a_cell() -> None:
    found = guess(text=TEXTS, 标签=["退款", "物流、退款", "物流"] * 8)
    assert found == Question(("text",), "标签", "、") and found.kind == "joined"


def test_columns_of_yes_and_no() -> None:
    found = guess(text=TEXTS, a=["1", "0"] * 12, b=["1", "1"] * 11 + ["0", "0"], c=["0", "1"] * 12)
    assert found == Question(("text",), label_columns=("a", "b", "c")) and found.kind == "columns"


def test_columns_of_yes_and_no_beside_a_label_are_properties() -> None:
    found = guess(
        text=TEXTS, a=["1", "0"] * 12, b=["1", "1", "0"] * 8, c=["0", "1"] * 12, label=["printer", "screen"] * 12
    )
    assert found == Question(("text",), "label")


def test_a_number() -> None:
    found = guess(text=TEXTS, hours=[str(number / 2) for number in range(24)])
    assert found == Question(("text",), "hours", number=True) and found.kind == "number"
    assert guess(text=TEXTS, label=[f"{number % 9}.5" for number in range(24)]).number


def test_digits_that_are_few_are_classes() -> None:
    assert guess(text=TEXTS, label=["0", "1", "2"] * 8) == Question(("text",), "label")


def test_a_pair_is_two_texts_and_not_one_joined() -> None:
    found = guess(question1=TEXTS, question2=TEXTS[::-1], label=["same", "other"] * 12)
    assert found == Question(("question1",), "label", second="question2")


@pytest.mark.parametrize(
    ("columns", "raw"),
    [
        (("text",), True),
        (("id", "text"), True),
        (("text", "label"), False),
        (("text", "blank"), False),
        (("text", "other"), False),
    ],
)
def test_texts_alone_are_guessed_where_nothing_else_could_be_an_answer(columns: tuple[str, ...], raw: bool) -> None:
    cells = {
        "id": [f"T-{n:04}" for n in range(40)],
        "text": [f"the printer of desk {n} is broken again" for n in range(40)],
        "label": ["ab"[n % 2] for n in range(40)],
        "blank": [""] * 40,
        "other": [f"we have repaired number {n * n} at once" for n in range(40)],
    }
    rows = pd.DataFrame({name: cells[name] for name in columns})
    question = guess_question(profile(rows), rows)
    assert question.raw == raw
    assert not raw or (question.text, question.label, question.kind) == (("text",), "text", "raw")
