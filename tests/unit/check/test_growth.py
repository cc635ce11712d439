"""What more labelled rows would bring: growing parts of real rows, and which classes gain most."""

import random

import pytest

from pipeline.check.fits import FOLDS, Trial, try_rows
from pipeline.check.growth import measure_budget
from pipeline.runs.progress import Stopped

WORDS = 40


def vocabulary(label: str, seed: int) -> list[str]:
    """Words that only this label uses; each has to be met once before it tells the label."""
    draw = random.Random(f"{label}{seed}")
    return ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _ in range(WORDS)]


def trial(count: int, easy: bool = False) -> Trial:
    """Two labels, told by one of a few words each; ``rich`` uses so many that most are new at first."""
    draw = random.Random(0)
    words = {
        label: vocabulary(label, 0)[: 2 if easy or label == "plain" else WORDS] for label in ("plain", "rich", "other")
    }
    labels = [draw.choice(list(words)) for _ in range(count)]
    texts = [f"{draw.choice(words[label])} {draw.randrange(10**6)}" for label in labels]
    return try_rows(texts, labels)


def of_sizes(**sizes: int) -> Trial:
    """Classes of so many rows each, told by words of their own."""
    draw = random.Random(0)
    words = {label: vocabulary(label, 0)[:4] for label in sizes}
    labels = [label for label, size in sizes.items() for _ in range(size)]
    return try_rows([f"{draw.choice(words[label])} {draw.randrange(10**6)}" for label in labels], labels)


def test_a_curve_that_still_rises_promises_more() -> None:
    budget = measure_budget(trial(260))

    assert budget is not None
    assert budget.rows == (26, 52, 104, 208)
    assert budget.accuracy[0] < budget.accuracy[-1]
    assert budget.more == 50
    assert 0 < budget.gain < 0.2
    assert budget.low <= budget.gain <= budget.high


def test_a_curve_that_has_arrived_promises_nothing() -> None:
    budget = measure_budget(trial(400, easy=True))

    assert budget is not None
    assert budget.accuracy[-1] > 0.98
    assert budget.gain < 0.005


@pytest.mark.parametrize(
    ("sizes", "named"),
    [
        ({"a": 60, "b": 20, "c": 12, "d": 60, "e": 40, "f": 60}, ("c", "b")),  # the third with fewest rows
        ({"a": 60, "b": 12, "c": 14, "d": 16, "e": 60}, ("b",)),  # others with few rows, too, but not the third
        ({"ham": 100, "spam": 40}, ("spam",)),
        ({"ham": 80, "spam": 60}, ()),  # not clearly fewer than the average
        ({"a": 60, "b": 50, "c": 48}, ()),
    ],
)
def test_the_classes_with_clearly_fewest_rows_are_said_to_gain_most(
    sizes: dict[str, int], named: tuple[str, ...]
) -> None:
    budget = measure_budget(of_sizes(**sizes))

    assert budget is not None
    assert budget.labels == named


@pytest.mark.parametrize(("rows", "more"), [(130, 50), (500, 100), (1000, 200)])
def test_the_number_of_rows_to_add_is_round_and_fits_the_file(rows: int, more: int) -> None:
    budget = measure_budget(trial(rows, easy=True))

    assert budget is not None
    assert budget.more == more


@pytest.mark.parametrize("count", [0, 20, 60])
def test_few_rows_make_no_curve(count: int) -> None:
    assert measure_budget(trial(count)) is None


def test_it_says_how_far_it_is_and_hears_a_stop() -> None:
    class Watcher:
        def __init__(self, patience: int) -> None:
            self.seen: list[tuple[int, int]] = []
            self.patience = patience

        def advance(self, phase: str, done: int, total: int) -> None:
            self.seen.append((done, total))

        def stop_requested(self) -> bool:
            return len(self.seen) > self.patience

    held = trial(130)
    watcher = Watcher(patience=FOLDS + 1)
    measure_budget(held, watcher)
    assert watcher.seen == [(done, FOLDS) for done in range(FOLDS + 1)]
    with pytest.raises(Stopped):
        measure_budget(held, Watcher(patience=1))
