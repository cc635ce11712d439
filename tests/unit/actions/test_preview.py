"""The preview of a prompt format: real rows, with what is learned set apart."""

from dataclasses import replace

import pytest

from pipeline.actions import data
from pipeline.actions.plan import plan
from pipeline.actions.preview import preview_format
from pipeline.data.source import import_source
from pipeline.errors import ModelError, SettingError
from tests.tiny import ANSWERS, instructions, tiny_base, tiny_writer


@pytest.fixture
def dataset(home, tmp_path):
    instructions(60, seed=0).to_csv(tmp_path / "asked.csv", index=False)
    source = import_source(tmp_path / "asked.csv", "asked.csv")
    tiny_writer(home.models / "writer")
    return data.create_dataset(source.id, name="asked", text=["instruction", "input"], label="output", written=True)


def test_what_is_learned_is_set_apart_and_long_rows_are_counted(dataset):
    recipe = plan(dataset, "writer").recipe
    assert recipe.prompt_format == "chat"
    shown = preview_format(dataset, recipe, "writer", 3)
    assert len(shown.rows) == 3
    for row in shown.rows:
        assert [stretch.learned for stretch in row] == [False, True]
        assert row[1].text.removesuffix("<|im_end|>") in ANSWERS.values()
    assert (shown.cut, shown.measured) == (0, 42)
    assert preview_format(dataset, replace(recipe, max_length=8), "writer", 1).cut == 42
    everything = preview_format(dataset, replace(recipe, loss_on="everything"), "writer", 1)
    assert all(stretch.learned for stretch in everything.rows[0])


def test_a_model_that_cannot_write_and_a_search_are_refused(dataset, home):
    tiny_base(home.models / "reader", "encoder")
    with pytest.raises(ModelError, match="cannot write"):
        plan(dataset, "reader")
    with pytest.raises(SettingError, match="search"):
        plan(dataset, "writer", settings={"search": "space"})
    with pytest.raises(SettingError, match="preset"):
        plan(dataset, "writer", "bert")
    with pytest.raises(SettingError, match="instruction"):
        preview_format(dataset, plan(dataset, "writer", settings={"prompt_format": "own"}).recipe, "writer", 1)


def test_the_plan_knows_what_teaching_to_write_costs(dataset):
    planned = plan(dataset, "writer")
    assert planned.estimate.seconds > 10
    assert dict(planned.estimate.parts).keys() == {"start", "training", "measuring", "writing"}
    longer = plan(dataset, "writer", settings={"epochs": str(10 * planned.recipe.epochs)})
    assert longer.estimate.seconds > planned.estimate.seconds
    assert planned.estimate.trained_share > plan(dataset, "writer", "fast").estimate.trained_share
