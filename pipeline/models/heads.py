"""What a base model on disk can learn from texts alone, read from its files. Imports neither torch nor transformers."""

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

# Endings of class names of transformers whose output layer guesses hidden words; the second has it beside another.
_MASKED = ("ForMaskedLM", "ForPreTraining")
# As T5's tokenizers write them, and as mT5's do, whose vocabulary has them as words.
_SENTINELS = ("<extra_id_{number}>", "▁<extra_id_{number}>")
MOST_SENTINELS = 100
_KEPT = 16  # tokenizers that are remembered


def has_masked_head(path: Path) -> bool:
    """Whether the weights in a model's folder include what turns states into hidden words (a masked-LM head)."""
    named = _json(path / "config.json").get("architectures") or [""]
    return str(named[0]).endswith(_MASKED)


def has_sentinels(path: Path) -> bool:
    """Whether the tokenizer in a folder has T5's marks for what was cut out of a text."""
    file = path / "tokenizer.json"
    return file.is_file() and _marks_of(file, file.stat().st_mtime_ns)


def sentinels(number_of: Callable[[str], int | None], unknown: int | None) -> tuple[int, ...]:
    """The numbers of T5's marks, in their order; () where a tokenizer has none.

    Args:
        number_of: the number of a token, ``unknown`` or None for one that is not there.
        unknown: of the token that stands for whatever is not there.
    """
    for form in _SENTINELS:
        found: list[int] = []
        for number in range(MOST_SENTINELS):
            token = number_of(form.format(number=number))
            if token is None or token == unknown:
                break
            found.append(token)
        if found:
            return tuple(found)
    return ()


@lru_cache(_KEPT)
def _marks_of(file: Path, modified: int) -> bool:
    """``has_sentinels``, kept: a page asks at every click, and a vocabulary of many languages takes half a second."""
    content = _json(file)
    vocabulary = content.get("model", {}).get("vocab", {})
    words = set(vocabulary) if isinstance(vocabulary, dict) else {word for word, _ in vocabulary}
    words |= {token["content"] for token in content.get("added_tokens", [])}
    return any(form.format(number=0) in words for form in _SENTINELS)


def _json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return content
