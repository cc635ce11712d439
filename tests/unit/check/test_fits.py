"""Can the labels be told from the text: real fits on small files, made so that the answer is known."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.check import fits
from pipeline.check.fits import FOLDS, hold_trial, measure_learnability, try_rows
from pipeline.check.learnability import Verdict
from pipeline.check.material import Material
from pipeline.data.duplicates import near_duplicate_clusters
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import make_split
from pipeline.runs.progress import Stopped
from pipeline.settings import Workspace

SIGNS = {"退款": "退款 没到账", "物流": "快递 还没送到", "登录": "密码 忘记了"}
FILLERS = ["麻烦", "请尽快", "今天", "please", "help", "again", "urgent", "订单", "客服", "电话", "谢谢", "多次"]


def texts(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join([*draw.choices(FILLERS, k=5), str(number)]) for number in range(count)]


def tickets(count: int, seed: int = 0, noise: float = 0.0) -> tuple[list[str], list[str]]:
    """Texts that hold the sign of their label, but for a share of the rows whose label is drawn at random."""
    draw = random.Random(seed)
    labels = [draw.choice(list(SIGNS)) for _ in range(count)]
    signed = [f"{filler} {SIGNS[label]}" for filler, label in zip(texts(count, seed), labels, strict=True)]
    return signed, [draw.choice(list(SIGNS)) if draw.random() < noise else label for label in labels]


def verdict(rows: tuple[list[str], list[str]]) -> Verdict:
    return measure_learnability(try_rows(*rows)).verdict


def test_labels_that_stand_in_the_text_are_learnable() -> None:
    found = measure_learnability(try_rows(*tickets(150)))

    assert found.verdict == "learnable"
    assert (found.rows, found.classes, found.folds) == (150, 3, FOLDS)
    assert found.low <= found.accuracy <= found.high
    assert found.accuracy > 0.95 > 0.5 > found.majority


def test_random_labels_are_chance_in_nearly_all_files() -> None:
    said = [verdict(tickets(200, seed, noise=1.0)) for seed in range(20)]

    assert said.count("chance") >= 18


def test_random_labels_of_which_most_are_the_same_are_chance() -> None:
    draw = random.Random(1)
    assert verdict((texts(300, 0), ["yes" if draw.random() < 0.85 else "no" for _ in range(300)])) == "chance"


def test_a_hint_at_a_rare_class_is_more_than_chance_though_the_accuracy_is_that_of_the_majority() -> None:
    rows, labels = texts(600, 0), ["no"] * 600
    hinted = random.Random(0).sample(range(600), 60)
    for number in hinted:
        rows[number] += " refund refund"
    for number in hinted[:28]:  # a little less than half of the rows with the hint
        labels[number] = "yes"
    found = measure_learnability(try_rows(rows, labels))

    assert found.accuracy <= found.majority + 0.01
    assert found.verdict == "weak"


def test_labels_that_are_mostly_noise_are_weak() -> None:
    assert verdict(tickets(600, noise=0.85)) == "weak"


@pytest.mark.parametrize("count", [0, 1, 12, fits.FEWEST_ROWS - 1])
def test_a_handful_of_rows_is_too_few(count: int) -> None:
    found = measure_learnability(try_rows(*tickets(count)))

    assert (found.verdict, found.rows, found.folds) == ("too_few", count, 0)


def test_random_labels_of_many_classes_on_few_rows_prove_nothing() -> None:
    draw = random.Random(3)
    assert verdict((texts(90, 0), [f"class {draw.randrange(30)}" for _ in range(90)])) == "too_few"


def test_one_label_is_too_few() -> None:
    assert verdict((texts(100, 0), ["same"] * 100)) == "too_few"


def test_a_class_that_is_never_found_is_named() -> None:
    rows, labels = tickets(200)
    unclear = texts(12, 9)
    found = measure_learnability(
        try_rows([*rows, *(f"{text} {SIGNS['退款']}" for text in unclear)], [*labels, *["其他"] * 12])
    )

    assert found.unlearned == ("其他",)


def test_copies_of_a_row_count_once() -> None:
    rows, labels = tickets(60, noise=1.0)

    assert measure_learnability(try_rows(rows * 10, labels * 10)) == measure_learnability(try_rows(rows, labels))


def test_of_many_rows_a_sample_with_the_same_shares_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fits, "MOST_ROWS", 100)
    rows, labels = tickets(1000)
    trial = try_rows(rows, labels)
    there = pd.Series(labels).value_counts(normalize=True)
    tried = pd.Series([trial.labels[index] for index in trial.truth]).value_counts(normalize=True)

    assert (trial.known, len(trial.truth)) == (1000, 100)
    assert tried.to_dict() == pytest.approx(there.to_dict(), abs=0.02)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), min_size=10, max_size=80))
def test_near_duplicates_share_a_fold_and_every_row_has_one(rows: list[tuple[int, int]]) -> None:
    clusters, truth = (np.array(side) for side in zip(*rows, strict=True))
    folds = fits._folds(clusters.tolist(), truth)

    assert set(folds.tolist()) <= set(range(FOLDS))
    assert all(len(set(folds[clusters == cluster].tolist())) == 1 for cluster in set(clusters.tolist()))


def test_the_folds_hold_each_class_evenly() -> None:
    truth = np.array([0] * 50 + [1] * 25 + [2] * 5)
    folds = fits._folds(near_duplicate_clusters([f"{number} {number * 7}" for number in range(80)]), truth)

    for index, each in enumerate((10, 5, 1)):
        assert np.bincount(folds[truth == index], minlength=FOLDS).tolist() == [each] * FOLDS


def test_test_rows_are_not_touched(home: Workspace, tmp_path) -> None:
    rows, labels = tickets(120)
    pd.DataFrame({"text": rows, "label": labels}).to_csv(tmp_path / "tickets.csv", index=False)
    source = import_source(tmp_path / "tickets.csv", "tickets.csv")
    view = make_view(source.id, ("text",), "label")
    split = make_split(source.id, rows, labels)
    spoiled = list(labels)
    for row in split.test:
        spoiled[row] = "登录"
    pd.DataFrame({"text": rows, "label": spoiled}).to_csv(tmp_path / "spoiled.csv", index=False)
    other = import_source(tmp_path / "spoiled.csv", "spoiled.csv")

    seen = hold_trial(Material(view, split))
    assert seen.known == len(split.train) + len(split.validation)
    assert measure_learnability(seen) == measure_learnability(
        hold_trial(Material(make_view(other.id, ("text",), "label"), split))
    )
    assert hold_trial(Material(view)).known == 120


def test_a_stop_is_heard() -> None:
    class Impatient:
        def advance(self, phase: str, done: int, total: int) -> None:
            """Watch nothing."""

        def stop_requested(self) -> bool:
            return True

    with pytest.raises(Stopped):
        try_rows(*tickets(60), Impatient())
