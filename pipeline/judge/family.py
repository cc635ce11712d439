"""Which models are kin, and which are too small to judge, by their names alone. Asks nobody.

Judges prefer what their own family writes (Panickssery et al. 2024, "LLM Evaluators Recognize and Favor Their Own
Generations"), and small ones agree with people hardly better than chance.
"""

import re

SMALL = 3_000_000_000  # parameters; below it a judge is weak

# Family and what its names have in them; the first that is found furthest to the left counts.
_FAMILIES = {
    "smollm": "smollm",
    "qwen": "qwen|qwq",
    "gpt": "gpt|openai|^o[134]\\b",
    "gemma": "gemma",
    "gemini": "gemini",
    "claude": "claude",
    "llama": "llama|vicuna|alpaca",
    "mistral": "mi[sx]tral|ministral|magistral",
    "deepseek": "deepseek",
    "phi": "\\bphi",
    "glm": "glm",
    "baichuan": "baichuan",
    "internlm": "internlm",
    "yi": "\\byi\\b",
    "minicpm": "minicpm",
    "kimi": "kimi|moonshot",
    "ernie": "ernie",
    "hunyuan": "hunyuan",
    "doubao": "doubao",
    "grok": "grok",
    "command": "command-|\\bc4ai",
    "t5": "\\w*t5",
    "bert": "\\w*bert|minilm|minirbt|\\be5\\b",
}
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)\s*([bm])(?![a-z0-9])")
_UNITS = {"b": 1_000_000_000, "m": 1_000_000}


def family_of(model: str) -> str:
    """The family of a model: "qwen" for Qwen2.5-7B; of one that is not known, the first word of its name; "" for ""."""
    name = model.rpartition("/")[2].lower()
    found = [
        (match.start(), -len(match.group()), family)
        for family, pattern in _FAMILIES.items()
        if (match := re.search(pattern, name))
    ]
    if found:
        return min(found)[2]
    first = re.match(r"[^\W\d_]+", name)
    return first.group() if first else name


def parameters_of(model: str) -> int | None:
    """How many parameters the name says that a model has: 500,000,000 for qwen2.5:0.5b; None where it says nothing."""
    sizes = _SIZE.findall(model.lower())
    return int(float(sizes[-1][0]) * _UNITS[sizes[-1][1]]) if sizes else None
