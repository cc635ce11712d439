"""Which settings suit a file and a model: rules by rows, classes, layers and device. Imports no torch."""

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import N_, SettingError
from pipeline.models.devices import Device
from pipeline.models.store import Model
from pipeline.runs.spec import LONGEST_WRITTEN, Recipe
from pipeline.templates.formats.registry import usual as usual_format
from pipeline.training.space import BERT_BATCHES, BERT_EPOCHS, BERT_RATES

PRESETS = ("fast", "balanced", "best", "bert")

# What a person can write in a message to a desk; longer texts say most of it at their beginning.
_LONGEST = 128

# Somebody who chooses `best` goes for a coffee, not home; another time is a setting.
_BEST_MINUTES = 20.0

# How often all rows are read: few rows more often; many rows a class less often, for they repeat themselves.
_EPOCHS = {"fast": 6, "balanced": 6, "best": 10}
# Many classes take longer to tell apart: with 77 of them the validation score still rose after 5 epochs.
_FEW_ROWS, _MANY_CLASSES, _MORE_EPOCHS = 1_500, 50, 2
# The average of the weights of the last third is better than the last weights, unless there are so few rows that it
# lags behind, or so many of each class that nothing is left to steady (docs/experiments.md, 27 November).
_AVERAGED, _AVERAGED_FROM = 0.3, 850
# The one layer that `fast` trains of an encoder has further to go, and a step of it costs next to nothing: its head
# reads one token (models/first_token.py), so most of a step is the same for any batch. On more rows it has seen enough
# (docs/experiments.md, 27 November).
_FAST_ENCODERS, _FAST_ROWS = 2, 5_000  # so many times as often, in large batches; on fewer rows than that
_MANY_ROWS_A_CLASS = 1_000  # on average; then half as often

_BATCH, _LARGE_BATCH = 32, 64

# Of the one layer of `fast`, on few rows: it has to learn it all in few steps.
_RATE, _RATE_ALONE = 4e-4, 5e-4

# Models that write: all layers learn, or matrices beside them where there are many parameters (LoRA).
_WRITING_EPOCHS = {"fast": 1, "balanced": 2, "best": 3}
WRITING_PRESETS = tuple(_WRITING_EPOCHS)
_WRITING_RATE, _ADAPTER_RATE = 1e-4, 1e-3
_PREFERENCE_SHARE = 0.1  # of these rates: preferences change a model that can write already, and only a little
_ADAPTED_FROM = 300_000_000  # parameters
_FEW_WRITTEN_ROWS = 400  # of the samples; then twice as often

# Models that learn from texts alone: all layers. Words are hidden anew each time an encoder or an encoder-decoder reads
# a text, and few of them, so that it is read more often, and a step takes more texts.
_READING_EPOCHS = {"decoder": 1, "encoder": 3, "encoder-decoder": 3}
_READING_TIMES = {"fast": 1, "balanced": 2, "best": 4}
_READING_RATES = {"decoder": 1e-4, "encoder": 1e-4, "encoder-decoder": 5e-4}
_READING_BATCHES = {"decoder": 8, "encoder": 16, "encoder-decoder": 16}

# Share of the layers that is trained, and the fewest.
_TRAINED = {"fast": (1 / 12, 1), "balanced": (1 / 4, 2), "best": (1 / 2, 3)}
# A quarter of six layers is too few to learn from few rows (docs/experiments.md, 26 November).
_SHALLOW, _OF_SHALLOW = 6, 4
# Many rows a class can teach more of a deep encoder, more slowly: share of its layers, and rate (docs/experiments.md,
# 26 and 27 November). All of it only where products are fast, and in larger batches, which save a sixth of the time.
_OF_DEEP = {"fast": (1 / 4, 4e-4), "balanced": (1 / 2, 2e-4), "best": (1 / 2, 2e-4)}
_ALL_OF_DEEP = 1, 1e-4
# Decoders are deep. On a CPU two of SmolLM2's 30 layers are enough (docs/experiments.md, 25 November).
_TRAINED_OF_DECODER = {"fast": (1 / 30, 1), "balanced": (1 / 15, 2), "best": (1 / 8, 3)}


def choose(preset: str, model: Model, *, rows: int, classes: int, device: Device) -> Recipe:
    """The recipe of a preset.

    Args:
        preset: one of PRESETS.
        model: the base model, on disk.
        rows: training rows.
        classes: size of the label space, at least 2.
        device: where it will be trained.

    Raises:
        SettingError: no such preset.
    """
    if preset not in PRESETS:
        raise SettingError(
            N_("There is no preset “{preset}”. Choose one of: {known}."), preset=preset, known=", ".join(PRESETS)
        )
    if preset == "bert":
        return _bert(model, device)
    layers = count_layers(model.path)
    material = _Material(rows, classes)
    trained, rate = _depth(preset, model.family, layers, material, device)
    alone = preset == "fast" and model.family == "encoder" and trained == 1
    writes = model.family == "encoder-decoder"
    averages = preset == "balanced" and model.family == "encoder" and rows >= _AVERAGED_FROM and not material.many
    return Recipe(
        preset=preset,
        trained_layers=trained,
        epochs=_epochs(preset, material, alone),
        learning_rate=_RATE_ALONE if alone and material.few else rate,
        batch_size=_batch(material, alone, whole=trained == layers > _SHALLOW, device=device),
        max_length=min(_LONGEST, model.context),
        # What it writes with has learned before, unlike a new head, and a label is mostly one token of thousands.
        head_factor=1.0 if writes else Recipe.head_factor,
        label_smoothing=0.0 if writes else Recipe.label_smoothing,
        averaging=_AVERAGED if averages else 0.0,
        precision=_precision(device),
        search="space" if preset == "best" else "none",
        budget_minutes=_BEST_MINUTES if preset == "best" else 0.0,
    )


@dataclass(frozen=True)
class _Material:
    """What there is to learn from."""

    rows: int  # that are trained on
    classes: int

    @property
    def few(self) -> bool:
        return self.rows < _FEW_ROWS

    @property
    def many(self) -> bool:
        """On average of each class."""
        return self.rows > _MANY_ROWS_A_CLASS * self.classes

    @property
    def fine(self) -> bool:
        """Many classes, which take longer to tell apart."""
        return self.classes > _MANY_CLASSES


def _depth(preset: str, family: str, layers: int, material: _Material, device: Device) -> tuple[int, float]:
    """How many of a model's layers learn, and at what rate."""
    deep_decoder = family == "decoder" and device.name == "cpu"
    (share, fewest), rate = (_TRAINED_OF_DECODER if deep_decoder else _TRAINED)[preset], _RATE
    if family == "encoder" and layers > _SHALLOW and material.many:
        # The search of `best` tries all layers by itself.
        share, rate = _ALL_OF_DEEP if preset == "balanced" and device.has_bfloat16 else _OF_DEEP[preset]
    if family == "encoder" and layers <= _SHALLOW and material.few and preset != "fast":
        fewest = _OF_SHALLOW
    return min(layers, max(fewest, round(layers * share))), rate


def _epochs(preset: str, material: _Material, alone: bool) -> int:
    """How often all rows are read; ``alone``: by the one layer of an encoder that learns."""
    epochs = _EPOCHS[preset] + (_MORE_EPOCHS if material.few or material.fine else 0)
    if alone and material.rows < _FAST_ROWS:
        epochs *= _FAST_ENCODERS
    return epochs // 2 if material.many else epochs


def _batch(material: _Material, alone: bool, *, whole: bool, device: Device) -> int:
    """Rows a step; ``whole``: all layers of a deep encoder learn. Large where that costs no accuracy."""
    if alone and material.rows < _FAST_ROWS:
        return _LARGE_BATCH
    if (device.name == "cpu" and not whole) or material.few:
        return _BATCH
    return _LARGE_BATCH


def choose_writing(preset: str, model: Model, *, rows: int, device: Device, prefers: bool = False) -> Recipe:
    """The recipe of a preset for a model that learns to write answers.

    Args:
        preset: one of PRESETS but "bert".
        model: the base model, on disk.
        rows: training rows.
        device: where it will be trained.
        prefers: what is learned is which of two answers is better.

    Raises:
        SettingError: no such preset for writing.
    """
    if preset not in _WRITING_EPOCHS:
        raise SettingError(
            N_("There is no preset “{preset}”. Choose one of: {known}."),
            preset=preset,
            known=", ".join(_WRITING_EPOCHS),
        )
    adapts = model.parameters > _ADAPTED_FROM or preset == "fast"
    epochs = _WRITING_EPOCHS[preset] * (2 if rows < _FEW_WRITTEN_ROWS else 1)
    return Recipe(
        preset=preset,
        trained_layers=-1,
        epochs=epochs,
        learning_rate=(_ADAPTER_RATE if adapts else _WRITING_RATE) * (_PREFERENCE_SHARE if prefers else 1),
        head_factor=1.0,
        batch_size=8,
        max_length=min(LONGEST_WRITTEN, model.context),
        label_smoothing=0.0,
        schedule="cosine",
        precision=_precision(device),
        adapter="lora" if adapts else "none",
        prompt_format=_usual_format(model),
    )


def choose_reading(preset: str, model: Model, *, device: Device) -> Recipe:
    """The recipe of a preset for a model that learns from texts alone.

    Args:
        preset: one of WRITING_PRESETS.
        model: the base model, on disk.
        device: where it will be trained.

    Raises:
        SettingError: no such preset for it.
    """
    if preset not in _READING_TIMES:
        raise SettingError(
            N_("There is no preset “{preset}”. Choose one of: {known}."),
            preset=preset,
            known=", ".join(_READING_TIMES),
        )
    adapts = model.parameters > _ADAPTED_FROM
    return Recipe(
        preset=preset,
        trained_layers=-1,
        epochs=_READING_EPOCHS[model.family] * _READING_TIMES[preset],
        learning_rate=_ADAPTER_RATE if adapts else _READING_RATES[model.family],
        head_factor=1.0,
        batch_size=_READING_BATCHES[model.family],
        max_length=min(LONGEST_WRITTEN, model.context),
        label_smoothing=0.0,
        schedule="cosine",
        precision=_precision(device),
        adapter="lora" if adapts else "none",
    )


def _usual_format(model: Model) -> str:
    """The format of the registry's ``usual``, read from the files: opening a tokenizer takes a second."""
    config = model.path / "tokenizer_config.json"
    written = config.is_file() and "chat_template" in json.loads(config.read_text(encoding="utf-8"))
    has_template = written or (model.path / "chat_template.jinja").is_file()
    return usual_format(has_template=has_template, anew=model.family == "encoder-decoder")


def _bert(model: Model, device: Device) -> Recipe:
    """Full fine-tuning as the BERT paper does it (Devlin et al. 2019, A.3): one rate, no smoothing, its grid."""
    return Recipe(
        preset="bert",
        trained_layers=-1,
        epochs=BERT_EPOCHS[0],
        learning_rate=BERT_RATES[0],
        head_factor=1.0,
        batch_size=BERT_BATCHES[0],
        max_length=min(_LONGEST, model.context),
        label_smoothing=0.0,
        precision=_precision(device),
        search="bert",
    )


def _precision(device: Device) -> str:
    """Of the products of learning: what is saved is float32 all the same."""
    return "bfloat16" if device.name != "mps" and device.has_bfloat16 else "float32"


def count_layers(model: Path) -> int:
    """Layers of a base model, from its ``config.json``."""
    config = json.loads((model / "config.json").read_text(encoding="utf-8"))
    return next(int(config[key]) for key in ("num_hidden_layers", "n_layer", "n_layers", "num_layers") if key in config)
