"""The data check as a person asks for it: remedies make versions, taking back finds the earlier one again."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from pipeline.actions import check, data
from pipeline.actions.data import Dataset
from pipeline.actions.jobs import cancel_job, wait
from pipeline.check.finding import Remedy
from pipeline.data.new_view import with_steps
from pipeline.data.source import import_source
from pipeline.data.steps import leave_out
from pipeline.errors import UnfitData
from pipeline.settings import Workspace
from tests.tiny import tickets


@pytest.fixture
def dataset(home: Workspace, tmp_path: Path) -> Dataset:
    """A hundred tickets."""
    tickets(100, seed=0).to_csv(tmp_path / "tickets.csv", index=False)
    source = import_source(tmp_path / "tickets.csv", "tickets.csv")
    return data.create_dataset(source.id, name="tickets", text=["text"], label="label")


def version(made: data.Made) -> Dataset:
    """The version that was made at once."""
    assert made.dataset is not None
    return made.dataset


def test_a_remedy_makes_a_version_and_taking_it_back_finds_the_earlier_one(dataset: Dataset) -> None:
    steps = [*dataset.view.steps, leave_out([1, 2])]
    after = version(check.apply(dataset, Remedy("Leave them out", with_steps(dataset.view, steps))))

    assert after.id != dataset.id
    assert after.split == dataset.split
    assert version(check.take_back(after, 0)).id == dataset.id


def test_two_pages_that_open_at_once_start_one_check(dataset: Dataset) -> None:
    together = Barrier(6)

    def open_page(_: int) -> str:
        together.wait()
        return check.start_check(dataset)

    with ThreadPoolExecutor(6) as pool:
        started = set(pool.map(open_page, range(6)))
    assert len(started) == 1
    cancel_job(*started)
    wait(*started)


def test_labels_are_renamed_as_decided_on_the_same_rows(dataset: Dataset) -> None:
    first, second, *_ = dataset.view.labels
    after = version(check.rename(dataset, {first: second}, "label_variants"))

    assert first not in after.view.labels
    assert after.view.steps[-1].reason == "label_variants"
    assert after.split == dataset.split


def test_renaming_all_labels_into_one_is_refused(dataset: Dataset) -> None:
    with pytest.raises(UnfitData, match="one class"):
        check.rename(dataset, dict.fromkeys(dataset.view.labels, "all the same"))


def test_a_group_can_be_taken_back(dataset: Dataset) -> None:
    grouped = version(check.apply(dataset, Remedy("Keep together", dataclasses.replace(dataset.view, group="text"))))

    assert version(check.redivide(grouped)).id == dataset.id


def test_only_the_newest_version_is_listed_and_deleting_it_deletes_all(dataset: Dataset) -> None:
    first, second, *_ = dataset.view.labels
    after = version(check.rename(dataset, {first: second}))
    assert data.list_datasets() == (after,)

    data.delete_dataset(after.id)
    assert data.list_datasets() == ()


def test_remedies_are_kept_for_other_columns_when_asked(dataset: Dataset) -> None:
    step = leave_out([1, 2])
    other = data.create_dataset(
        dataset.source, name="tickets", text=["text"], label="label", template="{text}!", steps=[step]
    )

    assert other.view.steps == (step,)
    assert other.split == dataset.split


def test_the_last_check_is_the_datasets_own(dataset: Dataset) -> None:
    assert check.last_check(dataset) == ""
    job = check.start_check(dataset)
    wait(job)

    assert check.last_check(dataset) == job
    assert check.check_of(dataset) is not None
    other = version(check.rename(dataset, {dataset.view.labels[0]: "another name"}))
    assert check.last_check(other) == ""
