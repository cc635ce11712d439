"""What stands before, between and after texts for models that read one text: in the tokenizer, so that it travels.

An encoder-decoder reads a task prefix (T5 paper, section 2.4), a decoder two texts with a delimiter between them (GPT
paper, section 3.3). Both become part of the tokenizer that is saved with the model: ``tokenizer(text)`` or
``tokenizer(first, second)`` is all that whoever loads the folder has to call, and of two texts the longer one is cut.
Knows tokenizers; nothing of models and tasks.
"""

from pathlib import Path
from typing import Any

from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from pipeline.errors import N_, ModelError
from pipeline.models.load import load_tokenizer

Pieces = list[list[int] | str]  # tokens, or "$A" and "$B" where the texts stand

DELIMITER = "\n---\n"
_FIRST, _SECOND = "first: ", " second: "


def load_pair_tokenizer(path: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a decoder that compares two texts: the first, a delimiter, the second.

    Raises:
        ModelError: the folder holds none that can be read.
    """
    tokenizer = load_tokenizer(path)
    marks = tokenizer("")["input_ids"]  # what it puts before every text, such as Llama's first token
    pair: Pieces = [marks, "$A", _read(tokenizer, DELIMITER), "$B"]
    return _with_pieces(tokenizer, [marks, "$A"], pair)


def load_text_tokenizer(path: Path, prefix: str = "") -> PreTrainedTokenizerBase:
    """The tokenizer of an encoder-decoder: the prefix, the text or both texts, the end token.

    T5 learned its texts with that token at their end, and its tokenizers add it; ChatLM's leaves it to the program that
    calls it.

    Args:
        path: folder of the model.
        prefix: says what is to be done with the text, as T5's do: "classify: ".

    Raises:
        ModelError: the folder holds none that can be read, or one without an end token.
    """
    tokenizer = load_tokenizer(path)
    if tokenizer.eos_token_id is None:
        raise ModelError(
            N_("The tokenizer in {folder} has no end token, so the model could not end a label. Choose another model."),
            folder=path.name,
        )
    end = [tokenizer.eos_token_id]
    before = _read(tokenizer, prefix)
    pair: Pieces = [before, _read(tokenizer, _FIRST), "$A", _read(tokenizer, _SECOND), "$B", end]
    return _with_pieces(tokenizer, [before, "$A", end], pair)


def _read(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def _with_pieces(tokenizer: Any, single: Pieces, pair: Pieces) -> PreTrainedTokenizerBase:
    """The same tokenizer under the library's general class: special ones put their own marks back when they load."""
    pieces = [piece for piece in (*single, *pair) if isinstance(piece, list) and piece]
    special = [
        {"id": _name(piece), "ids": piece, "tokens": tokenizer.convert_ids_to_tokens(piece)}
        for piece in dict.fromkeys(map(tuple, pieces))
    ]

    def template(parts: Pieces) -> str:
        return " ".join(part if isinstance(part, str) else _name(tuple(part)) for part in parts if part)

    backend = tokenizer.backend_tokenizer
    backend.post_processor = TemplateProcessing(single=template(single), pair=template(pair), special_tokens=special)
    general: Any = PreTrainedTokenizerFast
    made: PreTrainedTokenizerBase = general(
        tokenizer_object=backend,
        model_max_length=tokenizer.model_max_length,
        model_input_names=["input_ids", "attention_mask"],  # both texts are one: nothing tells them apart but words
        padding_side="right",
        **tokenizer.special_tokens_map,
    )
    return made


def _name(piece: tuple[int, ...] | list[int]) -> str:
    return "tokens-" + "-".join(map(str, piece))
