"""Each field of a recipe is open to a person, within its range and where it makes sense."""

import dataclasses
import importlib.util

import pytest

from pipeline.errors import SettingError
from pipeline.models.devices import Device
from pipeline.runs.spec import Recipe
from pipeline.training.settings import CHOICES, RANGES, TEXTS, change, check_device, check_use

CPU = Device("cpu", "A processor", 8 * 1024**3, 100.0, 60.0, 2)
GPU = Device("cuda", "A card", 24 * 1024**3, 20_000.0, 80_000.0, 0)


def test_settings_are_read_as_what_they_are() -> None:
    changed = change(Recipe(), {"epochs": "7", "learning_rate": "1e-5", "schedule": "cosine"})
    assert changed == dataclasses.replace(Recipe(), epochs=7, learning_rate=1e-5, schedule="cosine")


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", "0"), ("epochs", "2.5"), ("epochs", "many"), ("learning_rate", "nan"), ("learning_rate", "2"),
     ("precision", "int4"), ("preset", "best"), ("colour", "red")],
)  # fmt: skip
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        change(Recipe(), {name: value})


def test_every_field_has_a_range_or_choices_that_hold_its_default() -> None:
    for name, value in dataclasses.asdict(Recipe()).items():
        if name == "prompt_format":
            assert value == ""  # only models that write have one
        elif name in CHOICES:
            assert value in CHOICES[name]
        elif name not in ("preset", *TEXTS):
            low, high = RANGES[name]
            assert low <= value <= high


def test_rare_classes_count_more_only_where_there_are_classes() -> None:
    weighted = Recipe(class_weights="sqrt")
    check_use(weighted, "encoder", "single_label_classification")
    check_use(Recipe(), "encoder-decoder", "regression")
    for family, kind in (("encoder", "regression"), ("decoder", "multi_label_classification")):
        with pytest.raises(SettingError, match="class_weights"):
            check_use(weighted, family, kind)
    with pytest.raises(SettingError, match="class_weights"):
        check_use(weighted, "encoder-decoder", "single_label_classification")


def test_layers_in_four_bits_are_refused_where_they_cannot_be_had_and_what_is_missing_is_said() -> None:
    recipe = Recipe(adapter="qlora")
    with pytest.raises(SettingError, match=r"needs an NVIDIA GPU, and this run would train on A processor"):
        check_device(recipe, CPU)
    if importlib.util.find_spec("bitsandbytes") is None:
        with pytest.raises(SettingError, match=r"pip install bitsandbytes"):
            check_device(recipe, GPU)
    else:
        check_device(recipe, GPU)
    check_device(Recipe(adapter="lora"), CPU)
    for family, problem_type in (("encoder-decoder", "text_generation"), ("decoder", "single_label_classification")):
        with pytest.raises(SettingError, match="models that write"):
            check_use(recipe, family, problem_type)
    check_use(recipe, "decoder", "text_generation")
