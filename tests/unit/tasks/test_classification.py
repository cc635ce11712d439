"""Classification: labelled rows of a View as its Split divides them, and what a model says about texts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.data.new_view import make_view, with_steps
from pipeline.data.source import Source, import_source
from pipeline.data.split import Terms, make_split, save_split
from pipeline.data.steps import leave_out, mask, rename_labels
from pipeline.errors import SettingError, UnfitData
from pipeline.settings import Workspace
from pipeline.tasks import registry
from pipeline.tasks.classification import CLASSIFICATION, class_weights
from pipeline.tasks.examples import load_examples

LABELS = ["407080", "007", "", "407080"] * 12


def imported(folder: Path, name: str, labels: Sequence[str]) -> Source:
    frame = pd.DataFrame({"title": [f"{name} title {n}" for n in range(len(labels))], "label": labels})
    frame["body"] = [f"what happened in case {n * 7919}" for n in range(len(labels))]
    frame.to_csv(folder / f"{name}.csv", index=False)
    return import_source(folder / f"{name}.csv", name)


def test_labels_are_strings_and_rows_are_those_of_the_split(home: Workspace, tmp_path: Path) -> None:
    source = imported(tmp_path, "tickets", LABELS)
    view = make_view(source.id, ["title", "body"], "label", "{title}: {body}")
    split = make_split(source.id, [f"text {n * 7919}" for n in range(48)], LABELS)
    save_split(split)
    examples = load_examples(CLASSIFICATION, view, split.id)
    assert examples.train.rows.tolist() == list(split.train)
    assert examples.test.rows.tolist() == list(split.test)
    assert [view.labels[target] for target in examples.train.targets] == [LABELS[row] for row in split.train]
    row = split.validation[0]
    assert examples.validation.inputs.first[0] == f"tickets title {row}: what happened in case {row * 7919}"


def test_what_the_steps_of_a_view_say_is_what_is_learned(home: Workspace, tmp_path: Path) -> None:
    labels = [label or "007 " for label in LABELS]
    source = imported(tmp_path, "tickets 13812345678", labels)
    split = make_split(source.id, [f"text {n * 7919}" for n in range(48)], labels)
    save_split(split)
    gone = {split.train[0], split.test[0]}
    steps = [leave_out(gone), rename_labels({"007 ": "007"}), mask(["phone"])]
    examples = load_examples(CLASSIFICATION, with_steps(make_view(source.id, ["title"], "label"), steps), split.id)
    assert examples.train.rows.tolist() == list(split.train[1:])
    assert examples.test.rows.tolist() == list(split.test[1:])
    assert examples.train.inputs.first[0] == f"tickets [phone] title {split.train[1]}"
    assert set(examples.train.targets) == {0, 1}


def test_test_rows_of_a_file_of_their_own_are_read_from_it(home: Workspace, tmp_path: Path) -> None:
    source, own = imported(tmp_path, "tickets", LABELS), imported(tmp_path, "fresh", ["007", "407080", "007"])
    view = make_view(source.id, ["title"], "label")
    split = make_split(
        source.id, [f"text {n * 7919}" for n in range(48)], LABELS, Terms(test_source=own.id, test_rows=[0, 2])
    )
    save_split(split)
    test = load_examples(CLASSIFICATION, view, split.id).test
    assert test.inputs.first == ("fresh title 0", "fresh title 2")
    assert [view.labels[target] for target in test.targets] == ["007", "007"]


def test_a_label_that_training_has_never_seen_is_named_with_its_row(home: Workspace, tmp_path: Path) -> None:
    source, own = imported(tmp_path, "tickets", LABELS), imported(tmp_path, "fresh", ["007", "408"])
    view = make_view(source.id, ["title"], "label")
    split = make_split(
        source.id, [f"text {n * 7919}" for n in range(48)], LABELS, Terms(test_source=own.id, test_rows=[0, 1])
    )
    save_split(split)
    with pytest.raises(UnfitData, match="Row 2 has the label “408”"):
        load_examples(CLASSIFICATION, view, split.id)


def test_tasks_are_found_by_name() -> None:
    registry.get("classification")
    with pytest.raises(SettingError, match="classification"):
        registry.get("divination")


def test_a_view_says_which_task_it_asks_for(home: Workspace, tmp_path: Path) -> None:
    source = imported(tmp_path, "tickets", LABELS)
    asked = {
        "classification": make_view(source.id, ["title"], "label"),
        "pair": make_view(source.id, ["title"], "label", second="body"),
        "multilabel": make_view(source.id, ["title"], "label", separators=","),
        "regression": make_view(source.id, ["title"], "label", number=True),
    }
    assert {registry.task_of(view).name for view in asked.values()} == set(registry.TASKS)
    assert all(registry.task_of(view).name == name for name, view in asked.items())


def test_rare_classes_count_more_and_a_row_counts_one_on_average() -> None:
    targets = np.repeat([0, 1, 2], [90, 9, 1])
    assert class_weights(targets, 3, "none") is None
    root, all_the_same = class_weights(targets, 3, "sqrt"), class_weights(targets, 3, "balanced")
    assert root is not None
    assert all_the_same is not None
    np.testing.assert_allclose(root[1:] / root[:-1], [10**0.5, 3], rtol=1e-5)
    np.testing.assert_allclose(all_the_same * [90, 9, 1], 100 / 3, rtol=1e-5)
    assert root[targets].mean() == pytest.approx(1)


def test_a_class_that_no_training_row_has_does_not_break_the_weights() -> None:
    weights = class_weights(np.array([0, 0, 1]), 3, "balanced")
    assert weights is not None
    assert np.isfinite(weights).all()
