"""The README.md of an exported model: what it is, how good it is, how to load it. Reads facts, loads nothing.

Written in English for the engineer who takes the model over, with the front matter that model hubs read.
"""

from pipeline.data.personal import MASKS, NAMES
from pipeline.errors import ModelError
from pipeline.export import pretrained, written
from pipeline.inference.saying import kind_of
from pipeline.models import catalogue, store
from pipeline.runs.bundle import BundleInfo
from pipeline.templates.columns import default_template

_CARD = """---
library_name: transformers
pipeline_tag: {tag}
license: {licence}
---

# {title}

{what}, fine-tuned from `{base_model}` with TuneDesk on {created}.

| on test rows that it had never seen | |
|---|---|
{metrics}

Licence of the base model: {licence_said}. The training data decides what else applies.

## How to use it

```python
from transformers import {model_class}, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("this_folder")
model = {model_class}.from_pretrained("this_folder").eval()
inputs = tokenizer({asked}, truncation=True, padding=True, return_tensors="pt")
{answer}
```

{pipeline}Texts are cut after {max_length} tokens, as in training: keep `truncation=True`.

{text}

{labels}{renamed}
"""
_WRITES_ANSWERS = """---
library_name: transformers
pipeline_tag: {tag}
license: {licence}
---

# {title}

A model that writes answers, fine-tuned from `{base_model}` with TuneDesk on {created}.

| on test rows that it had never seen | |
|---|---|
{metrics}

chrF, ROUGE-L and exact match compare its answers with the right ones; bits per character tell how much the right ones
surprise it, and less is better. Licence of the base model: {licence_said}. The training data decides what else applies.

## How to use it

```python
{program}
```

It learned {learned}, from texts of at most {max_length} tokens, the answer included. {format}
"""
_BY_ROW = "to answer the column {instruction}{about} as the column {label} does"
_BY_CONVERSATION = "to say what the assistant says in the conversations of the column {instruction}"
_CHAT_FORMAT = "It is asked by the chat template of its tokenizer; an input follows the instruction after a blank line."
_PROMPT_FORMAT = """It is asked in this format, where a blank input vanishes together with the words before it:

```
{prompt}
```"""
_FOUR_BIT = """

While it learned, its layers were held in four bits (QLoRA); what it learned was merged into the base model's own
weights, so those here are whole."""
_BY_PIPELINE = """or `pipeline("text-classification", model="this_folder", truncation=True)`{given}.
"""
_WRITES = """It writes its answer. The tokenizer puts {prefix} before every text and the end token after it. `generate`
alone may write anything; for the probability of each answer, ask for each of its tokens among those that some answer
goes on with (`texts` in `tunedesk.json` are the answers).
"""
_BOTH_ORDERS = """The tokenizer puts a delimiter between the two texts. Read every pair in both orders and add what the
model says (`logits`), as in training.
"""
_CLASSES = """## Classes

"""
_LABELS = """## Labels

Each with the probability from which on it is given, chosen on validation rows:

"""
_NUMBER = """## The number

That of the column {column}, in its own unit; in the training rows it went from {low:g} to {high:g}."""
_PAIR = """

It is compared with the cell of the column {column}: the tokenizer's second argument."""
_ONE_COLUMN = "A text is the cell of the column {column}, unchanged."
_MASKED = """

Before the model reads a text, personal data in it is replaced, as in training: {kinds}. Do the same."""
_RENAMED = """

Labels of the training file that were learned under another name:

{names}"""
_TEMPLATE = """A text is made of the columns {columns} by the template

```
{template}
```

where a blank field vanishes together with the words before it."""
_MEASURES = {
    "chrf": "chrF",
    "bits_per_character": "Bits per character of the right answers",
    "rouge_l": "ROUGE-L",
    "accuracy": "Accuracy",
    "micro_f1": "Micro-F1",
    "macro_f1": "Macro-F1",
    "perplexity": "Perplexity",
    "masked_accuracy": "Hidden tokens guessed right",
    "exact_match": "Every label right",
    "pearson": "Pearson's r",
    "spearman": "Spearman's rho",
    "mae": "Mean absolute error",
    "rmse": "Root of the mean squared error",
}
_OF_TEXTS = _MEASURES | {"exact_match": "Exact match"}
_ALONE = _MEASURES | {"bits_per_character": "Bits per character"}
# What is no share: in the unit of the numbers, a correlation, or bits.
_PLAIN_FIGURES = {"bits_per_character", "perplexity", "pearson", "spearman", "mae", "rmse"}
_WRITTEN = "written = tokenizer.batch_decode(model.generate(**inputs), skip_special_tokens=True)"
_READ = {
    "class": "probabilities = model(**inputs).logits.softmax(-1)  # columns: model.config.id2label",
    "labels": "probabilities = model(**inputs).logits.sigmoid()  # columns: model.config.id2label",
    "number": "numbers = model(**inputs).logits[:, 0]",
}


def model_card(info: BundleInfo, *, encoder: bool = False) -> str:
    """The text of README.md for a bundle; ``encoder``: one that writes answers, or none, is an encoder-decoder."""
    if info.pretrained:
        return pretrained.card(
            info,
            encoder=encoder,
            title=_plain(info.name or info.run),
            licence=_plain(_licence(info.base_model)),
            metrics=_metrics(info),
            column=_code(info.text[0]),
            masked=_masked(info),
        )
    if info.format:
        return _written_card(info, encoder)
    licence = _licence(info.base_model)
    template = info.template or default_template(info.text)
    text = (
        _TEMPLATE.format(columns=", ".join(map(_code, info.text)), template=template)
        if template
        else _ONE_COLUMN.format(column=_code(info.text[0]))
    )
    if info.second:
        text += _PAIR.format(column=_code(info.second))
    text += _masked(info)
    names = "\n".join(f"- {_code(old)} as {_code(new)}" for old, new in sorted(info.renamed.items()))
    return _CARD.format(
        title=_plain(info.name or info.run),
        licence=_plain(licence).lower() or "unknown",
        licence_said=licence or "unknown",
        what=_what(info),
        asked='["a text"], ["another one"]' if info.second else '["a text"]',
        answer=_WRITTEN if info.texts else _READ[kind_of(info)],
        pipeline=_other_ways(info),
        tag="text2text-generation" if info.texts else "text-classification",
        model_class="AutoModelForSeq2SeqLM" if info.texts else "AutoModelForSequenceClassification",
        base_model=info.base_model,
        created=info.created[:10],
        metrics=_metrics(info),
        max_length=info.max_length,
        text=text,
        labels=_answers(info),
        renamed=_RENAMED.format(names=names) if names else "",
    )


def _written_card(info: BundleInfo, encoder: bool) -> str:
    licence = _licence(info.base_model)
    about = f", together with {', '.join(map(_code, info.text[1:]))}," if len(info.text) > 1 else ""
    learned = _BY_CONVERSATION if info.dialogue else _BY_ROW
    form = _CHAT_FORMAT if info.format == written.CHAT else _PROMPT_FORMAT.format(prompt=_fenced(info))
    return _WRITES_ANSWERS.format(
        title=_plain(info.name or info.run),
        licence=_plain(licence).lower() or "unknown",
        licence_said=licence or "unknown",
        base_model=info.base_model,
        created=info.created[:10],
        metrics=_metrics(info),
        program=written.program(info, "this_folder", "an instruction", "what it is about", encoder=encoder),
        tag="text2text-generation" if encoder else "text-generation",
        learned=learned.format(instruction=_code(info.text[0]), about=about, label=_code(info.label)),
        max_length=info.max_length,
        format=form + (_FOUR_BIT if info.four_bit else "") + _masked(info),
    )


def _masked(info: BundleInfo) -> str:
    kinds = ", ".join(f"{NAMES[kind]} by {_code(MASKS[kind])}" for kind in info.masks)
    return _MASKED.format(kinds=kinds) if kinds else ""


def _fenced(info: BundleInfo) -> str:
    """The prompt format; a fence in it would end that of the card."""
    return written.prompt(info).strip().replace("```", "'" * 3)


def _metrics(info: BundleInfo) -> str:
    names = _ALONE if info.pretrained else _OF_TEXTS if info.format else _MEASURES
    return "\n".join(f"| {names.get(name, name)} | {_figure(name, value)} |" for name, value in info.metrics.items())


def _other_ways(info: BundleInfo) -> str:
    if info.texts:
        return _WRITES.format(prefix=_code(info.prefix))
    if info.orders == 2:
        return _BOTH_ORDERS
    return _BY_PIPELINE.format(given=', given `{"text": ..., "text_pair": ...}`' if info.second else "")


def _what(info: BundleInfo) -> str:
    read = "two texts" if info.second else "a text"
    if kind_of(info) == "number":
        return f"A model that reads {read} and predicts a number"
    if kind_of(info) == "labels":
        return f"A model that reads {read} and gives any of {len(info.labels)} labels"
    if info.second:
        return f"A classifier of pairs of texts with {len(info.labels)} classes"
    return f"A text classifier with {len(info.labels)} classes"


def _answers(info: BundleInfo) -> str:
    if kind_of(info) == "number":
        low, high = info.number_range
        return _NUMBER.format(column=_code(info.label), low=low, high=high)
    if kind_of(info) == "labels":
        pairs = zip(info.labels, info.thresholds, strict=True)
        return _LABELS + "\n".join(f"- {_code(label)} from {threshold:.3f} on" for label, threshold in pairs)
    return _CLASSES + "\n".join(f"- {_code(label)}" for label in info.labels)


def _figure(name: str, value: float) -> str:
    return f"{value:.3f}" if name in _PLAIN_FIGURES else f"{value:.1%}"


def _code(text: str) -> str:
    """``text`` as code: labels come from strangers' files, and a viewer of the card must not interpret them."""
    return "`" + _plain(text).replace("`", "'") + "`"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _licence(base_model: str) -> str:
    try:
        return store.get(base_model).licence
    except ModelError:  # it was removed since, and is in the catalogue unless somebody brought it
        return next((entry.licence for entry in catalogue.entries() if base_model in entry.aliases), "")
