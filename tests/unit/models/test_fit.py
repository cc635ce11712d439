"""The estimate grows with what costs, and its memory covers what is held."""

import dataclasses
import json
from pathlib import Path

import pytest

from pipeline.models.devices import Device
from pipeline.models.fit import Estimate, estimate, estimate_writing, mean_tokens, shrunk
from pipeline.models.store import Model
from pipeline.runs.spec import Recipe

CPU = Device("cpu", "a CPU", 8 * 10**9, 60.0, 40.0, 2)
GPU = Device("cuda", "a GPU", 80 * 10**9, 40_000.0, 300_000.0, 0)
TEXTS = ["my printer cannot connect to the network since this morning, please help"] * 50


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return encoder(tmp_path, layers=12, vocabulary=250_037, parameters=117_000_000)


def encoder(folder: Path, *, layers: int, vocabulary: int, parameters: int) -> Model:
    config = {
        "model_type": "bert", "hidden_size": 384, "num_hidden_layers": layers, "num_attention_heads": 12,
        "intermediate_size": 1536, "vocab_size": vocabulary,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    return Model("m", folder, "encoder", parameters, ("en",), "MIT", 512, "f", False)


def decoder(folder: Path, *, layers: int, hidden: int, inner: int, heads: int, groups: int, parameters: int) -> Model:
    config = {
        "model_type": "llama", "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads,
        "num_key_value_heads": groups, "intermediate_size": inner, "vocab_size": 49_152,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    return Model("m", folder, "decoder", parameters, ("en",), "", 2048, "f", False)


def cost(model: Model, device: Device = CPU, rows: int = 4000, texts: list[str] = TEXTS, **changed: object) -> Estimate:
    recipe = dataclasses.replace(Recipe(), **changed)  # type: ignore[arg-type]
    return estimate(model, recipe, rows=rows, train_rows=rows * 7 // 10, texts=texts, classes=10, device=device)


def test_the_parts_add_up(model: Model) -> None:
    found = cost(model)
    assert found.seconds == pytest.approx(sum(seconds for _, seconds in found.parts))
    assert [name for name, _ in found.parts] == ["start", "baseline", "lower", "training", "measuring"]
    assert all(seconds >= 0 for _, seconds in found.parts)


@pytest.mark.parametrize("costlier", [{"rows": 8000}, {"epochs": 10}, {"trained_layers": 4}, {"trained_layers": -1}])
def test_more_work_takes_longer(model: Model, costlier: dict[str, int]) -> None:
    assert cost(model, **costlier).seconds > cost(model).seconds  # type: ignore[arg-type]


def test_the_range_lies_around_the_estimate(model: Model) -> None:
    shortest, longest = cost(model).range
    assert 0 < shortest < cost(model).seconds < longest


def test_a_faster_device_takes_less(model: Model) -> None:
    assert cost(model, GPU).seconds < cost(model).seconds


def test_products_in_bfloat16_shorten_the_training_and_nothing_else(model: Model) -> None:
    able = dataclasses.replace(CPU, bfloat16_gflops=4 * CPU.gflops)
    plain, short = (dict(cost(model, able, precision=name).parts) for name in ("float32", "bfloat16"))
    longer, shorter = plain.pop("training"), short.pop("training")
    assert 0.4 * longer < shorter < longer
    assert plain == short
    without = dataclasses.replace(CPU, bfloat16_gflops=0.0)
    assert cost(model, without, precision="bfloat16").parts == cost(model).parts


def test_products_in_bfloat16_keep_programs_for_every_shape_up_to_a_bound(model: Model) -> None:
    def kept(texts: list[str], device: Device = CPU, **changed: object) -> int:
        plain, short = (
            cost(model, device, texts=texts, precision=precision, **changed).memory_bytes
            for precision in ("float32", "bfloat16")
        )
        return short - plain

    varied = ["word " * count for count in range(2, 100)]
    assert 0 < kept(TEXTS) < kept(varied) / 4
    assert kept(varied, max_length=4_000) < 2**30
    assert kept(varied, GPU) == 0


def test_on_a_gpu_memory_is_about_what_a_run_took_there(tmp_path: Path) -> None:
    small = encoder(tmp_path, layers=6, vocabulary=30_522, parameters=22_700_000)
    # sms_spam on an H100: docs/benchmarks.md, "On a GPU"
    recipe = {"trained_layers": 2, "batch_size": 64, "precision": "bfloat16"}
    said = cost(small, GPU, rows=4481, texts=["word " * 16] * 100, **recipe).memory_bytes  # type: ignore[arg-type]
    assert said == pytest.approx(1.37e9, rel=0.25)


@pytest.mark.parametrize(
    ("adapter", "seconds", "gigabytes"), [("none", 80, 3.66), ("lora", 125, 2.77)], ids=["all layers", "lora"]
)
def test_on_a_gpu_learning_to_write_costs_about_what_runs_took_there(
    tmp_path: Path, adapter: str, seconds: float, gigabytes: float
) -> None:
    writer = decoder(tmp_path, layers=30, hidden=576, inner=1536, heads=9, groups=3, parameters=134_515_008)
    recipe = Recipe(
        trained_layers=-1, epochs=2, batch_size=8, max_length=512, precision="bfloat16", adapter=adapter, lora_rank=16
    )
    # rasbt_instruct on an H100: docs/benchmarks.md, "On a GPU"
    texts = ["word " * 10]
    said = estimate_writing(writer, recipe, train_rows=935, tested=8, asked=texts, answers=texts, device=GPU)
    assert said.memory_bytes == pytest.approx(gigabytes * 1e9, rel=0.25)
    assert said.range[0] < seconds < said.range[1]


def test_a_batch_of_long_texts_needs_no_more_than_its_pieces(model: Model) -> None:
    def memory(device: Device, batch: int) -> int:
        return cost(model, device, 400, ["word " * 2000], batch_size=batch, max_length=512).memory_bytes

    assert memory(CPU, 8) == memory(CPU, 64)
    assert memory(GPU, 8) < memory(GPU, 64)


def test_training_everything_keeps_no_lower_layers_and_needs_more_memory(model: Model) -> None:
    everything = cost(model, trained_layers=-1)
    assert dict(everything.parts)["lower"] == 0
    assert everything.memory_bytes > cost(model).memory_bytes + 2 * 4 * 96_000_000  # moments of the embeddings


def test_the_share_that_is_trained_follows_the_layers_and_adapters(model: Model) -> None:
    shares = [cost(model, trained_layers=number).trained_share for number in (0, 3, 12, -1)]
    assert shares[0] == 0
    assert shares == sorted(set(shares))
    assert shares[1] == pytest.approx(3 * 12 * 384**2 / 117_000_000)
    lora = cost(model, trained_layers=3, adapter="lora", lora_rank=8)
    assert lora.trained_share == pytest.approx(3 * 8 * (4 * 2 + 2 * 5) * 384 / 117_000_000)
    assert lora.memory_bytes < cost(model, trained_layers=3).memory_bytes


def test_memory_covers_weights_and_grows_with_the_batch(model: Model) -> None:
    assert cost(model).memory_bytes > 4 * model.parameters
    assert cost(model, batch_size=256).memory_bytes > cost(model).memory_bytes


def test_layers_in_four_bits_need_less_memory_than_whole_ones(tmp_path: Path) -> None:
    large = decoder(tmp_path, layers=24, hidden=2048, inner=8192, heads=32, groups=32, parameters=1_700_000_000)

    def memory(adapter: str) -> int:
        recipe = Recipe(adapter=adapter, trained_layers=-1, batch_size=4, max_length=256)
        rows = {"train_rows": 1000, "tested": 100}
        return estimate_writing(large, recipe, **rows, asked=TEXTS, answers=TEXTS, device=GPU).memory_bytes

    # Afterwards the whole model answers in bfloat16: no less than that.
    assert 2 * large.parameters < memory("qlora") <= memory("lora") - 2 * large.parameters


def test_what_does_not_fit_is_shrunk_by_rows_first_then_layers_then_length() -> None:
    whole = Recipe(batch_size=64, trained_layers=12, max_length=128)
    rows = shrunk(whole, lambda recipe: recipe.batch_size <= 16)
    assert rows == dataclasses.replace(whole, batch_size=16)
    layers = shrunk(whole, lambda recipe: recipe.trained_layers <= 2)
    assert layers == dataclasses.replace(whole, batch_size=4, trained_layers=2)
    length = shrunk(whole, lambda recipe: recipe.max_length < 64)
    assert length == dataclasses.replace(whole, batch_size=4, trained_layers=2, max_length=32)
    assert shrunk(whole, lambda recipe: True) == whole
    assert shrunk(whole, lambda recipe: False) is None


def test_tokens_are_guessed_by_script_and_cut() -> None:
    assert 14 < mean_tokens(TEXTS, 128) < 24
    assert 5 < mean_tokens(["打印机无法连接"], 128) < 9
    assert mean_tokens(["word " * 1000], 64) == 64
    assert mean_tokens([], 64) == 64


@pytest.mark.parametrize(
    "config",
    [
        {"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 2, "vocab_size": 100},
        {"model_type": "distilbert", "dim": 64, "n_layers": 2, "n_heads": 2, "hidden_dim": 128, "vocab_size": 100},
        {
            "model_type": "t5", "d_model": 64, "num_layers": 2, "num_heads": 2, "d_ff": 128, "vocab_size": 100,
            "is_encoder_decoder": True, "feed_forward_proj": "gated-gelu", "d_kv": 16,
        },
        {
            "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 100,
        },
    ],
    ids=lambda config: config["model_type"],
)  # fmt: skip
def test_every_family_can_be_estimated(model: Model, config: dict[str, object]) -> None:
    (model.path / "config.json").write_text(json.dumps(config))
    assert cost(model).seconds > 0
