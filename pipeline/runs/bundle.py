"""A bundle: a stock Hugging Face folder plus one ``tunedesk.json`` with all that is needed to serve it.

Knows the format and its hashes; loads no model (inference.classify does).
"""

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import N_, RunError
from pipeline.files import write_text

INFO = "tunedesk.json"
MANIFEST = "manifest.json"
_TUPLES = ("text", "labels", "masks", "label_columns", "thresholds", "number_range", "texts")


@dataclass(frozen=True)
class BundleInfo:
    """What a stock folder does not say: how a row becomes a text and what the classes mean."""

    run: str
    name: str
    task: str
    base_model: str
    text: tuple[str, ...]  # text columns, in order
    template: str  # "" for a single text column: the text is the cell itself
    label: str  # label column
    labels: tuple[str, ...]  # label space, in the order of the model's outputs
    max_length: int  # tokens
    metrics: dict[str, float]  # on the test rows, fractions from 0 to 1
    versions: dict[str, str]
    created: str  # ISO 8601, UTC
    masks: tuple[str, ...] = ()  # kinds of personal data that are masked before the model reads a text
    renamed: dict[str, str] = field(default_factory=dict)  # labels of the file that were learned under another name
    orders: int = 1  # 2: a pair is read in both orders, and what the model says of them is added
    texts: tuple[str, ...] = ()  # of a model that writes its answer: what it may write, in the order of its outputs
    prefix: str = ""  # what such a model reads before every text; its tokenizer adds it
    second: str = ""  # column whose texts are compared with the others; "" for none
    separators: str = ""  # characters between several labels of a cell; "" where a cell is one label
    label_columns: tuple[str, ...] = ()  # columns of 0 and 1, each a label; () for none
    thresholds: tuple[float, ...] = ()  # probability from which on a label is given; () where a row has one class
    number_range: tuple[float, ...] = ()  # smallest and largest number of the training rows; () for classes
    format: str = ""  # prompt format (templates.formats.registry) of a model that writes answers; "" for all others
    own_format: str = ""  # the template of the format "own"
    dialogue: bool = False  # the text column holds whole conversations
    four_bit: bool = False  # the base model was held in four bits while it learned; the weights here are whole
    most_tokens: int = 0  # that an answer may have, somewhat more than the longest learned one; 0: was not kept

    @property
    def pretrained(self) -> bool:
        """Whether it has learned from texts alone."""
        return self.task == "pretraining"

    @property
    def labels_texts(self) -> bool:
        """Whether it gives labels or numbers; others write, or know nothing but how texts go on."""
        return not self.format and not self.pretrained

    @property
    def answers(self) -> tuple[str, ...]:
        """The columns of a file that hold what the model predicts."""
        return self.label_columns or (self.label,)


def write_info(folder: Path, info: BundleInfo) -> None:
    """Write ``tunedesk.json`` into a bundle's folder."""
    (folder / INFO).write_text(json.dumps(dataclasses.asdict(info), ensure_ascii=False, indent=1), encoding="utf-8")


def read_info(folder: Path) -> BundleInfo:
    """Read ``tunedesk.json``.

    Raises:
        RunError: the folder holds no bundle.
    """
    path = folder / INFO
    if not path.is_file():
        raise RunError(
            N_("{folder} is not a TuneDesk bundle: it has no {file}. Choose a finished run or an exported folder."),
            folder=folder.name,
            file=INFO,
        )
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return BundleInfo(**content | {key: tuple(content[key]) for key in _TUPLES if key in content})


def hash_file(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(folder: Path) -> None:
    """Write the manifest, a hash for every file below ``folder``; last, so that its presence means whole."""
    hashes = {
        path.relative_to(folder).as_posix(): hash_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }
    write_text(folder / MANIFEST, json.dumps(hashes, indent=1))


@contextlib.contextmanager
def seal_open(folder: Path, name: str) -> Iterator[None]:
    """Let one file of a sealed folder change: unsealed inside, sealed afterwards. Hashes no other file again.

    If what is done inside fails, the folder stays unsealed.
    """
    manifest = folder / MANIFEST
    hashes = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.unlink()
    yield
    write_text(manifest, json.dumps(hashes | {name: hash_file(folder / name)}, indent=1))


def is_sealed(folder: Path) -> bool:
    """Whether the folder was written to its end. Cheap: reads no content."""
    return (folder / MANIFEST).is_file()


def is_whole(folder: Path) -> bool:
    """Whether every file of the manifest is there with its hash, and no other file is."""
    if not is_sealed(folder):
        return False
    try:
        hashes = dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        return False  # the manifest itself is damaged
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    return present == set(hashes) and all(hash_file(folder / name) == value for name, value in hashes.items())
