"""Texts that stand in several rows are found, and every remedy makes the finding vanish."""

import dataclasses

import pytest

from pipeline.check.duplicates import find_conflicts, find_exact_duplicates, find_near_duplicates, find_test_copies
from pipeline.check.finding import Severity
from pipeline.data.new_view import make_view
from tests.unit.check.checked import after, beside_test_file, different_texts, divided, look_at, the_finding

pytestmark = pytest.mark.usefixtures("home")

LONG = "The printer on the second floor does not answer since this morning, please send somebody, room {room}, thanks"


def test_repeated_rows_are_left_out_but_for_the_first():
    texts = [*different_texts(20), "No Internet", "no  internet", "ＮＯ internet", "no internet"]
    material = look_at(["a", "b"] * 10 + ["a", "a", "a", "b"], texts)
    finding = the_finding(find_exact_duplicates, material)
    assert (finding.rows, finding.examples[0].rows) == (2, (20, 21, 22))
    left = after(material, finding)
    assert left.view.left_out == {21, 22}
    assert not [*find_exact_duplicates(left)]


def test_a_few_copies_are_a_note_and_many_a_warning():
    texts = different_texts(98)
    few = look_at(["a", "b"] * 49 + ["a", "a"], [*texts, texts[0], texts[2]])
    many = look_at(["a", "b"] * 49 + ["a"] * 10, [*texts, *texts[:20:2]])
    assert the_finding(find_exact_duplicates, few).severity == Severity.NOTE
    assert the_finding(find_exact_duplicates, many).severity == Severity.WARNING


def test_rows_to_fill_in_may_repeat():
    assert not [*find_exact_duplicates(look_at(["a", "b", "", ""], ["x", "y", "x", "x"]))]


def test_near_duplicates_are_left_out_but_for_one():
    texts = [*different_texts(10), *(LONG.format(room=room) for room in (1, 2, 3, 4))]
    material = look_at(["a", "b"] * 5 + ["a", "a", "a", "b"], texts)
    finding = the_finding(find_near_duplicates, material)
    assert finding.rows == 2
    left = after(material, finding)
    assert left.view.left_out == {11, 12}
    assert not [*find_near_duplicates(left)]


def test_near_duplicates_leave_no_new_ones_behind_where_they_form_a_chain():
    # Each is near the next one; the first and the last have little in common.
    words = different_texts(40)
    chain = [" ".join(words[start : start + 20]) for start in range(20)]
    material = look_at(["a"] * 20 + ["b"] * 2, [*chain, "other", "another"])
    finding = the_finding(find_near_duplicates, material)
    assert 0 < finding.rows < 19
    assert not [*find_near_duplicates(after(material, finding))]


def test_texts_that_are_the_same_or_not_alike_are_not_nearly_the_same():
    assert not [*find_near_duplicates(look_at(["a", "b", "a", "b"], ["same", "same", "Same", "other"]))]


def test_a_few_texts_that_are_nearly_the_same_are_how_people_write():
    texts = [*different_texts(400), LONG.format(room=1), LONG.format(room=2)]
    assert not [*find_near_duplicates(look_at(["a", "b"] * 200 + ["a", "a"], texts))]


def test_a_text_with_two_labels_keeps_the_more_frequent_one_or_goes():
    texts = [*different_texts(10), "Where is my money?", "where is my  money?", "Where is my money?", "hello", "Hello"]
    material = look_at(["a", "b"] * 5 + ["a", "a", "b", "a", "b"], texts)
    finding = the_finding(find_conflicts, material)
    assert (finding.rows, finding.values) == (5, (("texts", "2"), ("rows", "5")))
    assert finding.examples[0].note == "a (2) / b (1)"
    majority, nothing = after(material, finding, 0), after(material, finding, 1)
    assert majority.view.left_out == {12, 13, 14}
    assert nothing.view.left_out == {10, 11, 12, 13, 14}
    assert not [*find_conflicts(majority)] and not [*find_conflicts(nothing)]


def test_where_no_label_has_most_there_is_one_remedy():
    finding = the_finding(find_conflicts, look_at(["a", "b", "a", "b"], ["x", "X", "y", "z"]))
    assert len(finding.remedies) == 1


def test_spellings_of_one_label_are_no_conflict():
    assert not [*find_conflicts(look_at(["差评", "差评 ", "好评"], ["难吃", "难吃", "好吃"]))]


def test_rows_of_a_brought_test_file_are_found_in_training_and_left_out_there():
    texts = [*different_texts(40), LONG.format(room=1)]
    material = look_at(["a", "b"] * 20 + ["a"], texts)
    tests = [texts[3].upper(), LONG.format(room=7), *(f"new row {number} of the test" for number in range(8))]
    beside = beside_test_file(material, tests, ["b", "a"] * 5)
    finding = the_finding(find_test_copies, beside)
    assert (finding.rows, finding.severity, dict(finding.values)["seen"]) == (2, Severity.WARNING, "2")
    left = after(beside, finding)
    assert left.view.left_out == {3, 40}
    assert left.split is not None and len(left.split.without(left.view.left_out).test) == 10
    assert not [*find_test_copies(left)]


def test_a_test_file_that_is_half_in_training_says_nothing_about_new_rows():
    texts = different_texts(40)
    material = look_at(["a", "b"] * 20, texts)
    finding = the_finding(
        find_test_copies, beside_test_file(material, [*texts[:4], "new row"], ["a", "b", "a", "b", "a"])
    )
    assert finding.severity == Severity.BLOCKING


def test_another_reading_of_the_columns_can_bring_test_rows_into_training():
    labels = ["a", "b"] * 30
    titles, numbers = different_texts(60), [f"TK-{number}" for number in range(60)]
    frozen = divided(look_at(labels, titles, title=["Nothing works any more", "Where is it?"] * 30, number=numbers))
    assert not [*find_test_copies(frozen)]
    by_title = make_view(frozen.view.source, ["title"], "label")
    reread = dataclasses.replace(frozen, view=by_title)
    assert the_finding(find_test_copies, reread).severity == Severity.BLOCKING


def test_a_split_of_rows_that_differ_has_no_copies():
    material = divided(look_at(["a", "b"] * 30))
    assert not [*find_test_copies(material)] and not [*find_test_copies(dataclasses.replace(material, split=None))]
