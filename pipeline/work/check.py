"""The job ``check``: what is wrong with the data of a dataset."""

from typing import Any

from pipeline.check.find import find
from pipeline.check.material import Material
from pipeline.check.report import CheckReport, save_check
from pipeline.data.split import load_split
from pipeline.data.view import View
from pipeline.runs import store
from pipeline.runs.progress import Progress


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Check the dataset ``request["dataset"]``.

    Raises:
        Stopped: asked to stop; what was found until then is kept.
        DataError: the dataset is gone.
    """
    dataset = store.get_dataset(request["dataset"])
    material = Material(View.from_json(dataset.view), load_split(dataset.split))
    report = CheckReport(find(material, progress), None, None)
    save_check(material.view, dataset.split, report)
    return {"findings": len(report.findings)}
