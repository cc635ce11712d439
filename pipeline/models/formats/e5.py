"""The 4-bit container ``e5-small-q4.bin`` (magic E5S1) becomes a ``BertModel`` with an XLM-R Unigram tokenizer.

Knows the container's layout only; little-endian throughout. The tensors are unpacked to float32, because a
product of a 4-bit number and a 16-bit scale does not fit into 16 bits without rounding.
"""

import itertools
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import N_, ModelError

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
Q4_0 = 1  # the other type, 0, is plain float32


@dataclass(frozen=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class _Cursor:
    """Reads fixed-size values one after the other."""

    def __init__(self, content: memoryview) -> None:
        self.content = content
        self.at = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        """The next values in ``struct`` notation."""
        found = struct.unpack_from("<" + layout, self.content, self.at)
        self.at += struct.calcsize("<" + layout)
        return found

    def block(self, size: int) -> memoryview:
        """The next ``size`` bytes."""
        self.at += size
        return self.content[self.at - size : self.at]


def convert(container: Path, folder: Path) -> None:
    """Write config.json, model.safetensors and the tokenizer files into ``folder``.

    Raises:
        ModelError: the file is not such a container.
    """
    from safetensors.numpy import save_file

    cursor = _Cursor(memoryview(container.read_bytes()))
    if bytes(cursor.block(4)) != MAGIC:
        raise ModelError(
            N_("{file} is not the model file that was expected. Download the model again."), file=container.name
        )
    header = _read_header(cursor)
    pieces, special = _read_pieces(cursor)
    _skip_normalisation(cursor)
    tensors = _read_tensors(cursor)
    _write_config(header, special["pad"], folder)
    _write_tokenizer(pieces, special, header.positions, folder)
    save_file(
        {_bert_name(name): _shaped(name, flat, header) for name, flat in tensors.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )


def _read_header(cursor: _Cursor) -> _Header:
    cursor.values("I")  # version
    sizes = cursor.values("7i")
    (epsilon,) = cursor.values("f")
    cursor.values("i")  # block length, BLOCK in every file of this version
    hidden, layers, heads, feed_forward, vocabulary, positions, types = sizes
    return _Header(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)


def _read_pieces(cursor: _Cursor) -> tuple[list[tuple[str, float]], dict[str, int]]:
    count, bos, eos, pad, unknown = cursor.values("5i")
    (length,) = cursor.values("Q")
    offsets = np.frombuffer(cursor.block(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.block(4 * count), "<f4")
    blob = bytes(cursor.block(length))
    texts = [blob[start:end].decode("utf-8") for start, end in itertools.pairwise(offsets)]
    return list(zip(texts, scores.astype(float).tolist(), strict=True)), {
        "bos": bos,
        "eos": eos,
        "pad": pad,
        "unk": unknown,
    }


def _skip_normalisation(cursor: _Cursor) -> None:
    # A table of code points; the normaliser of the tokenizers library does the same by rule.
    _, length = cursor.values("iI")
    cursor.block(length)


def _read_tensors(cursor: _Cursor) -> dict[str, npt.NDArray[np.float32]]:
    (count,) = cursor.values("i")
    tensors = {}
    for _ in range(count):
        (length,) = cursor.values("H")
        name = bytes(cursor.block(length)).decode()
        kind, elements, offset, size = cursor.values("BIQQ")
        content = cursor.content[offset : offset + size]
        tensors[name] = _unpack_q4(content) if kind == Q4_0 else np.frombuffer(content, "<f4", elements).copy()
    return tensors


def _unpack_q4(content: memoryview) -> npt.NDArray[np.float32]:
    """Byte j of a block holds weight j in its low half and weight j + 16 in its high half."""
    blocks = np.frombuffer(content, np.dtype([("scale", "<f2"), ("packed", "u1", BLOCK // 2)]))
    halves = np.concatenate([blocks["packed"] & 15, blocks["packed"] >> 4], axis=1).astype(np.float32) - 8
    return np.asarray(halves * blocks["scale"].astype(np.float32)[:, None], dtype=np.float32).ravel()


_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER_PARTS[part]}.{'weight' if kind == 'w' else 'bias'}"


def _shaped(name: str, flat: npt.NDArray[np.float32], header: _Header) -> npt.NDArray[np.float32]:
    """Matrices are stored as [output, input], as PyTorch keeps them."""
    columns = {"emb.word": header.hidden, "emb.pos": header.hidden, "emb.type": header.hidden}
    if name.endswith(".w") and "ln" not in name:
        columns[name] = header.feed_forward if ".fo." in name else header.hidden
    return flat.reshape(-1, columns[name]) if name in columns else flat


def _write_config(header: _Header, pad: int, folder: Path) -> None:
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": header.hidden,
        "num_hidden_layers": header.layers,
        "num_attention_heads": header.heads,
        "intermediate_size": header.feed_forward,
        "vocab_size": header.vocabulary,
        "max_position_embeddings": header.positions,
        "type_vocab_size": header.types,
        "layer_norm_eps": header.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": pad,
        "dtype": "float32",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")


def _write_tokenizer(pieces: list[tuple[str, float]], special: dict[str, int], positions: int, folder: Path) -> None:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=special["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    names = {role: pieces[number][0] for role, number in special.items()}
    mask = AddedToken("<mask>", lstrip=True, special=True)
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in names.values()] + [mask])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{names['bos']} $A {names['eos']}",
        pair=f"{names['bos']} $A {names['eos']} {names['eos']} $B {names['eos']}",
        special_tokens=[(names["bos"], special["bos"]), (names["eos"], special["eos"])],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": positions,
        "model_input_names": ["input_ids", "attention_mask"],
        "bos_token": names["bos"],
        "cls_token": names["bos"],
        "eos_token": names["eos"],
        "sep_token": names["eos"],
        "pad_token": names["pad"],
        "unk_token": names["unk"],
        "mask_token": "<mask>",
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")
