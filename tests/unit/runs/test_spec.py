"""A spec says everything that decides the result, and is written once."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.data.steps import rename_labels
from pipeline.data.view import View
from pipeline.runs.spec import Recipe, RunSpec, load_spec, save_spec

SPEC = RunSpec(
    view=View(
        source="s",
        text=("标题", "描述"),
        label="owner",
        labels=("407080", "007"),
        template="{标题}\n{描述}",
        steps=(rename_labels({"7": "007"}, "label_variants"),),
    ),
    split="p",
    task="classification",
    base_model="m",
    model_fingerprint="f",
    recipe=Recipe(),
)


def test_a_spec_comes_back_as_it_was_written(tmp_path: Path) -> None:
    save_spec(SPEC, tmp_path)
    assert load_spec(tmp_path) == SPEC


def test_a_spec_is_never_overwritten(tmp_path: Path) -> None:
    save_spec(SPEC, tmp_path)
    with pytest.raises(FileExistsError):
        save_spec(SPEC, tmp_path)


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"split": "q"}, {"recipe": Recipe(epochs=9)}, {"model_fingerprint": "g"}]
)
def test_what_decides_the_result_changes_the_id(change: dict[str, object]) -> None:
    assert replace(SPEC, **change).id != SPEC.id


def test_the_use_of_the_cache_does_not_change_the_id() -> None:
    assert replace(SPEC, use_cache=False).id == SPEC.id


def test_settings_that_came_later_change_the_id_only_where_they_are_used() -> None:
    assert SPEC.id == "528c6ef45b000a10"
    for later in ({"adapter": "lora"}, {"lora_rank": 4}, {"lm_weight": 0.5}):
        assert replace(SPEC, recipe=Recipe(**later)).id != SPEC.id


def test_the_id_of_a_spec_is_what_it_was_before_numbers_could_be_read() -> None:
    assert SPEC.id == "528c6ef45b000a10"
    assert replace(SPEC, view=replace(SPEC.view, number=True)).id != SPEC.id
