"""The rows of a run, for any task: labelled rows of a View as its Split divides them."""

from collections.abc import Sequence

import numpy as np

from pipeline.data.split import load_split
from pipeline.data.view import View, view_frame
from pipeline.tasks.task import Examples, Part, Task, read_inputs


def load_examples(task: Task, view: View, split: str) -> Examples:
    """The labelled rows of a View.

    Raises:
        UnfitData: a row of the Split has an answer that training never saw (a test file with labels of its own).
        DataError: the Source or the Split is gone.
    """
    frozen = load_split(split).without(view.left_out)
    test_view = view.on(frozen.test_source) if frozen.test_source else view
    return Examples(
        train=_part(task, view, frozen.train),
        validation=_part(task, view, frozen.validation),
        test=_part(task, test_view, frozen.test),
    )


def _part(task: Task, view: View, rows: Sequence[int]) -> Part:
    return Part(
        rows=np.asarray(rows, dtype=np.int64),
        inputs=read_inputs(view, view_frame(view, rows)),
        targets=task.read_targets(view, rows),
    )
