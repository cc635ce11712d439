"""The data check in words: what the figures say, no more and no less."""

import dataclasses

import pytest

from pages.components import sentences_check
from pipeline.check.learnability import Budget, Learnability, Verdict


def learnability(verdict: Verdict, unlearned: tuple[str, ...] = ()) -> Learnability:
    return Learnability(1200, 4, 5, 0.61, 0.58, 0.64, 0.33, verdict, unlearned)


def budget(gain: float, labels: tuple[str, ...] = ()) -> Budget:
    return Budget((100, 200, 400, 800), (0.5, 0.6, 0.7, 0.75), 200, gain, gain - 0.02, gain + 0.02, labels)


def test_labels_that_can_be_told_come_with_their_figures() -> None:
    said = sentences_check.learnability(learnability("learnable"))

    assert said.startswith("The labels can be told from the text")
    assert all(figure in said for figure in ("61.0%", "58.0%", "64.0%", "33.0%"))
    assert sentences_check.learnability_advice(learnability("learnable")) == ""


def test_labels_that_cannot_be_predicted_are_said_plainly_with_what_to_look_at() -> None:
    assert sentences_check.learnability(learnability("chance")).startswith(
        "The labels cannot be predicted from the text: "
    )
    assert "label column" in sentences_check.learnability_advice(learnability("chance"))


@pytest.mark.parametrize("verdict", ["weak", "too_few"])
def test_doubts_come_with_advice(verdict: Verdict) -> None:
    assert sentences_check.learnability_advice(learnability(verdict))


def test_classes_that_are_never_found_are_named_but_not_by_the_dozen() -> None:
    said = sentences_check.learnability_advice(learnability("learnable", tuple("abcdefgh")))

    assert said.endswith("a, b, c, d and e.")


def test_labels_in_a_sentence_show_what_one_cannot_see() -> None:
    assert "发票␣" in sentences_check.learnability_advice(learnability("learnable", ("发票 ",)))


@pytest.mark.parametrize(
    ("gain", "labels", "said"),
    [
        (
            0.031,
            ("退款", "物流"),
            "200 more labelled rows would bring about 3 points, probably most of all in 退款 and 物流, "
            "where rows are fewest.",
        ),
        (
            0.02,
            tuple("abcdefg"),
            "200 more labelled rows would bring about 2 points, probably most of all in a, b, c and 4 other labels, "
            "where rows are fewest.",
        ),
        (0.008, (), "200 more labelled rows would bring about 1 point."),
        (
            0.012,
            ("退款",),
            "200 more labelled rows would bring about 1 point, probably most of all in 退款, where rows are fewest.",
        ),
        (0.004, ("退款",), "200 more labelled rows would hardly change the accuracy."),
    ],
)
def test_the_budget_is_said_in_points_and_names_who_gains(gain: float, labels: tuple[str, ...], said: str) -> None:
    assert sentences_check.budget(budget(gain, labels)) == said


def test_the_range_of_a_forecast_starts_at_no_change() -> None:
    assert "between 0.0 and 3.0 points" in sentences_check.budget_range(budget(0.01))


def test_sets_and_numbers_come_with_their_own_figures() -> None:
    sets = dataclasses.replace(learnability("learnable"), figure="micro_f1")
    assert "micro-F1 of 61.0% (58.0% to 64.0%)" in sentences_check.learnability(sets)
    for verdict in ("learnable", "weak", "chance"):
        said = sentences_check.learnability(dataclasses.replace(learnability(verdict), figure="pearson", classes=0))
        assert "0.61 (0.58 to 0.64)" in said and "%" not in said
    few = dataclasses.replace(learnability("too_few"), figure="pearson", classes=0)
    assert "classes" not in sentences_check.learnability(few) + sentences_check.learnability_advice(few)
    numbers = dataclasses.replace(budget(0.03), figure="pearson")
    assert "by about 0.03" in sentences_check.budget(numbers) and "0.01 and 0.05" in sentences_check.budget_range(
        numbers
    )
    assert "micro-F1" in sentences_check.budget_range(dataclasses.replace(budget(0.03), figure="micro_f1"))
