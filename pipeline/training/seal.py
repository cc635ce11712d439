"""The sealed bundle of a run, whatever it learned: a stock folder, and what is known of it."""

import dataclasses
import importlib.metadata
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from pipeline.runs.bundle import INFO, BundleInfo, read_info, seal, seal_open, write_info
from pipeline.runs.spec import RunSpec

_PACKAGES = ("torch", "transformers", "tokenizers")


def seal_bundle(
    spec: RunSpec,
    run_folder: Path,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    packages: tuple[str, ...] = (),
    **further: Any,
) -> None:
    """Write ``bundle/`` anew; the model is on the CPU afterwards.

    Args:
        spec: what was carried out.
        run_folder: of the run.
        model: as it was trained.
        tokenizer: as whoever takes the folder away is to use it.
        packages: that had a hand in it beside the usual ones; their versions are kept.
        further: fields of BundleInfo that only some kinds of run have.
    """
    bundle, view = run_folder / "bundle", spec.view
    shutil.rmtree(bundle, ignore_errors=True)
    model.to("cpu").save_pretrained(bundle)  # type: ignore[arg-type]  # its decorator hides self
    tokenizer.save_pretrained(bundle)
    known: dict[str, Any] = {
        "run": run_folder.name,
        "name": "",
        "task": spec.task,
        "base_model": spec.base_model,
        "text": view.text,
        "template": view.template,
        "label": view.label,
        "labels": (),
        "max_length": spec.recipe.max_length,
        "metrics": {},
        "versions": {name: importlib.metadata.version(name) for name in (*_PACKAGES, *packages)},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "masks": view.masks,
    }
    write_info(bundle, BundleInfo(**{**known, **further}))
    seal(bundle)


def finish_bundle(run_folder: Path, name: str, metrics: dict[str, float]) -> None:
    """Write the run's name and the figures of the test rows (shares from 0 to 1) into the bundle, and seal it again."""
    bundle = run_folder / "bundle"
    with seal_open(bundle, INFO):
        write_info(bundle, dataclasses.replace(read_info(bundle), name=name, metrics=metrics))
