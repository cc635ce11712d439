"""A run's bundle as a zip that ``transformers`` alone loads, with the proof that it answers the same."""

import errno
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.data.source import read_rows
from pipeline.data.split import load_split
from pipeline.errors import N_, RunError, WorkspaceError
from pipeline.export.archive import CARD, allowed, open_exported
from pipeline.export.card import model_card
from pipeline.export.proof import ask_stock, prove_reading, prove_writing
from pipeline.export.written import has_encoder
from pipeline.inference.classify import Classifier
from pipeline.runs import bundle as bundles
from pipeline.runs.answers import load_answers
from pipeline.runs.progress import Progress, Silent
from pipeline.runs.spec import load_spec
from pipeline.tasks.task import Inputs, read_inputs

__all__ = ["Exported", "export_bundle", "open_exported"]

PACKING = N_("Packing the model")
PROVING = N_("Proving that the export answers the same")
# Largest difference of a probability between the export and the run; of a number, as a share of its range in training.
TOLERANCE = 1e-5
PROOF_ROWS = 50


@dataclass(frozen=True)
class Exported:
    """An export that has passed its proof."""

    path: Path
    bytes: int
    parity: float  # largest difference from the run's own answers, as TOLERANCE counts it, which it is at most


@dataclass(frozen=True)
class _Proof:
    """What was read of test rows and what the run says about them."""

    inputs: Inputs
    expected: npt.NDArray[np.float64]  # [rows, outputs]


def export_bundle(run_folder: Path, destination: Path, progress: Progress | None = None) -> Exported:
    """Pack the bundle of a run, load the unpacked zip with ``transformers`` alone, and compare the answers.

    Args:
        run_folder: a run with a sealed bundle and answers.
        destination: the zip; written beside under another name, renamed when it has passed the proof.
        progress: told of the two phases.

    Raises:
        RunError: no model, damaged files, or the export does not answer the same; then nothing is written.
        WorkspaceError: the disk is full.
    """
    progress = progress or Silent()
    bundle = run_folder / "bundle"
    info = bundles.read_info(bundle)
    if not bundles.is_whole(bundle):
        raise RunError(N_("The model of the run {run} is damaged: a file has changed. Train it again."), run=info.run)
    destination.parent.mkdir(parents=True, exist_ok=True)
    partial = destination.with_name(destination.name + ".partial")
    try:
        with tempfile.TemporaryDirectory(prefix="export-", dir=destination.parent) as place:
            progress.advance(PACKING, 0, 2)
            _pack(bundle, info, Path(place) / "packed", partial)
            progress.advance(PROVING, 1, 2)
            unpacked = Path(place) / "unpacked"
            shutil.rmtree(Path(place) / "packed")
            with zipfile.ZipFile(partial) as archive:
                archive.extractall(unpacked)  # our own file, of the line before
            prove = prove_reading if info.pretrained else prove_writing if info.format else _prove
            parity = prove(unpacked, run_folder, info)
        partial.replace(destination)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise WorkspaceError(
            N_("The disk is full: the model could not be written to {file}. Free some space and export it again."),
            file=destination.name,
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    progress.advance(PROVING, 2, 2)
    return Exported(destination, destination.stat().st_size, parity)


def _pack(bundle: Path, info: bundles.BundleInfo, folder: Path, path: Path) -> None:
    """Copy what may leave, add the card, seal, and zip. Weights are stored: they do not shrink."""
    folder.mkdir()
    for file in sorted(bundle.iterdir()):
        if allowed(file.name) and file.name != bundles.MANIFEST:
            shutil.copyfile(file, folder / file.name)
    card = model_card(info, encoder=not info.labels_texts and has_encoder(bundle))
    (folder / CARD).write_text(card, encoding="utf-8")
    bundles.seal(folder)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            stored = file.suffix == ".safetensors"
            archive.write(file, file.name, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)


def _prove(unpacked: Path, run_folder: Path, info: bundles.BundleInfo) -> float:
    """The largest difference of a probability. Raises RunError where it is not the same model."""
    proof = _proof(run_folder, info)
    # The library's pipeline sorts texts with a head, reading each once, as its cell says it.
    by_pipeline = len(info.text) == 1 and not info.template and not info.texts and info.orders == 1
    answer = _ask_stock(unpacked, proof.inputs, by_pipeline, info)
    if answer["not_loaded"] or answer["max_length"] != info.max_length:
        raise RunError(
            N_("The export was stopped: transformers does not load the model whole ({detail})."),
            detail=", ".join(answer["not_loaded"][:5]) or f"model_max_length {answer['max_length']}",
        )
    given = [np.array(answer["model"])] + ([np.array(answer["pipeline"])] if by_pipeline else [])
    # Numbers of thousands are off by more than grades are, and no less the same.
    span = max(1.0, info.number_range[1] - info.number_range[0]) if info.number_range else 1.0
    difference = max(float(np.abs(rows - proof.expected).max()) for rows in given) / span
    if not difference <= TOLERANCE:
        raise RunError(
            N_("The export was stopped: transformers alone gives other answers (difference {difference})."),
            difference=f"{difference:.1e}",
        )
    return difference


def _proof(run_folder: Path, info: bundles.BundleInfo) -> _Proof:
    """Up to 50 test rows with a text, from the shortest to the longest, which is cut."""
    spec, answers = load_spec(run_folder), load_answers(run_folder, "model")
    split = load_split(spec.split)
    columns = [*dict.fromkeys((*info.text, info.second) if info.second else info.text)]
    inputs = read_inputs(info, read_rows(split.test_source or split.source, columns).loc[answers.rows])
    rows = inputs.rows()
    order = sorted(
        (at for at, row in enumerate(rows) if all(map(str.strip, row))), key=lambda at: len("".join(rows[at]))
    )
    chosen = [order[at] for at in np.unique(np.linspace(0, len(order) - 1, PROOF_ROWS).round().astype(int))]
    some = inputs.at(chosen)
    # On a GPU the run's own answers were rounded otherwise: there the export is held to what this machine serves.
    same_device = spec.device == "cpu"
    expected = answers.scores[chosen] if same_device else _served(run_folder, some)
    return _Proof(some, expected)


def _served(run_folder: Path, inputs: Inputs) -> npt.NDArray[np.float64]:
    return Classifier.load(run_folder / "bundle").scores(inputs)


def _ask_stock(folder: Path, inputs: Inputs, by_pipeline: bool, info: bundles.BundleInfo) -> dict[str, Any]:
    return ask_stock(
        folder,
        {
            "texts": inputs.rows(),
            "by_pipeline": by_pipeline,
            "orders": info.orders,
            "write": info.texts,
            "number": bool(info.number_range),
        },
    )
