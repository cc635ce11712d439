"""Rows with several labels, and pairs of texts, are checked as well as rows with one label and one text."""

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.check.classes import find_imbalance, find_rare_classes
from pipeline.check.columns import find_empty_texts
from pipeline.check.duplicates import find_conflicts, find_exact_duplicates, find_near_duplicates
from pipeline.check.find import find
from pipeline.check.fits import hold_trial, measure_learnability
from pipeline.check.growth import measure_budget
from pipeline.check.labels import find_label_variants, find_placeholders
from pipeline.check.learnability import Budget, Learnability
from pipeline.check.material import Material
from pipeline.check.personal import find_personal_data
from pipeline.data.new_view import make_view
from pipeline.data.view import view_label_sets
from pipeline.settings import Workspace
from tests.unit.check.checked import after, bring, different_texts, the_finding

SETS = ["refund", "parcel", "refund; parcel"]


def tagged(labels: Sequence[str], texts: Sequence[str] | None = None) -> Material:
    """Cells with several labels, beside texts that are all different unless given."""
    source = bring({"text": texts or different_texts(len(labels)), "tags": list(labels)})
    return Material(make_view(source, ["text"], "tags", separators=";"))


def compared(rows: Sequence[tuple[str, str, str]]) -> Material:
    """Pairs of texts, each with a label."""
    first, second, label = (list(column) for column in zip(*rows, strict=True))
    view = make_view(bring({"one": first, "other": second, "label": label}), ["one"], "label", second="other")
    return Material(view)


def test_ordinary_sets_have_nothing_to_look_at(home: Workspace) -> None:
    assert not find(tagged(SETS * 20))


def test_one_text_under_different_sets_is_a_contradiction_in_another_order_it_is_none(home: Workspace) -> None:
    texts = different_texts(60)
    texts[2], texts[5], texts[4] = texts[0], texts[8], texts[1]
    labels = SETS * 20
    labels[5] = "parcel; Refund"
    material = tagged(labels, texts)
    found = the_finding(find_conflicts, material)
    assert found.rows == 2 and found.examples[0].note == "refund (1) / parcel + refund (1)"
    assert {example.rows for example in the_finding(find_exact_duplicates, material).examples} == {(1, 4), (5, 8)}


def test_spellings_within_sets_are_merged(home: Workspace) -> None:
    material = tagged([*SETS * 10, "Refund ; parcel", "parcel"])
    found = the_finding(find_label_variants, material)
    assert dict(found.values)["labels"] == "refund / Refund"
    merged = after(material, found)
    assert merged.view.labels == ("parcel", "refund") and view_label_sets(merged.view, [30]) == [("parcel", "refund")]


def test_rare_labels_are_counted_by_label_and_merged_or_left_out_with_their_rows(home: Workspace) -> None:
    material = tagged([*SETS * 20, *["refund; odd"] * 5, *["parcel; late"] * 6])
    found = the_finding(find_rare_classes, material)
    assert dict(found.values)["labels"] == "late: 6, odd: 5"
    merged, dropped = (after(material, found, remedy) for remedy in (0, 1))
    assert merged.view.labels == ("parcel", "refund", "Other") and not merged.view.left_out
    assert dropped.view.labels == ("parcel", "refund") and dropped.view.left_out == {*range(60, 71)}
    assert not list(find_rare_classes(merged)) and not list(find_rare_classes(dropped))


def test_a_rare_label_of_which_every_row_has_others_cannot_cost_all_rows(home: Workspace) -> None:
    material = tagged(["refund; odd"] * 5 + ["parcel; odd"] * 4)
    assert not the_finding(find_rare_classes, material).remedies


def test_placeholders_and_imbalance_are_those_of_labels(home: Workspace) -> None:
    material = tagged([*SETS * 20, "N/A", "N/A"])
    assert the_finding(find_placeholders, material).rows == 2
    found = the_finding(find_imbalance, tagged([*["refund"] * 300, *["refund; parcel"] * 11]))
    assert dict(found.values)["most"] == "311" and "macro-F1" in found.why


def test_pairs_are_alike_where_both_texts_are(home: Workspace) -> None:
    texts = different_texts(40)
    rows = [(texts[0], texts[number], "ab"[number % 2]) for number in range(40)]
    assert not list(find_exact_duplicates(compared(rows)))
    material = compared([*rows, (texts[0], texts[3], "b"), (texts[0], texts[5], "a")])
    assert the_finding(find_exact_duplicates, material).rows == 1
    assert the_finding(find_conflicts, material).examples[0].rows == (5, 41)
    assert not list(find_near_duplicates(compared(rows)))


def test_personal_data_and_blanks_in_the_second_text_are_seen(home: Workspace) -> None:
    texts = different_texts(12)
    rows = [(texts[number], texts[-number - 1], "ab"[number % 2]) for number in range(10)]
    material = compared([*rows, (texts[10], "write to a.b@example.com", "a"), (texts[11], " ", "b"), ("", "", "b")])
    assert the_finding(find_personal_data, material).rows == 1
    empty, half = find_empty_texts(material)
    assert (empty.kind, empty.rows, half.kind, half.rows) == ("empty_texts", 1, "half_pairs", 1)


def words(rows: int, seed: int = 0) -> tuple[list[list[str]], np.random.Generator]:
    """Words of nothing in particular for every row."""
    draw = np.random.default_rng(seed)
    return [[f"w{number}" for number in draw.integers(0, 300, 8)] for _ in range(rows)], draw


def judged(material: Material) -> tuple[Learnability, Budget | None]:
    """What the quick fits say."""
    trial = hold_trial(material)
    return measure_learnability(trial), measure_budget(trial)


@pytest.mark.parametrize("related", [True, False])
def test_whether_sets_follow_from_the_text(home: Workspace, related: bool) -> None:
    texts, draw = words(240)
    labels = [[name for name in ("refund", "parcel", "login") if draw.random() < 0.4] or ["login"] for _ in texts]
    if related:
        texts = [[*text, *its] for text, its in zip(texts, labels, strict=True)]
    known, budget = judged(tagged(["; ".join(its) for its in labels], [" ".join(text) for text in texts]))
    assert known.figure == "micro_f1" and known.classes == 3
    assert 0.3 < known.majority < 0.7
    if related:
        assert known.verdict == "learnable" and known.accuracy > 0.9 and not known.unlearned
        assert budget and budget.figure == "micro_f1" and budget.accuracy[-1] >= budget.accuracy[0]
    else:
        assert known.verdict in ("chance", "too_few")


@pytest.mark.parametrize("related", [True, False])
def test_whether_numbers_follow_from_the_text(home: Workspace, related: bool) -> None:
    texts, draw = words(240)
    numbers = draw.integers(0, 6, len(texts))
    signs = ["calm", "slow", "soon", "late", "urgent", "outage"]
    if related:
        texts = [[*text, signs[number]] for text, number in zip(texts, numbers, strict=True)]
    source = bring({"text": [" ".join(text) for text in texts], "hours": [f"{number / 2}" for number in numbers]})
    known, budget = judged(Material(make_view(source, ["text"], "hours", number=True)))
    assert (known.figure, known.classes, known.majority) == ("pearson", 0, 0.0)
    if related:
        assert known.verdict == "learnable" and known.low > 0.7 and budget and budget.labels == ()
    else:
        assert known.verdict == "chance" and known.low < 0
