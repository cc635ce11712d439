"""What training will cost in seconds and memory, before anything is started. Imports no torch, opens no weights.

A count of multiplications and of bytes by layers, width and tokens, put against the measured speed of the device.
How far off that was stands in docs/benchmarks.md, "What training will cost".
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.models.devices import Device
from pipeline.models.store import Model
from pipeline.runs.spec import Recipe

FLOAT = 4  # bytes

# Measured on runs of the three starter models (2 cores, AVX2): what is left of the speed of one matrix product when
# attention, norms, activations, dropout and Python are between the products.
EFFICIENCY = 0.75
# A forward pass that keeps what the backward pass needs, and the backward pass itself: one product for the inputs'
# gradients, one for the weights'.
TRAINING_FACTOR = 3.3
# The last layer of an encoder whose head reads token 0 is computed for that token only (first_token).
FIRST_TOKEN_SHARE = 0.06
STEP_SECONDS = 0.006  # Python, DataLoader and Trainer between two steps
ADAM_BYTES_A_SECOND = 5.6e9  # an optimizer step moves weight, gradient and two moments
ADAM_BYTES = 28
PROCESS_BYTES = 900 * 1024**2  # Python with torch and transformers, before any model
START_SECONDS = {"cpu": 12.0, "cuda": 16.0, "mps": 14.0}  # imports, loading, saving the bundle
EVALUATIONS = 10  # on the validation rows, over a whole run
# Logistic regression on word and character n-grams, its C chosen on validation: for a row of 16 tokens and one class.
BASELINE_SECONDS = 3e-4
# What measured runs took at least and at most, as shares of it: docs/benchmarks.md, "What training will cost".
SPREAD = (0.7, 1.7)
ACTIVATIONS = 34  # floats a token, layer and unit of width that the backward pass needs


@dataclass(frozen=True)
class Estimate:
    """What a training will take."""

    seconds: float  # from the start of the process to the test metrics
    memory_bytes: int  # at its peak
    parts: tuple[tuple[str, float], ...]  # seconds by part: "start", "baseline", "lower", "training", "measuring"

    @property
    def range(self) -> tuple[float, float]:
        """Seconds between which nearly every measured run stayed."""
        return self.seconds * SPREAD[0], self.seconds * SPREAD[1]


@dataclass(frozen=True)
class _Shape:
    layers: int
    hidden: int
    layer_parameters: int
    first_token: bool  # the head reads token 0
    embeddings: int


def estimate(
    model: Model,
    recipe: Recipe,
    *,
    rows: int,
    train_rows: int,
    texts: Sequence[str],
    classes: int,
    device: Device,
) -> Estimate:
    """Seconds and bytes of one training.

    Args:
        model: the base model, on disk.
        recipe: how it will be trained.
        rows: labelled rows of training, validation and test together.
        train_rows: those of them that are trained on.
        texts: the training texts, or a fair part of them.
        classes: size of the label space; 2 where a number is predicted.
        device: where.
    """
    shape = _shape(model)
    tokens = mean_tokens(texts, recipe.max_length)
    trained = shape.layers if recipe.trained_layers < 0 else min(recipe.trained_layers, shape.layers)
    lower = shape.layers - trained
    # With every layer free there is nothing to keep, and the last layer alone is cheap.
    upper = trained - (1 - FIRST_TOKEN_SHARE) * (shape.first_token and trained > 0)
    a_layer = 2.0 * (shape.layer_parameters + 2 * tokens * shape.hidden) * tokens  # operations, forward, one row
    speed = device.gflops * 1e9 * EFFICIENCY
    steps = math.ceil(train_rows / recipe.batch_size) * recipe.epochs
    weights = trained * shape.layer_parameters + (shape.embeddings if recipe.trained_layers < 0 else 0)
    a_step = STEP_SECONDS + weights * ADAM_BYTES / _bandwidth(device)
    held_out = (rows - train_rows) / 2
    parts = (
        ("start", START_SECONDS[device.name] + model.parameters * FLOAT / 1e9),
        ("baseline", BASELINE_SECONDS * train_rows * classes**0.5 * max(1.0, tokens / 16)),
        ("lower", rows * lower * a_layer / speed),
        ("training", train_rows * recipe.epochs * upper * a_layer * TRAINING_FACTOR / speed + steps * a_step),
        ("measuring", (EVALUATIONS * held_out + held_out + train_rows) * upper * a_layer / speed),
    )
    memory = _memory(model, recipe, shape, tokens=tokens, rows=rows if lower else 0, trained=trained, weights=weights)
    return Estimate(sum(seconds for _, seconds in parts), memory, parts)


def mean_tokens(texts: Sequence[str], longest: int) -> float:
    """Tokens of an average text, cut at ``longest``, judged by its characters: opening a tokenizer takes a second.

    A Chinese character is about 0.7 tokens, of other writing about four characters are one; two tokens are marks.
    """
    if not texts:
        return float(longest)
    lengths = []
    for text in texts[:2_000]:
        wide = sum("\u2e80" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af" for sign in text)
        lengths.append(min(longest, 2 + 0.7 * wide + (len(text) - wide) / 4))
    return sum(lengths) / len(lengths)


def _memory(
    model: Model, recipe: Recipe, shape: _Shape, *, tokens: float, rows: int, trained: int, weights: int
) -> int:
    """Bytes at the peak: the process, the weights, what training keeps of each weight, and of each token."""
    batch = recipe.batch_size * min(recipe.max_length, 2 * tokens)  # the longest batch of a run
    kept = rows * tokens * shape.hidden * FLOAT  # outputs of the lower layers, mapped from disk
    activations = batch * trained * shape.hidden * ACTIVATIONS * FLOAT
    return int(PROCESS_BYTES + (model.parameters + 3 * weights) * FLOAT + activations + kept)


def _bandwidth(device: Device) -> float:
    return ADAM_BYTES_A_SECOND * (1 if device.name == "cpu" else 100)


def _shape(model: Model) -> _Shape:
    config = json.loads((Path(model.path) / "config.json").read_text(encoding="utf-8"))
    hidden = _first(config, "hidden_size", "n_embd", "dim", "d_model")
    layers = _first(config, "num_hidden_layers", "n_layer", "n_layers", "num_layers")
    inner = _first(config, "intermediate_size", "n_inner", "hidden_dim", "d_ff", default=4 * hidden)
    heads = _first(config, "num_attention_heads", "n_head", "n_heads", "num_heads")
    size = config.get("head_dim") or hidden // heads
    groups = config.get("num_key_value_heads") or heads
    # Gated feed-forward layers have three matrices instead of two.
    matrices = 3 if config["model_type"] in _GATED else 2
    attention = hidden * size * (2 * heads + 2 * groups)
    return _Shape(
        layers=layers,
        hidden=hidden,
        layer_parameters=attention + matrices * hidden * inner,
        first_token=config["model_type"] in _READS_FIRST_TOKEN,
        embeddings=config["vocab_size"] * hidden,
    )


_GATED = {"llama", "qwen2", "qwen3", "gemma", "gemma2", "gemma3", "gemma3_text", "mistral", "modernbert", "phi3"}
_READS_FIRST_TOKEN = {"bert", "roberta", "xlm-roberta", "electra", "distilbert"}


def _first(config: dict[str, Any], *names: str, default: int | None = None) -> int:
    for name in names:
        if config.get(name):
            return int(config[name])
    if default is None:
        raise KeyError(names[0])
    return default
