"""What a person may set of a recipe: names, ranges, and what goes together. Imports no torch."""

import dataclasses
import importlib.util
import math
from collections.abc import Mapping
from typing import Any

from pipeline.errors import N_, SettingError
from pipeline.models.devices import Device
from pipeline.runs.spec import Recipe
from pipeline.templates.formats.registry import NAMES as FORMATS
from pipeline.training.suitable import LANGUAGE

# Each numeric field from ... to ..., both allowed.
RANGES: dict[str, tuple[float, float]] = {
    "trained_layers": (-1, 1_000),
    "epochs": (1, 1_000),
    "learning_rate": (1e-8, 1.0),
    "head_factor": (0.01, 1_000),
    "batch_size": (1, 4_096),
    "max_length": (2, 131_072),
    "label_smoothing": (0, 0.9),
    "weight_decay": (0, 1),
    "warmup_ratio": (0, 1),
    "gradient_clip": (1e-6, 1e6),
    "averaging": (0, 1),
    "patience": (0, 1_000),
    "budget_minutes": (0, 100_000),
    "lora_rank": (1, 1_024),
    "lora_alpha": (1e-3, 1e5),
    "lora_dropout": (0, 0.9),
    "lm_weight": (0, 100),
    "dpo_beta": (1e-4, 100),
}
QLORA = "qlora"
CLASS_WEIGHTS = ("none", "sqrt", "balanced")
TEXTS = ("own_format",)  # settings that are whatever a person writes
CHOICES = {
    "schedule": ("linear", "cosine", "constant"),
    "precision": ("float32", "bfloat16"),
    "class_weights": CLASS_WEIGHTS,
    "search": ("none", "space", "bert"),
    "adapter": ("none", "lora", "dora", QLORA),
    "prompt_format": FORMATS,
    "loss_on": ("answer", "everything"),
    "packing": ("on", "off"),
}


def change(recipe: Recipe, settings: Mapping[str, str]) -> Recipe:
    """``recipe`` with the named fields replaced.

    Raises:
        SettingError: no such field, not a value of its kind, or one out of range.
    """
    fields = {field.name: field for field in dataclasses.fields(Recipe) if field.name != "preset"}
    changed: dict[str, Any] = {}
    for name, text in settings.items():
        if name not in fields:
            raise SettingError(
                N_("There is no setting “{name}”. Choose one of: {known}."), name=name, known=", ".join(fields)
            )
        changed[name] = _parse(name, text, type(getattr(recipe, name)))
    return dataclasses.replace(recipe, **changed)


def check_use(recipe: Recipe, family: str, problem_type: str) -> None:
    """Raises SettingError for a setting that this family or this kind of answer has no use for."""
    writes = problem_type == "text_generation"
    sorts = problem_type not in ("text_generation", LANGUAGE)
    if recipe.prompt_format and not writes:
        raise SettingError(N_("A prompt format is for models that learn to write answers. Leave prompt_format out."))
    if not sorts and recipe.search != "none":
        raise SettingError(N_("Settings are tried for models that sort texts only. Set search to none."))
    if recipe.adapter == QLORA and not (writes and family == "decoder"):
        raise SettingError(N_("qlora goes with models that write (decoders) and learn answers. Set adapter to lora."))
    in_classes = family != "encoder-decoder" and problem_type == "single_label_classification"
    if recipe.class_weights != CLASS_WEIGHTS[0] and not in_classes:
        raise SettingError(
            N_("Rare classes can count more only where a model sorts texts into classes. Set class_weights to none.")
        )


def check_device(recipe: Recipe, device: Device) -> None:
    """Raises SettingError for a setting that this device, or what is installed here, cannot carry out."""
    if recipe.adapter != QLORA:
        return
    if device.name != "cuda":
        raise SettingError(
            N_("qlora needs an NVIDIA GPU, and this run would train on {device}. Set adapter to lora."),
            device=device.label or device.name,
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise SettingError(
            N_(
                "qlora needs the Python package bitsandbytes, which is not installed here. Run `pip install "
                "bitsandbytes`, or set adapter to lora."
            )
        )


def _parse(name: str, text: str, kind: type) -> Any:
    if name in TEXTS:
        return text
    if name in CHOICES:
        if text not in CHOICES[name]:
            raise SettingError(
                N_("The setting {name} is “{value}”. Choose one of: {known}."),
                name=name,
                value=text,
                known=", ".join(CHOICES[name]),
            )
        return text
    low, high = RANGES[name]
    try:
        value = kind(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise SettingError(
            N_("The setting {name} is “{value}”; it must be a number from {low} to {high}."),
            name=name,
            value=text,
            low=f"{low:g}",
            high=f"{high:g}",
        )
    return value
