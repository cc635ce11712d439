"""What training will cost in seconds and memory, before anything is started. Imports no torch, opens no weights.

A count of multiplications and of bytes by layers, width and tokens, put against the measured speed of the device.
How far off that was stands in docs/benchmarks.md, "What training will cost".
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.models.devices import Device
from pipeline.models.store import Model
from pipeline.runs.spec import Recipe

FLOAT = 4  # bytes
FOUR_BITS = 0.52  # bytes a weight in NF4: half a byte, and of every 64 weights a scale of 8 bits

# Measured on runs of the three starter models (2 cores, AVX2): what is left of the speed of one matrix product when
# attention, norms, activations, dropout and Python are between the products.
EFFICIENCY = 0.75
# Of a training in float32, the share of the time that goes into products, which alone are faster in bfloat16: measured
# on multilingual-e5-small, its top three layers, with products 4.2 times as fast (docs/experiments.md, 26 November).
PRODUCTS = 0.6
# A forward pass that keeps what the backward pass needs, and the backward pass itself: one product for the inputs'
# gradients, one for the weights'.
TRAINING_FACTOR = 3.3
# With adapters the weights' gradients are left out, and the small matrices come on top. Reckoned, not measured.
ADAPTER_FACTOR = 2.6
# The last layer of an encoder whose head reads token 0 is computed for that token only (first_token).
FIRST_TOKEN_SHARE = 0.06
STEP_SECONDS = 0.006  # Python, DataLoader and Trainer between two steps
# A GPU computes small batches sooner than it is asked to: a step takes at least this long for every trained layer. An
# H100 beside 16 cores of a Xeon, three models of 6, 12 and 30 layers (docs/benchmarks.md, "On a GPU").
ASKING_SECONDS = 0.0045
# Small matrices beside a layer are asked for too, and where it is in four bits those are made into numbers first. Of
# DoRA no run was measured.
ASKED = {"none": 1.0, "lora": 1.9, "dora": 2.4, "qlora": 2.4}
FORWARD_SHARE = 1 / 3  # of what a step asks for
ADAM_BYTES_A_SECOND = 5.6e9  # an optimizer step moves weight, gradient and two moments
ADAM_BYTES = 28
PROCESS_BYTES = 560 * 10**6  # Python with torch, transformers and scikit-learn, before any model
DRIVER_BYTES = 650 * 10**6  # what a GPU's memory holds before any model
TOKENIZER_BYTES = 1_200  # a piece of the vocabulary: measured on 30,000, 49,000 and 250,000 of them
# For products in bfloat16 the CPU's library keeps a program of its own for every shape that it has met, but no more
# than so many: for the layers below one for each kind of map and length of text, for those that are trained three.
KERNEL_BYTES, KERNELS = 850_000, 1_024
FORMAT_TOKENS = 30  # of a prompt format around instruction and answer
START_SECONDS = {"cpu": 12.0, "cuda": 24.0, "mps": 14.0}  # imports, loading, saving the bundle
EVALUATIONS = 10  # on the validation rows, over a whole run
# Logistic regression on word and character n-grams, its C chosen on validation: for a row of 16 tokens and one class.
BASELINE_SECONDS = 3e-4
# What measured runs took at least and at most, as shares of it: docs/benchmarks.md, "What training will cost".
SPREAD = (0.7, 1.7)
ACTIVATIONS = 20  # floats a token, layer and unit of width that the backward pass needs
# Floats a token, layer, head of attention and other token: what the backward pass needs of who looks at whom.
ATTENTION = 4
# Floats a token and unit of width that one layer needs while it is computed without gradients: on a CPU twice as many,
# since much of its memory is free in pieces that nothing fits into.
PASSING = {"cpu": 24, "cuda": 12, "mps": 12}
MEASURED_AT_ONCE = 128  # rows in which the validation rows are measured: it needs no gradients
# Tokens of a batch that are computed at once, padding included: twice as many were no faster on two cores
# (docs/experiments.md, 27 November, night). The usual batch of 32 rows with at most 128 tokens stays in one piece. A
# GPU wants more at once.
TOKENS_AT_ONCE = {"cpu": 4_096}
KEPT_TWICE = 2  # what is mapped from disk and what was just written there both count as the process's own


@dataclass(frozen=True)
class Estimate:
    """What a training will take."""

    seconds: float  # from the start of the process to the test metrics
    memory_bytes: int  # at its peak
    parts: tuple[tuple[str, float], ...]  # seconds by part: "start", "baseline", "lower", "training", "measuring"
    trained_share: float = 1.0  # of the model's parameters, the head not counted

    @property
    def range(self) -> tuple[float, float]:
        """Seconds between which nearly every measured run stayed."""
        return self.seconds * SPREAD[0], self.seconds * SPREAD[1]


@dataclass(frozen=True)
class _Shape:
    layers: int
    hidden: int
    maps: tuple[tuple[int, int], ...]  # of a layer's linear maps: how many numbers go in, and come out
    decoder_layers: int  # of an encoder-decoder, which are all trained; they read a label, which is short
    first_token: bool  # the head reads token 0
    embeddings: int
    heads: int  # of a layer's attention

    @property
    def vocabulary(self) -> int:
        return self.embeddings // self.hidden

    @property
    def layer_parameters(self) -> int:
        return sum(read * written for read, written in self.maps)

    def trained_parameters(self, recipe: Recipe, trained: int) -> int:
        """Of the top ``trained`` layers, an encoder-decoder's decoder, and the embeddings if everything is trained."""
        # Beside its own maps, a decoder's layer has those that look at the encoder: another attention.
        number = trained + (4 / 3 if self.decoder_layers else 0) * self.decoder_layers
        if recipe.adapter != "none":
            return int(number * sum(recipe.lora_rank * (read + written) for read, written in self.maps))
        return int(number * self.layer_parameters) + (self.embeddings if recipe.trained_layers < 0 else 0)


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
    layers = trained + shape.decoder_layers
    a_layer = 2.0 * (shape.layer_parameters + 2 * tokens * shape.hidden) * tokens  # operations, forward, one row
    speed = device.gflops * 1e9 * EFFICIENCY
    learning = speed * _speed_up(recipe, device)
    steps = math.ceil(train_rows / recipe.batch_size) * recipe.epochs
    weights = shape.trained_parameters(recipe, trained)
    factor = TRAINING_FACTOR if recipe.adapter == "none" else ADAPTER_FACTOR
    # Of a text, a layer of the decoder reads what the encoder made of it: two maps of its width a token.
    upper += shape.decoder_layers * 2 * shape.hidden**2 / shape.layer_parameters
    computing = train_rows * recipe.epochs * upper * a_layer * factor / learning
    held_out = (rows - train_rows) / 2
    parts = (
        ("start", START_SECONDS[device.name] + model.parameters * FLOAT / 1e9),
        ("baseline", BASELINE_SECONDS * train_rows * classes**0.5 * max(1.0, tokens / 16)),
        ("lower", rows * lower * a_layer / speed),
        ("training", steps * STEP_SECONDS + _learning(computing, steps, layers, weights, recipe, device)),
        ("measuring", (EVALUATIONS * held_out + held_out + train_rows) * upper * a_layer / speed),
    )
    memory = _memory(
        model,
        recipe,
        shape,
        device,
        lengths=token_lengths(texts, recipe.max_length),
        rows=rows if lower else 0,
        held_out=held_out,
        upper=upper,
        weights=weights,
        steps=steps,
    )
    return Estimate(sum(seconds for _, seconds in parts), memory, parts, min(1.0, weights / model.parameters))


# What writing adds to a run: tokens a second, greedily, several at once, of a model with 100 million parameters.
WRITTEN_A_SECOND = 60.0
WRITTEN_FASTER = {"cpu": 1, "cuda": 4, "mps": 2}  # than on a CPU; an H100, answers of 96 tokens, five at once
SHOWN_ANSWERS, MEASUREMENTS = 5, 3
CONTINUED_TOKENS = 48  # of a text that a model goes on with, to be looked at
_ENDLESS = 10**9  # tokens: nothing is cut


def estimate_writing(
    model: Model,
    recipe: Recipe,
    *,
    train_rows: int,
    tested: int,
    asked: Sequence[str],
    answers: Sequence[str],
    device: Device,
) -> Estimate:
    """Seconds and bytes of teaching a model to write: as ``estimate``.

    Args:
        train_rows: rows that are trained on.
        tested: rows that are answered at the end, by the model and by its base.
        asked: the instructions of the training rows, or of a fair part of them.
        answers: their answers.
    """
    shape = _shape(model)
    answer = mean_tokens(answers, recipe.max_length)
    tokens = min(recipe.max_length, mean_tokens(asked, recipe.max_length) + answer + FORMAT_TOKENS)
    trained = shape.layers if recipe.trained_layers < 0 else min(recipe.trained_layers, shape.layers)
    layers = shape.layers + shape.decoder_layers
    a_row = (
        2.0 * layers * (shape.layer_parameters + 2 * tokens * shape.hidden) * tokens + 2.0 * shape.embeddings * answer
    )
    speed = device.gflops * 1e9 * EFFICIENCY
    learning = speed * _speed_up(recipe, device)
    steps = math.ceil(train_rows / recipe.batch_size) * recipe.epochs
    weights = shape.trained_parameters(recipe, trained)
    factor = TRAINING_FACTOR if recipe.adapter == "none" else ADAPTER_FACTOR
    computing = train_rows * recipe.epochs * a_row * factor / learning
    writing = WRITTEN_A_SECOND * (1e8 / model.parameters) * WRITTEN_FASTER[device.name]
    parts = (
        ("start", START_SECONDS[device.name] + model.parameters * FLOAT / 1e9),
        ("training", _learning(computing, steps, layers, weights, recipe, device)),
        ("measuring", (MEASUREMENTS + 2) * tested * (a_row / speed + FORWARD_SHARE * _asking(layers, recipe, device))),
        ("writing", (2 * tested + MEASUREMENTS * SHOWN_ANSWERS) * answer / writing),
    )
    at_once = recipe.batch_size * min(recipe.max_length, 2 * tokens)
    activations = at_once * (layers * shape.hidden * ACTIVATIONS + shape.embeddings / shape.hidden)
    # Where the memory is the machine's own, the file of the weights, mapped, counts too.
    held = (1 if device.name == "cuda" else 2) * model.parameters * FLOAT
    if recipe.adapter == "qlora":
        # Learning holds the layers in four bits; answering afterwards the whole model in bfloat16.
        learning = shape.embeddings * FLOAT + (model.parameters - shape.embeddings) * FOUR_BITS
        held = int(max(learning, model.parameters * FLOAT / 2))
    memory = int(_process(shape, device) + held + (3 * weights + activations) * FLOAT)
    return Estimate(sum(seconds for _, seconds in parts), memory, parts, min(1.0, weights / model.parameters))


HIDDEN_SHARE = 0.15  # of the tokens, that an encoder is asked about
COPIES = 3  # of what a model says of every word for a token: itself, its logarithm, its gradient


def estimate_reading(
    model: Model, recipe: Recipe, *, train_rows: int, measured: int, texts: Sequence[str], device: Device
) -> Estimate:
    """Seconds and bytes of letting a model learn from texts alone: as ``estimate``.

    Args:
        train_rows: rows that are trained on.
        measured: validation and test rows that are measured, each by the model at several times.
        texts: of the training rows, or of a fair part of them; long ones are read in pieces, to their end.
    """
    shape = _shape(model)
    whole = mean_tokens(texts, _ENDLESS)
    piece = min(float(recipe.max_length), whole)
    trained = shape.layers if recipe.trained_layers < 0 else min(recipe.trained_layers, shape.layers)
    layers = shape.layers + shape.decoder_layers
    asked = whole if model.family == "decoder" else HIDDEN_SHARE * whole
    a_row = 2.0 * layers * (shape.layer_parameters + 2 * piece * shape.hidden) * whole + 2.0 * shape.embeddings * asked
    speed = device.gflops * 1e9 * EFFICIENCY
    learning = speed * _speed_up(recipe, device)
    steps = math.ceil(train_rows * whole / piece / recipe.batch_size) * recipe.epochs
    weights = shape.trained_parameters(recipe, trained)
    factor = TRAINING_FACTOR if recipe.adapter == "none" else ADAPTER_FACTOR
    computing = train_rows * recipe.epochs * a_row * factor / learning
    writing = WRITTEN_A_SECOND * (1e8 / model.parameters) * WRITTEN_FASTER[device.name]
    shown = SHOWN_ANSWERS * CONTINUED_TOKENS if model.family == "decoder" else 0
    parts = (
        ("start", START_SECONDS[device.name] + model.parameters * FLOAT / 1e9),
        ("training", _learning(computing, steps, layers, weights, recipe, device)),
        ("measuring", (recipe.epochs + 2) * measured * a_row / speed),
        ("writing", (recipe.epochs + 2) * shown / writing),
    )
    at_once = recipe.batch_size * piece
    spoken = at_once * (asked / whole) * COPIES * shape.embeddings / shape.hidden
    memory = int(
        _process(shape, device)
        + (2 * model.parameters + 3 * weights + at_once * layers * shape.hidden * ACTIVATIONS + spoken) * FLOAT
    )
    return Estimate(sum(seconds for _, seconds in parts), memory, parts, min(1.0, weights / model.parameters))


# Below these a recipe learns little or slowly; another model is the better way out.
_FEWEST_ROWS, _SHORTEST = 4, 32


def shrunk(recipe: Recipe, fits: Callable[[Recipe], bool]) -> Recipe | None:
    """``recipe`` with as little changed as makes it fit: fewer rows at once, then fewer layers, then shorter texts.

    None where nothing of that is enough: the model itself is too large.
    """
    while not fits(recipe):
        if recipe.batch_size > _FEWEST_ROWS:
            recipe = replace(recipe, batch_size=max(_FEWEST_ROWS, recipe.batch_size // 2))
        elif recipe.trained_layers not in (0, 1, 2):
            recipe = replace(recipe, trained_layers=2)
        elif recipe.max_length > _SHORTEST:
            recipe = replace(recipe, max_length=max(_SHORTEST, recipe.max_length // 2))
        else:
            return None
    return recipe


_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7af]+")


def mean_tokens(texts: Sequence[str], longest: int) -> float:
    """Tokens of an average text, cut at ``longest``, judged by its characters: opening a tokenizer takes a second.

    A Chinese character is about 0.7 tokens, of other writing about four characters are one; two tokens are marks.
    """
    lengths = token_lengths(texts, longest)
    return sum(lengths) / len(lengths)


def token_lengths(texts: Sequence[str], longest: int) -> list[float]:
    """Of the first 2,000 texts, as ``mean_tokens`` judges them; without a text, of one that is as long as can be."""
    lengths = []
    for text in texts[:2_000]:
        wide = sum(map(len, _WIDE.findall(text)))
        lengths.append(min(longest, 2 + 0.7 * wide + (len(text) - wide) / 4))
    return lengths or [float(longest)]


def _memory(
    model: Model,
    recipe: Recipe,
    shape: _Shape,
    device: Device,
    *,
    lengths: Sequence[float],
    rows: int,
    held_out: float,
    upper: float,
    weights: int,
    steps: int,
) -> int:
    """Bytes at the peak: the process, the weights, what training keeps of each weight, and of each token.

    Args:
        lengths: tokens of the texts, or of a fair part of them.
        rows: whose lower layers are kept.
        held_out: validation rows.
        upper: trained layers, in whole ones.
        weights: trained parameters.
        steps: of the run.
    """
    mean = sum(lengths) / len(lengths)
    on_cpu = device.name == "cpu"
    # On a GPU one run was measured, and this is how it was foretold (docs/benchmarks.md, "On a GPU").
    longest = max(lengths) if on_cpu else min(recipe.max_length, 2 * mean)
    most = max(longest, TOKENS_AT_ONCE.get(device.name, math.inf))
    learning = min(most, recipe.batch_size * longest)
    measuring = min(most, min(MEASURED_AT_ONCE, held_out) * longest)
    around = _process(shape, device)
    a_token = shape.hidden * ACTIVATIONS  # floats that a layer keeps for learning
    if on_cpu:
        # A GPU computes attention again instead.
        a_token += int(shape.heads * longest * ATTENTION)
        if recipe.precision == "bfloat16":
            around += _kernels(shape, {int(length) for length in lengths}, rows > 0, upper > 0.5, steps)
            # The layers below in this format, while they are computed.
            around += 2 * int(shape.layer_parameters * (shape.layers - upper)) if rows else 0
    kept = rows * mean * shape.hidden * KEPT_TWICE  # outputs of the layers below, from disk
    # Of each trained weight its gradient, two moments and, where it is taken, the average.
    of_weights = (4 if recipe.averaging else 3) * weights
    passing = learning * upper * a_token + measuring * shape.hidden * PASSING[device.name]
    return int(around + (model.parameters + of_weights + kept + passing) * FLOAT)


def _process(shape: _Shape, device: Device) -> int:
    """Bytes before any model; a tokenizer is never on a GPU."""
    if device.name == "cpu":
        return PROCESS_BYTES + TOKENIZER_BYTES * shape.vocabulary
    return DRIVER_BYTES


def _kernels(shape: _Shape, lengths: set[int], lower: bool, learning: bool, steps: int) -> int:
    """Bytes of the programs that the CPU's library keeps for products in bfloat16."""
    kinds = len(set(shape.maps))
    shapes = kinds * (len(lengths) * lower + 3 * min(len(lengths), steps) * learning)
    return KERNEL_BYTES * min(KERNELS, shapes)


def _speed_up(recipe: Recipe, device: Device) -> float:
    """How much faster than in float32 a training is in the recipe's number format."""
    if recipe.precision == "float32" or not device.bfloat16_gflops:
        return 1.0
    return 1 / (PRODUCTS * device.gflops / device.bfloat16_gflops + 1 - PRODUCTS)


def _learning(computing: float, steps: int, trained: int, weights: int, recipe: Recipe, device: Device) -> float:
    """Seconds of all steps: what is computed or asked for, whichever takes longer, and what the optimizer moves."""
    moving = steps * weights * ADAM_BYTES / _bandwidth(device)
    return max(computing, steps * _asking(trained, recipe, device)) + moving


def _asking(layers: int, recipe: Recipe, device: Device) -> float:
    """Seconds in which a GPU is asked for all that a step needs; a CPU computes while it asks."""
    return layers * ASKING_SECONDS * ASKED[recipe.adapter] if device.name == "cuda" else 0.0


def _bandwidth(device: Device) -> float:
    return ADAM_BYTES_A_SECOND * (1 if device.name == "cpu" else 100)


def _shape(model: Model) -> _Shape:
    config = json.loads((Path(model.path) / "config.json").read_text(encoding="utf-8"))
    hidden = _first(config, "hidden_size", "n_embd", "dim", "d_model")
    layers = _first(config, "num_hidden_layers", "n_layer", "n_layers", "num_layers")
    inner = _first(config, "intermediate_size", "n_inner", "hidden_dim", "d_ff", default=4 * hidden)
    heads = _first(config, "num_attention_heads", "n_head", "n_heads", "num_heads")
    size = config.get("head_dim") or config.get("d_kv") or hidden // heads
    groups = config.get("num_key_value_heads") or heads
    # Gated feed-forward layers have three matrices instead of two.
    gated = config["model_type"] in _GATED or str(config.get("feed_forward_proj", "")).startswith("gated")
    attention = ((hidden, heads * size), (hidden, groups * size), (hidden, groups * size), (heads * size, hidden))
    return _Shape(
        layers=layers,
        hidden=hidden,
        maps=attention + ((hidden, inner),) * (2 if gated else 1) + ((inner, hidden),),
        decoder_layers=_first(config, "num_decoder_layers", "num_layers") if config.get("is_encoder_decoder") else 0,
        first_token=config["model_type"] in _READS_FIRST_TOKEN,
        embeddings=config["vocab_size"] * hidden,
        heads=heads,
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
