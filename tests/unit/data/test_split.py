"""A Split is fair to every class, keeps what belongs together on one side, and never changes by itself."""

import dataclasses
import random
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.data.duplicates import near_duplicate_clusters
from pipeline.data.split import Terms, load_split, make_split, save_split
from pipeline.errors import DataError, UnfitData


def different_texts(count: int) -> list[str]:
    draw = random.Random(1)
    return ["".join(draw.choices("abcdefghijklmnop", k=30)) for _ in range(count)]


def side_of(split) -> dict[int, str]:
    return {row: part for part in ("train", "validation", "test") for row in getattr(split, part)}


def test_each_class_is_divided_70_15_15():
    labels = ["a"] * 200 + ["b"] * 100 + ["c"] * 20
    split = make_split("s", different_texts(320), labels)
    for part, counts in {"train": (140, 70, 14), "validation": (30, 15, 3), "test": (30, 15, 3)}.items():
        held = Counter(labels[row] for row in getattr(split, part))
        assert (held["a"], held["b"], held["c"]) == counts


def test_every_labelled_row_is_in_one_part_and_the_others_in_none():
    labels = ["a", "b", "", " "] * 25
    texts = different_texts(100)
    texts[0] = " "
    split = make_split("s", texts, labels)
    rows = [*split.train, *split.validation, *split.test]
    assert sorted(rows) == [row for row in range(1, 100) if labels[row].strip()]
    assert [note.kind for note in split.notes] == ["empty_text"]


def test_rare_classes_have_a_row_to_learn_from_before_they_are_measured():
    labels = ["a"] * 40 + ["two"] * 2 + ["three"] * 3 + ["single"]
    split = make_split("s", different_texts(46), labels)
    sides = {label: sorted(side_of(split)[row] for row in range(46) if labels[row] == label) for label in set(labels)}
    assert sides["single"] == ["train"]
    assert sides["two"] == ["test", "train"]
    assert sides["three"] == ["test", "train", "validation"]
    note = next(note for note in split.notes if note.kind == "single_row_classes")
    assert (note.rows, dict(note.values)) == (1, {"labels": "single"})


@given(st.lists(st.sampled_from("aaabbc"), min_size=4, max_size=60), st.integers(0, 5), st.randoms())
def test_near_duplicates_share_a_side_and_training_knows_every_class(labels, seed, draw):
    pool = different_texts(12)
    texts = [draw.choice(pool) + draw.choice(["", " ", "."]) for _ in labels]
    if len(set(labels)) < 2:
        return
    try:
        split = make_split("s", texts, labels, Terms(seed=seed))
    except UnfitData:
        assert max(Counter(labels).values()) == 1
        return
    sides = side_of(split)
    assert len(sides) == len(labels)
    clusters = near_duplicate_clusters(texts)
    for cluster in set(clusters):
        assert len({sides[row] for row in range(len(labels)) if clusters[row] == cluster}) == 1
    assert {labels[row] for row in split.train} == set(labels)


def test_groups_share_a_side_and_still_fill_every_part():
    labels = [("a", "b")[row % 2] for row in range(400)]
    groups = [f"customer {row // 8}" if row < 320 else "" for row in range(400)]
    split = make_split("s", different_texts(400), labels, Terms(groups=groups))
    sides = side_of(split)
    for group in set(groups) - {""}:
        assert len({sides[row] for row in range(400) if groups[row] == group}) == 1
    assert 40 <= len(split.test) <= 80
    assert 40 <= len(split.validation) <= 80


@pytest.mark.parametrize("seed", range(5))
def test_a_class_that_one_group_holds_alone_stays_in_training(seed):
    labels = ["a"] * 60 + ["b"] * 30 + ["c"] * 3
    groups = [f"customer {row // 3}" for row in range(93)]
    split = make_split("s", different_texts(93), labels, Terms(groups=groups, seed=seed))
    assert {90, 91, 92} <= set(split.train)


def test_the_seed_decides_and_nothing_else():
    texts, labels = different_texts(200), ["a", "b"] * 100
    assert make_split("s", texts, labels) == make_split("s", texts, labels)
    assert make_split("s", texts, labels, Terms(seed=1)).test != make_split("s", texts, labels).test
    assert make_split("s", texts, labels, Terms(seed=1)).id != make_split("s", texts, labels).id


def test_another_process_freezes_the_same_rows():
    code = (
        "from pipeline.data.split import make_split\n"
        "texts = [f'{n * 7919 % 10007} text {n}' for n in range(300)]\n"
        "print(make_split('s', texts, [f'label {n % 7}' for n in range(300)]).id)"
    )
    run = [sys.executable, "-c", code]
    ids = {
        subprocess.run(run, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        for seed in ("1", "2")
    }
    assert len(ids) == 1


def test_a_test_file_is_kept_as_given_and_its_copies_in_training_are_counted():
    texts, labels = different_texts(200), ["a", "b"] * 100
    split = make_split("s", texts, labels, Terms(test_source="t", test_rows=[2, 0], test_texts=[texts[3], "new"]))
    assert (split.test_source, split.test) == ("t", (0, 2))
    assert len(split.train) + len(split.validation) == 200
    assert len(split.validation) == 20
    assert [(note.kind, note.rows) for note in split.notes] == [("test_rows_in_training", 1)]


def test_test_rows_of_the_same_file_are_taken_out_of_training():
    texts, labels = different_texts(100), ["a", "b"] * 50
    texts[50] = texts[1] + "."
    split = make_split("s", texts, labels, Terms(test_rows=[0, 1]))
    assert split.test == (0, 1)
    assert not {0, 1} & {*split.train, *split.validation}
    assert [note.rows for note in split.notes] == [1]


def test_large_files_do_not_measure_on_more_rows_than_help(monkeypatch):
    monkeypatch.setattr("pipeline.data.split.MOST_TEST_ROWS", 50)
    monkeypatch.setattr("pipeline.data.split.MOST_VALIDATION_ROWS", 40)
    split = make_split("s", different_texts(1000), ["a", "b"] * 500)
    assert (len(split.test), len(split.validation)) == (50, 40)


def test_nothing_to_measure_on_is_an_error():
    with pytest.raises(UnfitData, match="one row only"):
        make_split("s", ["x", "y"], ["a", "b"])
    with pytest.raises(UnfitData, match="one class only"):
        make_split("s", ["x", "y", ""], ["a", "a", "b"])


def test_a_split_is_saved_and_loaded_whole(home):
    split = make_split("s", different_texts(50), ["a", "b"] * 24 + ["c", ""])
    save_split(split)
    assert load_split(split.id) == split
    with pytest.raises(DataError, match="no split"):
        load_split("../nothing")


def test_a_split_that_is_written_again_is_read_again(home):
    split = make_split("s", different_texts(50), ["a", "b"] * 25)
    save_split(split)
    load_split(split.id)
    save_split(dataclasses.replace(split, test_column="part"))
    assert load_split(split.id).test_column == "part"


def days(count: int) -> list[str]:
    return [str(date(2024, 1, 1) + timedelta(days=day)) for day in range(count)]


def test_by_time_the_newest_rows_are_tested_and_those_before_them_choose():
    draw = random.Random(3)
    rows = draw.sample(range(200), 200)  # row i is from day rows[i]
    dates = [days(200)[day] for day in rows]
    split = make_split("s", different_texts(200), ["a", "b"] * 100, Terms(order=dates))
    assert sorted(rows[row] for row in split.test) == list(range(170, 200))
    assert sorted(rows[row] for row in split.validation) == list(range(140, 170))
    assert not split.notes
    assert make_split("s", different_texts(200), ["a", "b"] * 100, Terms(order=dates, seed=5)).test == split.test


def test_by_time_near_duplicates_and_groups_stay_on_the_side_of_their_oldest_row():
    texts, groups = different_texts(100), [f"customer {row // 2}" if row < 90 else "" for row in range(100)]
    texts[99] = texts[0] + "."
    split = make_split("s", texts, ["a", "b"] * 50, Terms(order=days(100), groups=groups))
    sides = side_of(split)
    assert sides[99] == sides[0] == sides[1] == "train"
    assert all(sides[row] == sides[row + 1] for row in range(0, 90, 2))
    assert {sides[row] for row in range(86, 99)} == {"test"}
    assert [(note.kind, note.rows) for note in split.notes] == [("newer_rows_in_training", 1)]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab")), min_size=4, max_size=60), st.data())
def test_by_time_no_row_is_tested_that_is_older_than_what_trains_with_another(rows, data):
    labels = [label for _, label in rows]
    dates = [days(31)[day] for day, _ in rows]
    pool = different_texts(20)
    texts = [data.draw(st.sampled_from(pool)) for _ in rows]
    try:
        split = make_split("s", texts, labels, Terms(order=dates))
    except UnfitData:
        return
    sides = side_of(split)
    assert len(sides) == len(rows)
    clusters = near_duplicate_clusters(texts)
    oldest = {
        cluster: min(day for (day, _), its in zip(rows, clusters, strict=True) if its == cluster)
        for cluster in clusters
    }
    for cluster in oldest:
        assert len({sides[row] for row in range(len(rows)) if clusters[row] == cluster}) == 1
    if split.test and split.validation:
        assert max(oldest[clusters[row]] for row in split.validation) <= min(
            oldest[clusters[row]] for row in split.test
        )


def test_by_time_rows_without_a_date_train_and_late_classes_are_named():
    labels = ["a", "b"] * 45 + ["新"] * 10
    dates = days(100)
    dates[3], dates[4] = "soon", ""
    split = make_split("s", different_texts(100), labels, Terms(order=dates))
    assert {3, 4} <= set(split.train)
    notes = {note.kind: (note.rows, dict(note.values)) for note in split.notes}
    assert notes["undated_rows"][0] == 2
    assert notes["classes_not_in_training"] == (10, {"labels": "新", "rows": "10"})


def test_by_time_beside_a_given_test_the_newest_rows_choose():
    split = make_split("s", different_texts(100), ["a", "b"] * 50, Terms(order=days(100), test_rows=[0, 1]))
    assert split.test == (0, 1)
    assert split.validation == tuple(range(90, 100))


def test_by_time_without_dates_or_with_one_class_to_learn_is_refused():
    with pytest.raises(UnfitData, match=r"No labelled row has a date .* soon"):
        make_split("s", different_texts(20), ["a", "b"] * 10, Terms(order=["soon"] * 20))
    with pytest.raises(UnfitData, match="older rows have one class only"):
        make_split("s", different_texts(20), ["a"] * 17 + ["b"] * 3, Terms(order=days(20)))


def tickets_with_copies() -> tuple[list[str], list[str]]:
    """1,200 texts in two languages: some equal, some nearly so, and one kind that fills more than a tenth."""
    draw = random.Random(5)
    parts = (
        "the printer on the third floor does not print",
        "打印机无法连接到办公室网络，重启以后仍然没有反应",
        "ＬＯＧＩＮ fails",
    )
    texts = []
    for number in range(400):
        text = f"{draw.choice(parts)} {draw.choice(parts)} {''.join(draw.choices('abcdefgh的了', k=60))}"
        texts += [text, text.upper() if number % 3 else text[:50] + "x" + text[50:]]
        texts.append(
            f"Your order has been shipped and will arrive within the next three to five days, thank you {number % 90}"
        )
    return texts, [draw.choice(("a", "b", "c")) for _ in texts]


def test_the_same_rows_are_divided_as_they_were_in_the_first_version():
    texts, labels = tickets_with_copies()
    assert make_split("s", texts, labels, Terms(seed=3)).id == "b893ecbc05b7e613"
    assert (
        make_split("s", texts, labels, Terms(groups=[str(row % 200) for row in range(len(texts))])).id
        == "68b3d49b0e3d7153"
    )
