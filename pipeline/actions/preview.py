"""What a model will read of the first rows, in which format, and which of it is learned. Imports no transformers."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.actions.data import Dataset
from pipeline.data.source import chosen_rows
from pipeline.data.split import load_split
from pipeline.models import store as models
from pipeline.models.light_tokenizer import LightTokenizer
from pipeline.runs.spec import Recipe
from pipeline.templates.asking import read_conversations
from pipeline.templates.formats import registry as formats
from pipeline.templates.formats.format import Encoded, encode

# Rows whose length is looked at: enough to know which share is cut.
MEASURED = 500


@dataclass(frozen=True)
class Stretch:
    """Neighbouring tokens of one kind."""

    text: str
    learned: bool
    tokens: int


@dataclass(frozen=True)
class FormatPreview:
    """A prompt format on real rows."""

    rows: tuple[tuple[Stretch, ...], ...]  # the first training rows as the model reads them
    cut: int  # of the measured rows, those that are longer than the maximum length
    measured: int
    tokens: float  # of a row on average


def preview_format(dataset: Dataset, recipe: Recipe, model_name: str, count: int) -> FormatPreview:
    """The first ``count`` training rows in the recipe's format, and how many rows are too long for it.

    Raises:
        SettingError: the model cannot be asked in this format, or the format that a person wrote is unfit.
        UnfitData: the chat template refuses a conversation.
        ModelError, ModelNotReady, UnknownModel: there is no such model, or its tokenizer cannot be read.
    """
    tokenizer = LightTokenizer(models.get(model_name).path)
    form = formats.get(recipe.prompt_format, tokenizer, recipe.own_format)
    view = dataset.view
    numbers = load_split(dataset.split).without(view.left_out).train[:MEASURED]
    frame = chosen_rows(view.source, tuple(dict.fromkeys((*view.text, view.label))), numbers)
    conversations = [turns for turns in read_conversations(view, frame, answered=True) if turns]
    encoded = [encode(form.pieces(conversation), tokenizer) for conversation in conversations]
    everything = recipe.loss_on == "everything"
    return FormatPreview(
        rows=tuple(tuple(_stretches(row, tokenizer, everything)) for row in encoded[:count]),
        cut=sum(len(row) > recipe.max_length for row in encoded),
        measured=len(encoded),
        tokens=sum(map(len, encoded)) / max(1, len(encoded)),
    )


def _stretches(row: Encoded, tokenizer: LightTokenizer, everything: bool) -> Sequence[Stretch]:
    found: list[Stretch] = []
    start = 0
    for end in range(1, len(row) + 1):
        if end == len(row) or row.learned[end] != row.learned[start]:
            ids = list(row.ids[start:end])
            found.append(Stretch(tokenizer.decode(ids), everything or row.learned[start], len(ids)))
            start = end
    return found
