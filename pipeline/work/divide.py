"""The job divide: the rows of a large file become training, validation and test, and a dataset with that."""

from typing import Any

from pipeline.data.view import View
from pipeline.datasets.freeze import Division, add_version, freeze
from pipeline.runs.progress import Progress


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Divide the rows of ``request["view"]`` as ``request["division"]`` says, and keep them as a dataset.

    Raises:
        Stopped: asked to stop; nothing is kept.
        UnfitData: nothing can be learned from these rows, or not measured on these test rows.
        DataError: the file is gone.
    """
    view = View.from_json(request["view"])
    split = freeze(view, Division(**request["division"]), progress)
    row = add_version(view, split, name=request["name"], sample=request["sample"])
    return {"dataset": row.id}
