"""Rows with several labels are divided so that every part holds its share of every label, the rarest too."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.split import Terms, make_split_of_sets
from pipeline.errors import UnfitData

COMMONNESS = {"退款": 0.5, "物流": 0.3, "售后": 0.1, "发票": 0.03}


def tagged(rows: int) -> list[tuple[str, ...] | None]:
    draw = random.Random(4)
    return [tuple(label for label, share in COMMONNESS.items() if draw.random() < share) for _ in range(rows)]


def different_texts(rows: int) -> list[str]:
    draw = random.Random(1)
    return ["".join(draw.choices("abcdefghijklmnop", k=30)) for _ in range(rows)]


def test_every_part_holds_its_share_of_every_label_and_of_the_rows_without_one():
    sets = tagged(1000)
    split = make_split_of_sets("s", different_texts(1000), sets)
    assert len(split.train) + len(split.validation) + len(split.test) == 1000
    counts = Counter(label for labels in sets for label in labels or ("none",))
    for part, share in {"train": 0.7, "validation": 0.15, "test": 0.15}.items():
        held = Counter(label for row in getattr(split, part) for label in sets[row] or ("none",))
        for label, count in counts.items():
            assert abs(held[label] - share * count) <= max(2, 0.05 * count), (part, label)


def test_rows_that_nobody_has_labelled_are_in_no_part():
    sets = [*tagged(200), None, None]
    split = make_split_of_sets("s", different_texts(202), sets)
    assert not {200, 201} & {*split.train, *split.validation, *split.test}


def test_groups_and_a_given_test_hold_for_several_labels_too():
    sets, groups = tagged(200), [f"customer {row // 4}" for row in range(200)]
    split = make_split_of_sets("s", different_texts(200), sets, Terms(groups=groups))
    sides = {row: part for part in ("train", "validation", "test") for row in getattr(split, part)}
    assert all(len({sides[row] for row in range(start, start + 4)}) == 1 for start in range(0, 200, 4))
    assert make_split_of_sets("s", different_texts(200), sets, Terms(test_rows=[1, 5])).test == (1, 5)


@given(st.lists(st.frozensets(st.sampled_from("abcd")), min_size=3, max_size=40), st.integers(0, 3))
def test_training_knows_every_label(labels, seed):
    sets = [tuple(sorted(its)) for its in labels]
    try:
        split = make_split_of_sets("s", different_texts(len(sets)), sets, Terms(seed=seed))
    except UnfitData:
        return
    assert {label for row in split.train for label in sets[row]} == {label for its in sets for label in its}
    assert split == make_split_of_sets("s", different_texts(len(sets)), sets, Terms(seed=seed))


def test_one_label_in_all_rows_is_nothing_to_tell_apart():
    with pytest.raises(UnfitData, match="one class only"):
        make_split_of_sets("s", different_texts(4), [("a",), ("a",), (), None])
