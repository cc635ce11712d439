"""What may be in an exported model, and how one that came back is opened: by name, never by what a zip asks for."""

import hashlib
import json
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline import cache
from pipeline.errors import N_, RunError, WorkspaceError
from pipeline.runs import bundle
from pipeline.settings import workspace

CARD = "README.md"
# Weights, how to build the model, how texts become tokens, and ours. Never training_args.bin: it holds a hub token.
ALLOWED = frozenset(
    {
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "model.safetensors.index.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.txt",
        "vocab.json",
        "merges.txt",
        "spiece.model",
        "sentencepiece.bpe.model",
        "chat_template.jinja",
        bundle.INFO,
        bundle.MANIFEST,
    }
)
_DAMAGED = N_("{file} is damaged: {member} is missing or has changed. Export it again.")
_SHARD = "model-?????-of-?????.safetensors"


@dataclass(frozen=True)
class _Member:
    size: int
    open: Callable[[], IO[bytes]]


def allowed(name: str) -> bool:
    """Whether a file of that name belongs to an exported model."""
    return name in ALLOWED or PurePosixPath(name).match(_SHARD)


def open_exported(path: Path) -> Path:
    """The bundle in an exported folder or zip, checked and kept in the workspace's cache.

    Only files of known names are read, flat, so that nothing in a zip can leave the folder or be a link.

    Raises:
        RunError: no export of TuneDesk, or its files are damaged.
        WorkspaceError: the disk has no room for it.
    """
    with _members(path) as members:
        if bundle.INFO not in members or bundle.MANIFEST not in members:
            raise RunError(
                N_("{file} is not a model that TuneDesk has exported. Give a run, or the zip or folder of an export."),
                file=path.name,
            )
        with members[bundle.MANIFEST].open() as file:
            manifest = file.read()
        hashes = _hashes(manifest, path.name)
        for member in hashes.keys() - members.keys():
            raise RunError(_DAMAGED, file=path.name, member=member)
        _check_room(sum(members[name].size for name in hashes), path)
        key = hashlib.sha256(manifest).hexdigest()
        return cache.entry("export", key, lambda folder: _adopt(members, hashes, folder, path.name))


def _adopt(members: dict[str, _Member], hashes: dict[str, str], folder: Path, name: str) -> None:
    folder.mkdir()
    for member, expected in hashes.items():
        with members[member].open() as source, (folder / member).open("wb") as copy:
            shutil.copyfileobj(source, copy, 1024**2)
        if bundle.hash_file(folder / member) != expected:
            raise RunError(_DAMAGED, file=name, member=member)
    bundle.seal(folder)


def _hashes(manifest: bytes, file: str) -> dict[str, str]:
    """What the manifest says of each file that is needed; people may edit the card."""
    try:
        content = json.loads(manifest)
    except ValueError as error:
        raise RunError(_DAMAGED, file=file, member=bundle.MANIFEST) from error
    return {name: value for name, value in content.items() if allowed(name)}


@contextmanager
def _members(path: Path) -> Iterator[dict[str, _Member]]:
    """The files of known names beside ``tunedesk.json``, in a folder or in a zip."""
    if path.is_dir():
        yield {
            file.name: _Member(file.stat().st_size, _opener(file))
            for file in path.iterdir()
            if file.is_file() and not file.is_symlink() and allowed(file.name)
        }
        return
    if not zipfile.is_zipfile(path):
        yield {}
        return
    with zipfile.ZipFile(path) as archive:
        yield _in_zip(archive)


def _in_zip(archive: zipfile.ZipFile) -> dict[str, _Member]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_link(entry)]
    # People zip the folder or what is in it: the shallowest tunedesk.json says where the model lies.
    found = [PurePosixPath(entry.filename).parent for entry in entries if entry.filename.endswith(bundle.INFO)]
    root = min(found, key=lambda parent: len(parent.parts), default=PurePosixPath())

    def opener(entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
        return lambda: archive.open(entry)

    return {
        name.name: _Member(entry.file_size, opener(entry))
        for entry in entries
        if (name := PurePosixPath(entry.filename)).parent == root and allowed(name.name)
    }


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _check_room(needed: int, path: Path) -> None:
    workspace().home.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(workspace().home).free < needed:
        raise WorkspaceError(
            N_("{file} needs {megabytes} MB on disk, and there is less. Free some space and try again."),
            file=path.name,
            megabytes=round(needed / 1e6),
        )
