"""What a training leaves behind: answers on the test rows, vectors of the training rows, and the sealed bundle."""

from pathlib import Path

import numpy as np

from pipeline.data.steps import renamed
from pipeline.runs.answers import Answers, save_answers
from pipeline.runs.spec import RunSpec
from pipeline.tasks.predict import Predicted
from pipeline.training.prepare import Prepared
from pipeline.training.seal import seal_bundle


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
    numbers, view, loaded = examples.train.targets, spec.view, prepared.loaded
    loaded.tokenizer.model_max_length = spec.recipe.max_length
    seal_bundle(
        spec,
        run_folder,
        loaded.model,
        loaded.tokenizer,
        labels=names,
        renamed=renamed(view.steps),
        second=view.second,
        orders=loaded.orders,
        texts=loaded.texts,
        prefix=loaded.prefix,
        separators=view.separators,
        label_columns=view.label_columns,
        thresholds=thresholds,
        number_range=(float(numbers.min()), float(numbers.max())) if view.number else (),
    )
