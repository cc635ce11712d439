"""Two columns are a pair when their names say so and both hold texts."""

import pytest

from pipeline.data.columns import ColumnProfile
from pipeline.data.pairs import guess_pair


def columns(*names: str, kind: str = "text") -> list[ColumnProfile]:
    return [ColumnProfile(name, kind, 0, 90, 30.0, ()) for name in names]


@pytest.mark.parametrize(
    ("names", "pair"),
    [
        (("id", "question1", "question2"), ("question1", "question2")),
        (("Sentence_B", "Sentence_A"), ("Sentence_A", "Sentence_B")),
        (("句子一", "句子二"), ("句子一", "句子二")),
        (("hypothesis", "premise"), ("premise", "hypothesis")),
        (("text 1", "text 2", "text 3"), ("text 1", "text 2")),
    ],
)
def test_names_that_go_together_are_a_pair(names: tuple[str, ...], pair: tuple[str, str]) -> None:
    assert guess_pair(columns(*names)) == pair


@pytest.mark.parametrize("names", [("title", "body"), ("question1", "answer2"), ("1", "2"), ("text1",), ()])
def test_other_names_are_none(names: tuple[str, ...]) -> None:
    assert guess_pair(columns(*names)) is None


def test_two_annotators_are_two_labels_and_no_pair() -> None:
    assert guess_pair([*columns("text"), *columns("annotator1", "annotator2", kind="category")]) is None
