"""A recipe follows from preset, model and file by rules."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import SettingError
from pipeline.models.devices import Device
from pipeline.models.fit import FIRST_TOKEN_SHARE
from pipeline.models.store import Model
from pipeline.runs.spec import Recipe
from pipeline.training import recipe as recipes

CPU = Device("cpu", "A processor", 8 * 1024**3, 100.0, 60.0, 2)
SWIFT = dataclasses.replace(CPU, bfloat16_gflops=4 * CPU.gflops)
GPU = Device("cuda", "A card", 24 * 1024**3, 20_000.0, 80_000.0, 0)


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """Six layers that read 512 tokens."""
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 6}')
    return Model("small", tmp_path, "encoder", 22_000_000, ("en",), "MIT", 512, "abc", False)


def choose(preset: str, model: Model, rows: int = 3000, device: Device = CPU) -> Recipe:
    return recipes.choose(preset, model, rows=rows, classes=10, device=device)


def work(recipe: Recipe) -> float:
    """In layers of all rows; the last layer of an encoder costs a token's share."""
    return (recipe.trained_layers - 1 + FIRST_TOKEN_SHARE) * recipe.epochs


def test_a_better_preset_takes_more_work(model: Model) -> None:
    fast, balanced, best = (choose(preset, model) for preset in ("fast", "balanced", "best"))
    assert work(fast) < work(balanced) < work(best)
    assert fast.trained_layers == 1


def test_one_layer_alone_is_trained_longer_and_faster_where_that_costs_little(model: Model) -> None:
    decoder = dataclasses.replace(model, family="decoder")
    for rows in (1_000, 3_000, 9_000):
        fast, balanced, costly = (
            choose("fast", model, rows),
            choose("balanced", model, rows),
            choose("fast", decoder, rows),
        )
        assert (fast.epochs > balanced.epochs) == (rows < 5_000)
        assert (fast.batch_size > balanced.batch_size) == (rows < 5_000)
        assert balanced.epochs == costly.epochs
        assert (fast.learning_rate > balanced.learning_rate) == (rows == 1_000)


def test_only_two_presets_try_several_settings_and_best_has_a_budget(model: Model) -> None:
    searches = {preset: choose(preset, model).search for preset in recipes.PRESETS}
    assert searches == {"fast": "none", "balanced": "none", "best": "space", "bert": "bert"}
    assert choose("best", model).budget_minutes > 0


def test_bert_is_the_paper_and_nothing_of_ours(model: Model) -> None:
    bert = choose("bert", model)
    assert (bert.trained_layers, bert.head_factor, bert.label_smoothing, bert.averaging) == (-1, 1, 0, 0)


def test_fewer_rows_are_read_more_often(model: Model) -> None:
    epochs = [choose("balanced", model, rows).epochs for rows in (100, 2_000, 10_000, 1_000_000)]
    assert epochs == sorted(epochs, reverse=True)
    assert epochs[0] > epochs[-1]


def test_a_deeper_model_has_more_layers_trained_and_none_more_than_it_has(model: Model, tmp_path: Path) -> None:
    shallow = choose("best", model).trained_layers
    (tmp_path / "config.json").write_text('{"n_layer": 24}')
    assert choose("best", model).trained_layers > shallow
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 1}')
    assert choose("best", model).trained_layers == 1


def test_of_a_shallow_model_few_rows_train_more_layers(model: Model, tmp_path: Path) -> None:
    for layers, expected in ((6, [4, 2]), (12, [3, 3]), (3, [3, 2])):
        (tmp_path / "config.json").write_text(f'{{"num_hidden_layers": {layers}}}')
        assert [choose("balanced", model, rows).trained_layers for rows in (500, 5_000)] == expected
        assert choose("fast", model, 500).trained_layers == 1


def test_of_a_deep_model_many_rows_a_class_train_more_layers_more_slowly(model: Model, tmp_path: Path) -> None:
    for layers, deeper in ((6, False), (12, True)):
        (tmp_path / "config.json").write_text(f'{{"num_hidden_layers": {layers}}}')
        some, many = choose("balanced", model, 5_000), choose("balanced", model, 20_000)
        assert (many.trained_layers > some.trained_layers) == deeper
        assert (many.learning_rate < some.learning_rate) == deeper
        some, many = choose("fast", model, 5_000), choose("fast", model, 20_000)
        assert (many.trained_layers > some.trained_layers) == deeper


def test_where_products_are_fast_many_rows_train_a_deep_model_whole(model: Model, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 12}')

    whole, half = (choose("balanced", model, 20_000, device) for device in (SWIFT, CPU))

    assert (whole.trained_layers, half.trained_layers) == (12, 6)
    assert whole.learning_rate < half.learning_rate
    assert choose("best", model, 20_000, SWIFT).trained_layers < 12  # its search tries all by itself
    assert choose("fast", model, 20_000, SWIFT).trained_layers == choose("fast", model, 20_000).trained_layers


def test_no_more_tokens_are_read_than_the_model_can(model: Model) -> None:
    assert choose("balanced", dataclasses.replace(model, context=64)).max_length == 64


def test_half_precision_only_where_the_device_is_good_at_it(model: Model) -> None:
    hardly = dataclasses.replace(CPU, bfloat16_gflops=1.2 * CPU.gflops)
    found = [choose("balanced", model, device=device).precision for device in (CPU, hardly, SWIFT, GPU)]
    assert found == ["float32", "float32", "bfloat16", "bfloat16"]


def test_an_unknown_preset_is_refused(model: Model) -> None:
    with pytest.raises(SettingError, match="fast, balanced, best"):
        choose("quick", model)


def test_a_model_that_writes_has_no_new_head_that_would_have_to_learn_faster(model: Model) -> None:
    recipe = choose("balanced", dataclasses.replace(model, family="encoder-decoder"))
    assert (recipe.head_factor, recipe.label_smoothing) == (1.0, 0.0)
    assert choose("balanced", model).head_factor > 1


def test_a_deep_decoder_has_few_layers_trained_where_every_layer_costs(model: Model, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 30}')
    decoder = dataclasses.replace(model, family="decoder")
    assert choose("balanced", decoder).trained_layers == 2
    assert choose("balanced", decoder, device=GPU).trained_layers > 2


def test_a_page_may_choose_a_recipe_without_importing_torch() -> None:
    code = (
        "import sys; import pipeline.training.recipe; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_weights_are_averaged_where_there_are_enough_rows_and_not_very_many_of_each_class(model: Model) -> None:
    def averaging(preset: str, rows: int, classes: int) -> float:
        chosen = recipes.choose(preset, model, rows=rows, classes=classes, device=CPU)
        return chosen.averaging

    assert averaging("balanced", 9_000, 77) == averaging("balanced", 900, 15) == averaging("balanced", 1_900, 2) == 0.3
    assert averaging("balanced", 9_000, 2) == averaging("balanced", 800, 77) == averaging("fast", 9_000, 77) == 0
