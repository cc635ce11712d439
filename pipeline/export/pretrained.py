"""A model that has learned from texts alone, for whoever takes it over: a program that uses it, and its card.

Reads what a bundle says, loads nothing. The card is in English, as those of all exports.
"""

import json

from pipeline.runs.bundle import BundleInfo

# By the kind of model: decoder, encoder-decoder, encoder.
_CAUSAL = """from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained({folder})
model = AutoModelForCausalLM.from_pretrained({folder}).eval()
inputs = tokenizer({text}, return_tensors="pt")
written = model.generate(**inputs, max_new_tokens=60, do_sample=False)
print(tokenizer.decode(written[0], skip_special_tokens=True))"""
_SPANS = """from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained({folder})
model = AutoModelForSeq2SeqLM.from_pretrained({folder}).eval()
inputs = tokenizer({text} + " <extra_id_0>", return_tensors="pt")
written = model.generate(**inputs, max_new_tokens=20, do_sample=False)
print(tokenizer.decode(written[0]))"""
_MASKED = """from transformers import pipeline

guess = pipeline("fill-mask", model={folder})
for found in guess({text} + " " + guess.tokenizer.mask_token):
    print(found["token_str"], round(found["score"], 3))"""
_CARD = """---
library_name: transformers
pipeline_tag: {tag}
license: {licence}
---

# {title}

{what}, which has gone on learning from texts (continued pre-training) with TuneDesk on {created}. It began as
`{base_model}`.

| on test rows that it had never seen | |
|---|---|
{metrics}

{measured} Licence of the base model: {licence_said}. The training data decides what else applies.

## How to use it

It is meant to be trained further: on labels, or on instructions. What it has learned can be seen with

```python
{program}
```

It learned the column {column}, in pieces of at most {max_length} tokens.{masked}
"""
_BITS = "Bits per character tell how much a text surprises it; less is better."
_GUESSED = (
    "Of hidden tokens so many were guessed right; perplexity tells how much they surprise it, and less is better."
)


def program(info: BundleInfo, folder: str, text: str, *, encoder: bool) -> str:
    """A program that lets the model in ``folder`` go on with a text, or guess a word of it.

    Args:
        text: what it reads.
        encoder: whether it is an encoder-decoder.
    """
    form = _CAUSAL if info.format else _SPANS if encoder else _MASKED
    return form.format(folder=_string(folder), text=_string(text))


def card(info: BundleInfo, *, encoder: bool, title: str, licence: str, metrics: str, column: str, masked: str) -> str:
    """The text of README.md.

    Args:
        encoder: whether it is an encoder-decoder.
        title, metrics, column, masked: parts that all cards have, ready to be put in.
        licence: of the base model; "" where it is not known.
    """
    tag = "text-generation" if info.format else "text2text-generation" if encoder else "fill-mask"
    return _CARD.format(
        tag=tag,
        licence=licence.lower() or "unknown",
        licence_said=licence or "unknown",
        title=title,
        what="A model that continues texts" if info.format else "A model that guesses what is hidden of a text",
        created=info.created[:10],
        base_model=info.base_model,
        metrics=metrics,
        measured=_BITS if info.format else _GUESSED,
        program=program(info, "this_folder", "The beginning of a text", encoder=encoder),
        column=column,
        max_length=info.max_length,
        masked=masked,
    )


def _string(text: str) -> str:
    """On one line and in quotes, whatever is in it; what JSON writes, Python reads."""
    return json.dumps(text, ensure_ascii=False)
