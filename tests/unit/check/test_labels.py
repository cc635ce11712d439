"""Spellings of one label are found and merged, look-alikes are asked about, stand-ins for a blank are left out."""

import pytest

from pipeline.check.finding import Severity
from pipeline.check.labels import find_label_variants, find_placeholders, find_similar_labels
from pipeline.data.view import view_labels
from tests.unit.check.checked import after, look_at, the_finding

pytestmark = pytest.mark.usefixtures("home")


def test_spellings_of_one_label_are_merged_into_the_most_frequent_one():
    material = look_at(["好评"] * 3 + ["差评"] * 2 + ["差评 ", "差評", "差评", "差评\u200b"])
    finding = the_finding(find_label_variants, material)
    assert (finding.kind, finding.rows, finding.severity) == ("label_variants", 3, Severity.WARNING)
    merged = after(material, finding)
    assert merged.view.labels == ("差评", "好评")
    assert list(view_labels(merged.view)) == ["好评"] * 3 + ["差评"] * 6
    assert not [*find_label_variants(merged)]


def test_spellings_of_the_only_label_are_serious_and_cannot_be_merged():
    finding = the_finding(find_label_variants, look_at(["Hardware "] * 5 + ["hardware"] * 5))
    assert (finding.severity, finding.remedies) == (Severity.BLOCKING, ())
    assert "nothing is left to tell apart" in finding.why


def test_of_two_spellings_the_one_without_hidden_characters_is_kept_even_if_it_is_rarer():
    material = look_at(["差评 "] * 5 + ["差评"] + ["好评。"] * 3 + ["好评"])
    merged = after(material, the_finding(find_label_variants, material))
    assert merged.view.labels == ("差评", "好评。")


def test_examples_show_what_cannot_be_seen():
    finding = the_finding(find_label_variants, look_at(["差评"] * 2 + [" 差评"] + ["好评"] * 2))
    (shown,) = finding.examples
    assert (shown.text, shown.note) == ("差评", "␣差评 (1)")


def test_labels_that_differ_in_meaning_are_no_variants():
    assert not [*find_label_variants(look_at(["C", "C++", "C#", "A/B", "AB", "1", "01", "yes", "yes?"]))]


def test_look_alikes_are_a_question_and_merge_on_request():
    material = look_at(["1", "1", "01", "credit_card", "credit card", "Credit Card", "refund"])
    finding = the_finding(find_similar_labels, material)
    assert (finding.severity, finding.rows) == (Severity.NOTE, 3)
    merged = after(material, finding)
    assert set(merged.view.labels) == {"1", "Credit Card", "refund"}
    assert not [*find_similar_labels(merged)]


def test_plain_variants_are_not_asked_about():
    assert not [*find_similar_labels(look_at(["差评", "差评 ", "好评"]))]


@pytest.mark.parametrize(
    "word", ["无", "N/A", "n/a ", "null", "待定", "-", "unknown", "TBD", "？", "——", "None", "\u200b"]
)
def test_stand_ins_for_a_blank_are_left_out(word):
    material = look_at(["退款"] * 5 + ["物流"] * 5 + [word] * 2)
    finding = the_finding(find_placeholders, material)
    assert finding.rows == 2
    left = after(material, finding)
    assert set(left.view.labels) == {"退款", "物流"}
    assert not [*find_placeholders(left)]


@pytest.mark.parametrize("labels", [("+", "-"), ("0", "1"), ("其他", "无法登录"), ("C", "no"), ("😀", "😡")])
def test_short_labels_that_say_something_are_kept(labels):
    assert not [*find_placeholders(look_at([*labels] * 3))]


def test_no_remedy_is_offered_that_leaves_nothing_to_tell_apart():
    finding = the_finding(find_placeholders, look_at(["退款"] * 5 + ["待定"] * 5))
    assert finding.remedies == ()
