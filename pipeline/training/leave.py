"""What a training leaves behind: answers on the test rows, vectors of the training rows, and the sealed bundle."""

import dataclasses
import importlib.metadata
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from pipeline.data.steps import renamed
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.bundle import MANIFEST, BundleInfo, read_info, seal, write_info
from pipeline.runs.spec import RunSpec
from pipeline.tasks.predict import Predicted
from pipeline.training.prepare import Prepared


def keep(
    spec: RunSpec,
    run_folder: Path,
    prepared: Prepared,
    answers: Predicted,
    neighbours: Predicted,
    thresholds: tuple[float, ...],
) -> None:
    """Write it all into the run's folder.

    Args:
        answers: on the test rows.
        neighbours: on the training rows; their vectors find what a text is like.
        thresholds: from which score on each output is a yes; () where the task has none.
    """
    examples = prepared.examples
    test = examples.test
    names = prepared.task.names(spec.view)
    save_answers(Answers(test.rows, test.targets, answers.scores, names, thresholds), run_folder, "model")
    np.savez(run_folder / "neighbours.npz", rows=examples.train.rows, vectors=neighbours.vectors)
    bundle = run_folder / "bundle"
    shutil.rmtree(bundle, ignore_errors=True)
    prepared.loaded.model.to("cpu").save_pretrained(bundle)  # type: ignore[arg-type]
    prepared.loaded.tokenizer.model_max_length = spec.recipe.max_length
    prepared.loaded.tokenizer.save_pretrained(bundle)
    write_info(bundle, _info(spec, run_folder, prepared, thresholds))
    seal(bundle)


def _info(spec: RunSpec, run_folder: Path, prepared: Prepared, thresholds: tuple[float, ...]) -> BundleInfo:
    numbers = prepared.examples.train.targets
    return BundleInfo(
        run=run_folder.name,
        name="",
        task=spec.task,
        base_model=spec.base_model,
        text=spec.view.text,
        template=spec.view.template,
        label=spec.view.label,
        labels=prepared.task.names(spec.view),
        max_length=spec.recipe.max_length,
        metrics={},
        versions={name: importlib.metadata.version(name) for name in ("torch", "transformers", "tokenizers")},
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        masks=spec.view.masks,
        renamed=renamed(spec.view.steps),
        second=spec.view.second,
        orders=prepared.loaded.orders,
        texts=prepared.loaded.texts,
        prefix=prepared.loaded.prefix,
        separators=spec.view.separators,
        label_columns=spec.view.label_columns,
        thresholds=thresholds,
        number_range=(float(numbers.min()), float(numbers.max())) if spec.view.number else (),
    )


def finish_bundle(run_folder: Path, name: str, metrics: dict[str, float]) -> None:
    """Write the run's name and the figures of the test rows (shares from 0 to 1) into the bundle, and seal it again."""
    bundle = run_folder / "bundle"
    (bundle / MANIFEST).unlink(missing_ok=True)
    write_info(bundle, dataclasses.replace(read_info(bundle), name=name, metrics=metrics))
    seal(bundle)
