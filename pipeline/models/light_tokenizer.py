"""A model's tokenizer and chat template without transformers: for pages, which have to open at once.

Gives the same tokens (a test compares). Knows what ``templates.formats`` asks of a tokenizer and nothing else.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from pipeline.errors import N_, ModelError


class LightTokenizer:
    """The tokenizer of a model's folder.

    Raises:
        ModelError: the folder holds none that can be read without the library.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
        except Exception as error:  # the library raises nothing more precise
            raise ModelError(
                N_("The tokenizer of {folder} cannot be read here: no preview. Training may still read it."),
                folder=folder.name,
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._marks = {name: _text(config.get(name)) for name in ("bos_token", "eos_token", "unk_token", "pad_token")}
        self.eos_token = self._marks["eos_token"]
        template = folder / "chat_template.jinja"
        self.chat_template: str | None = (
            template.read_text(encoding="utf-8") if template.is_file() else _text(config.get("chat_template"))
        )

    def __call__(self, text: str, **options: Any) -> dict[str, list[int]]:
        """``{"input_ids": [...]}``; options as transformers has them: add_special_tokens, split_special_tokens."""
        self._tokenizer.encode_special_tokens = bool(options.get("split_special_tokens", False))
        marked = bool(options.get("add_special_tokens", True))
        return {"input_ids": self._tokenizer.encode(text, add_special_tokens=marked).ids}

    def decode(self, ids: list[int]) -> str:
        """The text of some tokens, special ones too."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=False)
        return text

    def apply_chat_template(self, conversation: list[dict[str, str]], **options: Any) -> str:
        """The conversation as one text, with ``add_generation_prompt``; raises what the template raises."""
        marks = {name: value for name, value in self._marks.items() if value}
        asks = bool(options.get("add_generation_prompt", False))
        return _compiled(self.chat_template or "").render(
            messages=conversation, add_generation_prompt=asks, tools=None, documents=None, **marks
        )


def _text(value: Any) -> str | None:
    """A token as its file has it: a string, or an object around one."""
    return value.get("content") if isinstance(value, dict) else value if isinstance(value, str) else None


@lru_cache(maxsize=16)
def _compiled(template: str) -> jinja2.Template:
    """As transformers compiles it (utils/chat_template_utils.py): sandboxed, and blind to how lines are broken."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = lambda value, **_: json.dumps(value, ensure_ascii=False)
    environment.globals["raise_exception"] = _refuse
    return environment.from_string(template)


def _refuse(message: str) -> None:
    raise jinja2.TemplateError(message)
