"""How an exported model that writes is asked, in a few lines of Python: for its card and for the page.

Reads what a bundle says, loads nothing.
"""

import json
from pathlib import Path

from pipeline.data.conversation import single
from pipeline.runs.bundle import BundleInfo
from pipeline.templates.formats.written import (
    ALPACA,
    ALPACA_WITH_INPUT,
    BARE,
    INPUT,
    INSTRUCTION,
    PHI3,
    PLAIN,
    WrittenFormat,
    own_format,
)

CHAT = "chat"
# What ends an answer is not part of a question.
_FORMATS = {
    "alpaca": WrittenFormat(ALPACA, "", ALPACA_WITH_INPUT),
    "phi3": WrittenFormat(PHI3, ""),
    "plain": WrittenFormat(PLAIN, ""),
    "bare": WrittenFormat(BARE, ""),
}
_PROGRAM = """from transformers import {model_class}, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained({folder})
model = {model_class}.from_pretrained({folder}).eval()
{asked}
written = model.generate(**inputs, max_new_tokens=256, do_sample=False)
print(tokenizer.decode({answer}, skip_special_tokens=True))"""
# A decoder goes on with what it was asked; an encoder-decoder writes the answer alone.
_MODELS = {
    False: ("AutoModelForCausalLM", 'written[0, inputs["input_ids"].shape[1] :]'),
    True: ("AutoModelForSeq2SeqLM", "written[0]"),
}
_BY_CHAT = """messages = [{{"role": "user", "content": {question}}}]
inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)"""
_BY_PROMPT = """prompt = {prompt}
inputs = tokenizer(prompt, return_tensors="pt")"""
# Some tokenizers of encoder-decoders, such as ChatLM-mini-Chinese's, leave the end token to whoever asks.
_BY_TEXT = """prompt = {prompt}
if tokenizer("")["input_ids"][-1:] != [tokenizer.eos_token_id]:
    prompt += tokenizer.eos_token
inputs = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)"""


def has_encoder(bundle: Path) -> bool:
    """Whether the model of a bundle is an encoder-decoder."""
    return bool(json.loads((bundle / "config.json").read_text(encoding="utf-8")).get("is_encoder_decoder"))


def program(info: BundleInfo, folder: str, instruction: str, extra: str, *, encoder: bool) -> str:
    """A program that asks the model in ``folder`` one thing.

    Args:
        instruction, extra: what is asked, and what it is about; the latter is left out where the model learned none.
        encoder: as ``has_encoder`` says.
    """
    model_class, answer = _MODELS[encoder]
    about = extra if len(info.text) > 1 else ""
    if info.format == CHAT:
        asked = _BY_CHAT.format(question=_string("\n\n".join(filter(None, (instruction, about)))))
    else:
        form = _BY_TEXT if encoder else _BY_PROMPT
        asked = form.format(prompt=_string(prompt(info, instruction, about)))
    return _PROGRAM.format(folder=_string(folder), asked=asked, model_class=model_class, answer=answer)


def prompt(info: BundleInfo, instruction: str = f"{{{INSTRUCTION}}}", extra: str = f"{{{INPUT}}}") -> str:
    """What stands before the answer in a format that is words around texts."""
    form = _FORMATS.get(info.format) or own_format(info.own_format, "")
    return "".join(piece.text for piece in form.pieces(single(instruction, extra)))


def _string(text: str) -> str:
    """On one line and in quotes, whatever is in it; what JSON writes, Python reads."""
    return json.dumps(text, ensure_ascii=False)
