"""A GGUF file becomes a plain model in float32 that generates with its own chat template."""

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
import transformers

from pipeline.models.formats.gguf import convert
from pipeline.models.load import load_classifier, load_tokenizer

HIDDEN, INNER, HEADS, KEYS, LAYERS, CONTEXT = 32, 64, 4, 2, 2, 64
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def write_gguf(path: Path) -> dict[str, np.ndarray]:
    """A Llama of two layers, its matrices in Q8_0. Returns the embedding and a feed-forward matrix as stored."""
    random = np.random.default_rng(0)
    pieces = [
        "<unk>",
        "<s>",
        "</s>",
        *sorted({chr(number) for number in range(33, 127)} - {"<", ">"}),
        "Ġ",
        "he",
        "hell",
    ]
    merges = ["h e", "l l", "he ll"]
    pieces += ["ll"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEYS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(HIDDEN // HEADS)
    writer.add_rope_freq_base(10_000.0)
    writer.add_vocab_size(len(pieces))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(pieces)
    writer.add_token_types([2, 3, 3] + [1] * (len(pieces) - 3))
    writer.add_token_merges(merges)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(TEMPLATE)
    stored = {}

    def add(name: str, *shape: int) -> None:
        values = random.standard_normal(shape).astype(np.float32)
        if len(shape) == 1:
            writer.add_tensor(name, values)
            return
        packed = gguf.quants.quantize(values, gguf.GGMLQuantizationType.Q8_0)
        writer.add_tensor(name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
        stored[name] = gguf.quants.dequantize(packed, gguf.GGMLQuantizationType.Q8_0)

    add("token_embd.weight", len(pieces), HIDDEN)
    for layer in range(LAYERS):
        keys = KEYS * HIDDEN // HEADS
        for part, rows, columns in (
            ("attn_q", HIDDEN, HIDDEN), ("attn_k", keys, HIDDEN), ("attn_v", keys, HIDDEN),
            ("attn_output", HIDDEN, HIDDEN),
            ("ffn_gate", INNER, HIDDEN), ("ffn_up", INNER, HIDDEN), ("ffn_down", HIDDEN, INNER),
        ):  # fmt: skip
            add(f"blk.{layer}.{part}.weight", rows, columns)
        add(f"blk.{layer}.attn_norm.weight", HIDDEN)
        add(f"blk.{layer}.ffn_norm.weight", HIDDEN)
    add("output_norm.weight", HIDDEN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return stored


@pytest.fixture
def converted(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    stored = write_gguf(tmp_path / "tiny.gguf")
    (tmp_path / "model").mkdir()
    convert(tmp_path / "tiny.gguf", tmp_path / "model")
    return tmp_path / "model", stored


def test_the_weights_arrive_unpacked(converted: tuple[Path, dict[str, np.ndarray]]) -> None:
    folder, stored = converted
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    assert type(model).__name__ == "LlamaForCausalLM"
    assert model.dtype == torch.float32
    state = model.state_dict()
    for ours, theirs in {
        "model.embed_tokens.weight": "token_embd.weight",
        "model.layers.1.mlp.down_proj.weight": "blk.1.ffn_down.weight",
        "model.layers.0.self_attn.v_proj.weight": "blk.0.attn_v.weight",
    }.items():
        assert np.allclose(state[ours].numpy(), stored[theirs]), ours
    assert "quantization_config" not in json.loads((folder / "config.json").read_text())


def test_it_can_be_saved_and_trained_like_any_other(
    converted: tuple[Path, dict[str, np.ndarray]], tmp_path: Path
) -> None:
    model = load_classifier(converted[0], ["a", "b"])
    model.save_pretrained(tmp_path / "again")
    assert (tmp_path / "again" / "model.safetensors").exists()


def test_tokenizer_and_chat_template_come_along(converted: tuple[Path, dict[str, np.ndarray]]) -> None:
    tokenizer = load_tokenizer(converted[0])
    assert tokenizer.convert_ids_to_tokens(tokenizer("hello", add_special_tokens=False)["input_ids"]) == ["hell", "o"]
    assert tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False) == "hi"
