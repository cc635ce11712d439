"""Classes that are too small or far too large are named; small ones can go into one class for the rest, or out."""

from collections import Counter

import pytest

from pipeline.check.classes import find_imbalance, find_rare_classes
from pipeline.check.finding import Severity
from pipeline.data.view import view_labels
from tests.unit.check.checked import after, beside_test_file, look_at, the_finding

pytestmark = pytest.mark.usefixtures("home")


def test_small_classes_are_merged_into_one_or_left_out():
    material = look_at(["退款"] * 20 + ["物流"] * 10 + ["发票"] * 9 + ["安装"] * 3)
    finding = the_finding(find_rare_classes, material)
    assert finding.rows == 12
    assert [example.note for example in finding.examples] == ["发票", "安装"]
    merged, dropped = after(material, finding, 0), after(material, finding, 1)
    assert Counter(view_labels(merged.view)) == {"退款": 20, "物流": 10, "其他": 12}
    assert set(dropped.view.labels) == {"退款", "物流"}
    assert not [*find_rare_classes(merged)] and not [*find_rare_classes(dropped)]


@pytest.mark.parametrize(
    ("labels", "other"),
    [
        (["refund"] * 20 + ["invoice"] * 9 + ["setup"] * 3, "Other"),
        (["refund"] * 20 + ["invoice"] * 9 + ["others"] * 30, "others"),
        (["退款"] * 20 + ["发票"] * 9 + ["其它"] * 3, "其它"),
    ],
)
def test_the_class_for_the_rest_is_the_one_there_is_or_named_in_the_language_of_the_labels(labels, other):
    material = look_at(labels)
    merged = after(material, the_finding(find_rare_classes, material))
    assert Counter(view_labels(merged.view))[other] >= 10
    assert not [*find_rare_classes(merged)]


def test_a_class_for_the_rest_that_would_be_small_itself_is_not_offered():
    finding = the_finding(find_rare_classes, look_at(["a"] * 20 + ["b"] * 20 + ["c"] * 4))
    assert [remedy.title for remedy in finding.remedies] == ["Do without them (rows left out: {rows})"]


def test_spellings_of_one_label_are_one_class():
    assert not [*find_rare_classes(look_at(["差评"] * 6 + ["差评 "] * 6 + ["好评"] * 10))]


def test_classes_of_ten_rows_are_none_of_these():
    assert not [*find_rare_classes(look_at(["a"] * 10 + ["b"] * 10))]


def test_a_class_that_a_brought_test_file_has_cannot_be_left_out():
    material = look_at(["a"] * 20 + ["b"] * 20 + ["c"] * 4)
    texts = ["something else entirely", "quite another thing"]
    assert the_finding(find_rare_classes, beside_test_file(material, texts, ["a", "c"])).remedies == ()
    assert the_finding(find_rare_classes, beside_test_file(material, texts, ["a", "b"])).remedies


@pytest.mark.parametrize("labels", [["ham"] * 85 + ["spam"] * 15, ["a"] * 400 + ["b"] * 300 + ["c"] * 15])
def test_one_class_far_larger_than_another_is_a_note_without_remedy(labels):
    finding = the_finding(find_imbalance, look_at(labels))
    assert (finding.severity, finding.remedies, finding.rows) == (
        Severity.NOTE,
        (),
        Counter(labels).most_common()[0][1],
    )


@pytest.mark.parametrize("labels", [["ham"] * 70 + ["spam"] * 30, ["a"] * 100 + ["b"] * 60 + ["c"] * 2])
def test_common_differences_in_size_are_not_worth_a_word(labels):
    assert not [*find_imbalance(look_at(labels))]
