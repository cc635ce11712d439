"""The README.md of an exported model: what it is, how good it is, how to load it. Reads facts, loads nothing.

Written in English for the engineer who takes the model over, with the front matter that model hubs read.
"""

from pipeline.data.personal import MASKS, NAMES
from pipeline.errors import ModelError
from pipeline.models import catalogue, store
from pipeline.runs.bundle import BundleInfo
from pipeline.templates.columns import default_template

_CARD = """---
library_name: transformers
pipeline_tag: text-classification
license: {licence}
---

# {title}

A text classifier with {classes} classes, fine-tuned from `{base_model}` with TuneDesk on {created}.

| on test rows that it had never seen | |
|---|---|
{metrics}

Licence of the base model: {licence_said}. The training data decides what else applies.

## How to use it

```python
from transformers import AutoModelForSequenceClassification, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("this_folder")
model = AutoModelForSequenceClassification.from_pretrained("this_folder").eval()
inputs = tokenizer(["a text"], truncation=True, padding=True, return_tensors="pt")
probabilities = model(**inputs).logits.softmax(-1)  # columns: model.config.id2label
```

or `pipeline("text-classification", model="this_folder", truncation=True)`. Texts are cut after {max_length} tokens,
as in training: keep `truncation=True`.

{text}

## Classes

{labels}{renamed}
"""
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
_MEASURES = {"accuracy": "Accuracy", "macro_f1": "Macro-F1"}


def model_card(info: BundleInfo) -> str:
    """The text of README.md for a bundle."""
    licence = _licence(info.base_model)
    template = info.template or default_template(info.text)
    text = (
        _TEMPLATE.format(columns=", ".join(map(_code, info.text)), template=template)
        if template
        else _ONE_COLUMN.format(column=_code(info.text[0]))
    )
    if info.masks:
        kinds = ", ".join(f"{NAMES[kind]} by {_code(MASKS[kind])}" for kind in info.masks)
        text += _MASKED.format(kinds=kinds)
    names = "\n".join(f"- {_code(old)} as {_code(new)}" for old, new in sorted(info.renamed.items()))
    return _CARD.format(
        title=_plain(info.name or info.run),
        licence=_plain(licence).lower() or "unknown",
        licence_said=licence or "unknown",
        classes=len(info.labels),
        base_model=info.base_model,
        created=info.created[:10],
        metrics="\n".join(f"| {_MEASURES.get(name, name)} | {value:.1%} |" for name, value in info.metrics.items()),
        max_length=info.max_length,
        text=text,
        labels="\n".join(f"- {_code(label)}" for label in info.labels),
        renamed=_RENAMED.format(names=names) if names else "",
    )


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
