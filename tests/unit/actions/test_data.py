"""Datasets: the same choices give the same dataset, and other choices keep the rows it is measured on."""

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from pipeline.actions import data
from pipeline.actions import summary as summary_of
from pipeline.actions.summary import summarise
from pipeline.data.dates import Order
from pipeline.data.new_view import make_view, with_steps
from pipeline.data.question import Question
from pipeline.data.source import Source, import_source
from pipeline.data.split import load_split
from pipeline.data.steps import leave_out
from pipeline.data.view import View, view_label_sets, view_numbers
from pipeline.errors import SettingError, UnfitData
from pipeline.settings import Workspace
from tests.tiny import tickets


@pytest.fixture
def source(home: Workspace, tmp_path: Path) -> Source:
    """A hundred tickets, ten of them without a label."""
    frame = tickets(100, seed=0)
    frame["title"] = [f"ticket {number}" for number in range(100)]
    frame.loc[90:, "label"] = ""
    frame.to_csv(tmp_path / "tickets.csv", index=False)
    return import_source(tmp_path / "tickets.csv", "tickets.csv")


def revised(dataset: data.Dataset, view: View) -> data.Dataset:
    """Another version of a small dataset, which is made at once."""
    made = data.make_version(dataset, view).dataset
    assert made is not None
    return made


def test_the_same_choices_give_the_same_dataset(source: Source) -> None:
    first = data.create_dataset(source.id, name="a", text=["text"], label="label")
    assert data.create_dataset(source.id, name="b", text=["text"], label="label").id == first.id
    assert [dataset.id for dataset in data.list_datasets()] == [first.id]


def test_other_text_columns_and_another_template_keep_the_split(source: Source) -> None:
    first = data.create_dataset(source.id, name="a", text=["text"], label="label")
    joined = data.create_dataset(source.id, name="b", text=["title", "text"], label="label")
    edited = data.create_dataset(
        source.id, name="c", text=["title", "text"], label="label", template="{text} ({title})"
    )
    assert len({first.id, joined.id, edited.id}) == 3
    assert {first.split, joined.split, edited.split} == {first.split}


def test_a_test_file_without_a_labelled_row_is_refused(source: Source, tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("text,label\n")
    test = import_source(tmp_path / "test.csv", "test.csv")
    with pytest.raises(UnfitData, match="No row of the test file has a label in label"):
        data.create_dataset(source.id, name="a", text=["text"], label="label", test_source_id=test.id)


def test_rows_with_a_blank_label_are_the_rows_to_fill(source: Source) -> None:
    counts = data.row_counts(data.create_dataset(source.id, name="a", text=["text"], label="label"))
    assert counts.blank == 10
    assert counts.train + counts.validation + counts.test == 90
    summary = summarise(source.id, Question(("text",), "label"))
    assert (summary.rows, summary.labelled, summary.blank) == (100, 90, 10)
    assert sum(count for _, count in summary.label_counts) == 90


def test_lengths_are_those_of_some_rows_where_there_are_very_many(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = summarise(source.id, Question(("text",), "label")).lengths
    monkeypatch.setattr(summary_of, "MEASURED_TEXTS", 50)
    summary = summarise(source.id, Question(("text",), "label"))
    assert summary.lengths == every[::2]
    assert (summary.rows, summary.labelled) == (100, 90)


def test_a_brought_test_file_is_measured_on_as_given(source: Source, tmp_path: Path) -> None:
    tickets(20, seed=5).to_csv(tmp_path / "test.csv", index=False)
    test = import_source(tmp_path / "test.csv", "test.csv")
    dataset = data.create_dataset(source.id, name="a", text=["text"], label="label", test_source_id=test.id)
    split = load_split(dataset.split)
    assert split.test == tuple(range(20))
    assert split.test_source == test.id


def test_a_test_file_with_labels_of_its_own_is_refused_by_their_names(source: Source, tmp_path: Path) -> None:
    tickets(20, seed=5).replace("账单", "退款").to_csv(tmp_path / "test.csv", index=False)
    test = import_source(tmp_path / "test.csv", "test.csv")
    with pytest.raises(UnfitData, match="退款"):
        data.create_dataset(source.id, name="a", text=["text"], label="label", test_source_id=test.id)


def test_rows_too_few_to_measure_on_are_refused_before_anything_is_trained(home: Workspace, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("text,label\na cat,x\na dog,y\nthe cat,x\nthe dog,y\n")
    few = import_source(tmp_path / "few.csv", "few.csv")
    with pytest.raises(UnfitData, match="too few"):
        data.create_dataset(few.id, name="few", text=["text"], label="label")


def test_a_column_that_says_test_is_measured_on_as_given(home: Workspace, tmp_path: Path) -> None:
    divided = bring_divided(tmp_path, ["Test " if number % 5 == 0 else "train" for number in range(100)])
    dataset = data.create_dataset(divided.id, name="a", text=["text"], label="label", test_column="part")
    split = load_split(dataset.split)
    assert split.test == tuple(range(0, 90, 5))  # the last ten have no label
    assert not set(split.test) & {*split.train, *split.validation}
    assert data.create_dataset(divided.id, name="b", text=["text"], label="label", test_column="part").id == dataset.id
    assert data.create_dataset(divided.id, name="c", text=["text"], label="label").split != dataset.split


def test_a_column_in_which_no_row_says_test_is_refused(home: Workspace, tmp_path: Path) -> None:
    divided = bring_divided(tmp_path, ["train"] * 90 + ["test"] * 10)
    with pytest.raises(UnfitData, match="says test"):
        data.create_dataset(divided.id, name="a", text=["text"], label="label", test_column="part")


def test_labels_that_only_test_rows_have_are_refused_by_their_names(home: Workspace, tmp_path: Path) -> None:
    labels = tickets(100, seed=0)["label"]
    divided = bring_divided(tmp_path, ["测试" if label == labels[0] else "训练" for label in labels])
    with pytest.raises(UnfitData, match=labels[0]):
        data.create_dataset(divided.id, name="a", text=["text"], label="label", test_column="part")


def test_rows_of_one_group_stand_on_one_side(home: Workspace, tmp_path: Path) -> None:
    customers = [f"customer {number // 4}" for number in range(100)]
    divided = bring_divided(tmp_path, customers)
    dataset = data.create_dataset(divided.id, name="a", text=["text"], label="label", group="part")
    split = load_split(dataset.split)
    sides = [{customers[row] for row in part} for part in (split.train, split.validation, split.test)]
    assert all(sides)
    assert not sides[0] & sides[1] | sides[0] & sides[2] | sides[1] & sides[2]
    assert dataset.view.group == "part"


def test_another_group_or_seed_divides_anew_and_another_template_does_not(home: Workspace, tmp_path: Path) -> None:
    divided = bring_divided(tmp_path, [f"customer {number // 4}" for number in range(100)])
    plain = data.create_dataset(divided.id, name="a", text=["text"], label="label")
    grouped = data.create_dataset(divided.id, name="b", text=["text"], label="label", group="part")
    reseeded = data.create_dataset(divided.id, name="c", text=["text"], label="label", seed=1)
    edited = data.create_dataset(divided.id, name="d", text=["text"], label="label", group="part", template="“{text}”")
    assert len({plain.split, grouped.split, reseeded.split}) == 3
    assert edited.split == grouped.split
    assert edited.id != grouped.id


def test_test_rows_from_two_places_are_refused(source: Source) -> None:
    with pytest.raises(SettingError):
        data.create_dataset(
            source.id, name="a", text=["text"], label="label", test_source_id=source.id, test_column="title"
        )


def bring_divided(folder: Path, parts: list[str]) -> Source:
    """A hundred tickets, ten of them without a label, with a column ``part``."""
    frame = tickets(100, seed=0)
    frame["part"] = parts
    frame.loc[90:, "label"] = ""
    frame.to_csv(folder / "divided.csv", index=False)
    return import_source(folder / "divided.csv", "divided.csv")


@pytest.fixture
def dated(home: Workspace, tmp_path: Path) -> Source:
    """A hundred tickets of a hundred days, the newest first, and their customers."""
    frame = tickets(100, seed=0)
    frame["text"] += [f" number {number}" for number in range(100)]
    frame["day"] = [f"{day.year}/{day.month}/{day.day}" for day in pd.date_range("2024-01-01", periods=100)[::-1]]
    frame["customer"] = [f"customer {number % 40}" for number in range(100)]
    frame.to_csv(tmp_path / "dated.csv", index=False)
    return import_source(tmp_path / "dated.csv", "dated.csv")


def test_by_time_the_newest_tickets_are_measured_on(dated: Source) -> None:
    dataset = data.create_dataset(dated.id, name="a", text=["text"], label="label", time="day")
    split = load_split(dataset.split)
    assert dataset.view.time == "day"
    assert max(split.test) < min(split.validation) <= max(split.validation) < min(split.train)
    assert data.create_dataset(dated.id, name="b", text=["text"], label="label", time="day").id == dataset.id
    assert data.create_dataset(dated.id, name="c", text=["text"], label="label").split != dataset.split


def test_another_time_or_group_column_divides_anew_and_nothing_else_does(dated: Source) -> None:
    first = data.create_dataset(dated.id, name="a", text=["text"], label="label")
    by_time = revised(first, dataclasses.replace(first.view, time="day"))
    by_group = revised(by_time, dataclasses.replace(by_time.view, group="customer"))
    assert len({first.split, by_time.split, by_group.split}) == 3
    assert revised(by_time, with_steps(by_time.view, [leave_out({0})])).split == by_time.split
    assert revised(by_group, first.view).split == first.split


def test_dates_that_can_be_read_two_ways_divide_as_they_are_said_to_be_read(home: Workspace, tmp_path: Path) -> None:
    frame = tickets(100, seed=0)
    frame["text"] += [f" number {number}" for number in range(100)]
    frame["day"] = [f"{1 + number % 10}/{1 + number // 10}/2024" for number in range(100)]
    frame = frame.sample(frac=1, random_state=0)
    frame.to_csv(tmp_path / "open.csv", index=False)
    source = import_source(tmp_path / "open.csv", "open.csv")

    def dated(order: Order, part: int) -> tuple[data.Dataset, set[str]]:
        """The dataset, and the first or second number of the dates of its test rows."""
        made = data.create_dataset(source.id, name="a", text=["text"], label="label", time="day", date_order=order)
        split = load_split(made.split)
        assert [note.rows for note in split.notes if note.kind == "date_order"] == [90]
        return made, {frame["day"].iloc[row].split("/")[part] for row in split.test}

    found, newest = dated("", 0)
    assert newest == {"9", "10"}
    by_month, newest = dated("month", 0)
    assert newest == {"9", "10"}
    by_day, newest = dated("day", 1)
    assert newest == {"9", "10"}
    assert by_month.split == found.split != by_day.split
    again = revised(by_day, with_steps(by_day.view, [leave_out({0})]))
    assert (again.view.date_order, again.split) == ("day", by_day.split)


def test_rows_that_are_left_out_keep_their_place_when_the_rest_is_divided_anew(dated: Source) -> None:
    first = data.create_dataset(dated.id, name="a", text=["text"], label="label")
    smaller = revised(first, with_steps(first.view, [leave_out({0, 50})]))
    by_time = revised(smaller, dataclasses.replace(smaller.view, time="day"))
    assert sum(1 for part in ("train", "validation", "test") for row in getattr(load_split(by_time.split), part)) == 100
    counts = data.row_counts(by_time)
    assert counts.train + counts.validation + counts.test == 98


SEVERAL = [("printer broken", "hardware"), ("invoice wrong", "billing"), ("printer invoice", "hardware; billing")]


@pytest.fixture
def sets(home: Workspace, tmp_path: Path) -> Source:
    """Sixty tickets with one or two of two labels, in a cell and as columns, and an effort in hours."""
    rows = [
        (f"{text} number {number} at desk {number * 7 % 60}", labels, str(number % 12 / 2), str(number % 2), "1", "0")
        for number, (text, labels) in enumerate(SEVERAL * 20)
    ]
    frame = pd.DataFrame(rows, columns=["text", "labels", "hours", "a", "b", "c"])
    frame.loc[0, "hours"] = "soon"
    frame.loc[1, "labels"] = ""
    frame.to_csv(tmp_path / "sets.csv", index=False)
    return import_source(tmp_path / "sets.csv", "sets.csv")


def test_a_dataset_of_several_labels_is_divided_by_its_labels(sets: Source) -> None:
    dataset = data.create_dataset(sets.id, name="s", text=["text"], label="labels", separators=";")
    assert dataset.view.several and dataset.view.labels == ("hardware", "billing")
    counts = data.row_counts(dataset)
    assert (counts.train + counts.validation + counts.test, counts.blank) == (59, 1)
    split = load_split(dataset.split)
    assert all(labels for labels in view_label_sets(dataset.view, split.test))
    summary = summarise(sets.id, Question(("text",), "labels", ";"))
    assert summary.label_counts == (("hardware", 40), ("billing", 39)) and summary.labelled == 59
    columns = data.create_dataset(sets.id, name="s", text=["text"], label="", label_columns=["a", "b"])
    assert columns.view.labels == ("b", "a") and len(data.list_datasets()) == 2
    of_columns = summarise(sets.id, Question(("text",), label_columns=("a", "c")))
    assert (of_columns.label_counts, of_columns.none_of_them) == ((("a", 30),), 30)


def test_a_dataset_of_numbers_has_small_and_large_ones_in_every_part(sets: Source) -> None:
    dataset = data.create_dataset(sets.id, name="s", text=["text"], label="hours", number=True)
    split, counts = load_split(dataset.split), data.row_counts(dataset)
    assert counts.blank == 1 and 0 not in (*split.train, *split.validation, *split.test)
    for part in (split.validation, split.test):
        numbers = view_numbers(dataset.view, part)
        assert len(numbers) >= 5 and numbers.min() <= 1.5 and numbers.max() >= 4
    summary = summarise(sets.id, Question(("text",), "hours", number=True))
    assert (summary.labelled, summary.no_numbers, len(summary.numbers)) == (59, 1, 12)
    assert summary.label_counts == () and sum(rows for _, rows in summary.numbers) == 59


def test_reading_the_same_cells_otherwise_keeps_the_split_where_every_row_still_has_an_answer(sets: Source) -> None:
    one = data.create_dataset(sets.id, name="s", text=["text"], label="labels")
    several = revised(one, make_view(sets.id, ["text"], "labels", separators=";"))
    assert several.split == one.split and several.view.several
    hours = data.create_dataset(sets.id, name="s", text=["text"], label="hours")
    numbers = revised(hours, make_view(sets.id, ["text"], "hours", number=True))
    assert numbers.split != hours.split  # the row "soon" is measured on in the one, and has no number in the other


def test_two_texts_are_alike_only_where_both_are(home: Workspace, tmp_path: Path) -> None:
    others = tickets(40, seed=1)["text"]
    rows = [("the printer is broken", f"{other} {'xyz'[at % 3] * at}", str(at % 2)) for at, other in enumerate(others)]
    pd.DataFrame(rows, columns=["text1", "text2", "label"]).to_csv(tmp_path / "pairs.csv", index=False)
    source = import_source(tmp_path / "pairs.csv", "pairs.csv")
    dataset = data.create_dataset(source.id, name="p", text=["text1"], label="label", second="text2")
    assert dataset.view.second == "text2"
    assert len(load_split(dataset.split).test) >= 4  # by the first text alone, all rows would be one cluster
    assert max(summarise(source.id, Question(("text1",), "label", second="text2")).lengths) > len(rows[0][0])
