"""Tables for the finders: cells as the test names them, read as the check reads a file that somebody brought."""

import dataclasses
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from pipeline.check.finding import CheckFinding
from pipeline.check.material import Material
from pipeline.data.new_view import make_view
from pipeline.data.source import import_source
from pipeline.data.split import Terms, make_split
from pipeline.data.view import view_frame, view_labels
from pipeline.settings import workspace
from pipeline.templates.columns import default_template, read_texts

# Sentences of two languages that share their letters, all different.
_WHAT = ("my order", "the parcel", "this invoice", "the new printer", "your app", "the second delivery")
_WRONG = ("has still not arrived", "does not work any more", "was sent to the wrong address", "is much too expensive")
ENGLISH = [f"I am afraid that {what} {wrong}, can you help me today?" for what in _WHAT for wrong in _WRONG]

_WAS = ("meine Bestellung", "das Paket", "diese Rechnung", "der neue Drucker", "eure App", "die zweite Lieferung")
_FALSCH = ("ist immer noch nicht da", "geht leider nicht mehr", "kam an die falsche Adresse", "ist mir viel zu teuer")
GERMAN = [f"Ich fürchte, {was} {falsch}, könnt ihr mir heute helfen?" for was in _WAS for falsch in _FALSCH]

Finder = Callable[[Material], Iterator[CheckFinding]]


def bring(columns: Mapping[str, Sequence[str]], name: str = "tickets.parquet") -> str:
    """A Source with exactly these cells; its id."""
    path = workspace().home / "handed over"
    pd.DataFrame(dict(columns)).to_parquet(path)
    return import_source(path, name).id


def look_at(
    labels: Sequence[str],
    texts: Sequence[str] | None = None,
    *,
    text_columns: Sequence[str] = ("text",),
    template: str | None = None,
    **more: Sequence[str],
) -> Material:
    """Labels with texts (different ones, unless given) and further columns, nothing divided yet."""
    source = bring({"text": different_texts(len(labels)) if texts is None else texts, **more, "label": labels})
    template = default_template(text_columns) if template is None else template
    return Material(make_view(source, text_columns, "label", template))


def divided(material: Material) -> Material:
    """The same with a Split, as a dataset gets one."""
    view = material.view
    return Material(view, make_split(view.source, read_texts(view, view_frame(view)), list(view_labels(view))))


def beside_test_file(material: Material, texts: Sequence[str], labels: Sequence[str]) -> Material:
    """The same with a test file of its own."""
    view = material.view
    brought = bring({"text": texts, "label": labels}, "test.parquet")
    rows = range(len(texts))
    split = make_split(
        view.source,
        read_texts(view, view_frame(view)),
        list(view_labels(view)),
        Terms(test_source=brought, test_rows=rows, test_texts=texts),
    )
    return Material(view, split)


def different_texts(count: int) -> list[str]:
    """Texts of which none is near another."""
    draw = random.Random(1)
    return ["".join(draw.choices("abcdefghijklmnop ", k=30)) for _ in range(count)]


def the_finding(finder: Finder, material: Material) -> CheckFinding:
    """The one finding there is."""
    (found,) = finder(material)
    return found


def after(material: Material, finding: CheckFinding, remedy: int = 0) -> Material:
    """The material once a remedy was taken; its View comes back from JSON as it went."""
    content = json.loads(json.dumps(dataclasses.asdict(finding)))
    return Material(CheckFinding.from_json(content).remedies[remedy].view, material.split)
