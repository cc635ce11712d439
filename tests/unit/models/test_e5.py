"""The 4-bit container becomes a model that computes with exactly the numbers that it holds."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.models.formats.e5 import convert
from pipeline.models.load import load_encoder, load_tokenizer

HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS = 32, 1, 2, 64, 10, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁打印机", "连", "▁hello", "▁world", "<mask>"]


def quantised(random: np.random.Generator, count: int) -> tuple[bytes, np.ndarray]:
    """Blocks of 32: a half-precision scale, then 16 bytes with weight j low and weight j + 16 high."""
    scales = (random.random(count // 32) * 0.05 + 0.01).astype("<f2")
    numbers = random.integers(0, 16, (count // 32, 32)).astype(np.uint8)
    packed = numbers[:, :16] | (numbers[:, 16:] << 4)
    content = b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales, packed, strict=True))
    return content, ((numbers.astype(np.float32) - 8) * scales.astype(np.float32)[:, None]).ravel()


def write_container(path: Path) -> dict[str, np.ndarray]:
    """Returns the tensors that the container holds."""
    random = np.random.default_rng(0)
    matrices = {"emb.word": VOCABULARY * HIDDEN, "emb.pos": POSITIONS * HIDDEN, "emb.type": 2 * HIDDEN}
    vectors = {"emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for part, size in {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": INNER, "fo": INNER}.items():
        matrices[f"l0.{part}.w"] = size * HIDDEN
        vectors[f"l0.{part}.b"] = INNER if part == "fi" else HIDDEN
    for norm in ("aln", "oln"):
        vectors |= {f"l0.{norm}.w": HIDDEN, f"l0.{norm}.b": HIDDEN}
    packed = {name: (1, *quantised(random, count)) for name, count in matrices.items()}
    for name, count in vectors.items():
        values = random.standard_normal(count).astype("<f4")
        packed[name] = (0, values.tobytes(), values)

    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets.tobytes()
    head += np.linspace(0, -5, len(PIECES)).astype("<f4").tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 65, 1, 97)
    head += struct.pack("<i", len(packed))
    start = len(head) + sum(2 + len(name) + 1 + 4 + 8 + 8 for name in packed)
    directory, data = b"", b""
    for name, (kind, content, values) in packed.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, values.size, start + len(data), len(content))
        data += content
    path.write_bytes(head + directory + data)
    return {name: values for name, (_, _, values) in packed.items()}


@pytest.fixture
def converted(tmp_path: Path) -> tuple[Path, dict[str, np.ndarray]]:
    tensors = write_container(tmp_path / "tiny.bin")
    (tmp_path / "model").mkdir()
    convert(tmp_path / "tiny.bin", tmp_path / "model")
    return tmp_path / "model", tensors


def test_every_number_arrives(converted: tuple[Path, dict[str, np.ndarray]]) -> None:
    folder, tensors = converted
    state = {name: value.numpy() for name, value in load_encoder(folder).state_dict().items()}
    assert np.array_equal(state["embeddings.word_embeddings.weight"].ravel(), tensors["emb.word"])
    layer = "encoder.layer.0."
    for ours, theirs in {
        "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v",
        "attention.output.dense": "ao", "attention.output.LayerNorm": "aln", "intermediate.dense": "fi",
        "output.dense": "fo", "output.LayerNorm": "oln",
    }.items():  # fmt: skip
        assert np.array_equal(state[f"{layer}{ours}.weight"].ravel(), tensors[f"l0.{theirs}.w"]), ours
        assert np.array_equal(state[f"{layer}{ours}.bias"], tensors[f"l0.{theirs}.b"]), ours
    assert state[f"{layer}output.dense.weight"].shape == (HIDDEN, INNER)


def test_the_settings_of_the_container_are_the_model_s(converted: tuple[Path, dict[str, np.ndarray]]) -> None:
    config = json.loads((converted[0] / "config.json").read_text())
    assert (config["hidden_size"], config["num_attention_heads"], config["pad_token_id"]) == (HIDDEN, HEADS, 1)
    assert config["layer_norm_eps"] == pytest.approx(1e-12)


def test_the_tokenizer_frames_joins_and_normalises(converted: tuple[Path, dict[str, np.ndarray]]) -> None:
    tokenizer = load_tokenizer(converted[0])
    assert tokenizer("hello   world")["input_ids"] == [0, 7, 8, 2]
    assert tokenizer("ｈｅｌｌｏ")["input_ids"] == [0, 7, 2]
    assert tokenizer("打印机连")["input_ids"] == [0, 5, 6, 2]
    assert (tokenizer.pad_token_id, tokenizer.model_max_length) == (1, POSITIONS)
    assert "token_type_ids" not in tokenizer("hello")


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelError, match=r"x\.bin is not the model file"):
        convert(tmp_path / "x.bin", tmp_path)
