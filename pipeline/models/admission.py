"""What may come in as a base model: which files are wanted, and what makes a folder or zip unsafe.

Copies bytes and reads names; opens no model (``prepare`` does, in a process of its own). Code, of whatever kind,
is left behind here already: only files whose names are known to hold weights, settings or vocabulary are taken.
"""

import errno
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.errors import N_, ModelError, UnsafeModel, WorkspaceError
from pipeline.models import child
from pipeline.runs.progress import Progress, Stopped

PHASE = N_("Copying the model")
MAX_BYTES = 20 * 1024**3  # a model of 5 billion parameters in float32; more does not fit what TuneDesk trains
MAX_ENTRIES = 10_000
# Weights hardly shrink and vocabularies shrink about fivefold; a bomb shrinks a thousandfold.
MAX_RATIO = 100
RATIO_COUNTS_FROM = 10_000_000
_CHUNK = 4 * 1024**2

_SETTINGS = {
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
    "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt", "spiece.model", "sentencepiece.bpe.model",
    "tokenizer.model", "chat_template.jinja",
}  # fmt: skip
_SAFE_WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors|model\.safetensors\.index\.json")
_PICKLED_WEIGHTS = re.compile(r"pytorch_model(-\d+-of-\d+)?\.bin|pytorch_model\.bin\.index\.json")


def wanted(names: Iterable[str]) -> tuple[str, ...]:
    """Of the files at the top of a model's folder, those to take: safetensors where there are any, else ``.bin``.

    Raises:
        ModelError: this is no model: config.json or the weights are missing.
    """
    present = sorted(set(names))
    settings = [name for name in present if name in _SETTINGS]
    weights = [name for name in present if _SAFE_WEIGHTS.fullmatch(name)]
    weights = weights or [name for name in present if _PICKLED_WEIGHTS.fullmatch(name)]
    missing = "config.json" if "config.json" not in settings else "" if weights else "model.safetensors"
    if missing:
        raise ModelError(
            N_(
                "This is not a model: it has no {file}. Choose the folder (or a zip of it) that holds config.json, "
                "model.safetensors and tokenizer.json."
            ),
            file=missing,
        )
    return tuple(settings + weights)


def admit(path: Path, folder: Path, progress: Progress) -> None:
    """Copy the wanted files of a folder or zip into ``folder``, which exists and is empty.

    Raises:
        ModelError: there is nothing at ``path``, or it is no model.
        UnsafeModel: it holds links, paths that climb out, or more than the limits allow.
        WorkspaceError: the disk has no room for it.
        Stopped: ``progress`` asked for it.
    """
    if path.is_symlink():
        raise _link(path.name)
    if path.is_dir():
        _admit_folder(path, folder, progress)
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            _admit_zip(archive, path.name, folder, progress)
    else:
        raise ModelError(
            N_("{path} is neither a folder nor a zip file. Choose the model's folder, or a zip of it."), path=path.name
        )


def _admit_folder(path: Path, folder: Path, progress: Progress) -> None:
    entries = {entry.name: entry for entry in os.scandir(path)}
    for entry in entries.values():
        if entry.is_symlink():
            raise _link(entry.name)
    names = wanted(name for name, entry in entries.items() if entry.is_file(follow_symlinks=False))
    total = _room_for(sum(entries[name].stat(follow_symlinks=False).st_size for name in names), folder)
    done = 0
    for name in names:
        with (path / name).open("rb") as source:
            done = _copy(source, folder / name, done, total, progress)


def _admit_zip(archive: zipfile.ZipFile, zip_name: str, folder: Path, progress: Progress) -> None:
    files = _checked(archive, zip_name)
    # The folder may have been packed with its own name in front.
    roots = [
        PurePosixPath(info.filename).parent for info in files if PurePosixPath(info.filename).name == "config.json"
    ]
    root = min(roots, key=lambda found: len(found.parts), default=PurePosixPath("."))
    inside = {PurePosixPath(info.filename).name: info for info in files if PurePosixPath(info.filename).parent == root}
    names = wanted(inside)
    total = _room_for(sum(inside[name].file_size for name in names), folder)
    done = 0
    try:
        for name in names:
            with archive.open(inside[name]) as source:
                done = _copy(source, folder / name, done, total, progress)
    except (zipfile.BadZipFile, EOFError) as error:
        raise ModelError(N_("The zip file {file} is damaged. Make or download it again."), file=zip_name) from error


def _checked(archive: zipfile.ZipFile, zip_name: str) -> Sequence[zipfile.ZipInfo]:
    """The archive's files, after every entry, wanted or not, was looked at."""
    infos = archive.infolist()
    for info in infos:
        name = PurePosixPath(info.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in info.orig_filename or ":" in info.filename:
            raise UnsafeModel(
                N_("{zip} was refused: its entry {file} points outside of its folder."),
                zip=zip_name,
                file=info.filename,
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise _link(info.filename)
        if info.flag_bits & 1:
            raise ModelError(N_("{zip} is protected by a password. Pack it without one."), zip=zip_name)
    size, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if len(infos) > MAX_ENTRIES or size > MAX_BYTES or (size > RATIO_COUNTS_FROM and size > MAX_RATIO * max(packed, 1)):
        raise UnsafeModel(
            N_("{zip} was refused: unpacked it would take {size} MB in {files} files, which no model does."),
            zip=zip_name,
            size=size // 1_000_000,
            files=len(infos),
        )
    return [info for info in infos if not info.is_dir()]


def _link(name: str) -> UnsafeModel:
    return UnsafeModel(
        N_(
            "{file} is a link to another file, and links are refused. Copy the model so that links become files "
            "(cp -rL), then bring the copy."
        ),
        file=name,
    )


def _room_for(size: int, folder: Path) -> int:
    """``size`` if it is within the limits and the disk has room for the copy and what is made of it."""
    if size > MAX_BYTES:
        raise UnsafeModel(
            N_("The model takes {size} GB, more than the {limit} GB that are accepted."),
            size=size // 1024**3,
            limit=MAX_BYTES // 1024**3,
        )
    require_space(2 * size, folder)
    return size


def require_space(size: int, folder: Path) -> None:
    """Refuse early what the disk has no room for.

    Raises:
        WorkspaceError: fewer than ``size`` bytes are free where ``folder`` is.
    """
    free = shutil.disk_usage(folder).free
    if free < size:
        raise WorkspaceError(
            N_("The model needs {need} MB of disk and only {free} MB are free. Free some space, then try again."),
            need=size // 1_000_000,
            free=free // 1_000_000,
        )


def _copy(source: IO[bytes], target: Path, done: int, total: int, progress: Progress) -> int:
    """Returns the bytes copied so far. Counts what really arrives: a zip may lie about its sizes."""
    try:
        with target.open("xb") as output:
            while chunk := source.read(_CHUNK):
                done += len(chunk)
                if done > total:
                    raise UnsafeModel(N_("{file} holds more than it says, so it was refused."), file=target.name)
                output.write(chunk)
                progress.advance(PHASE, done, total)
                if progress.stop_requested():
                    raise Stopped({})
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise child.disk_full() from error
        raise
    return done
