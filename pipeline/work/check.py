"""The job ``check``: what is wrong with the data of a dataset, and whether its labels can be learned."""

import dataclasses
from typing import Any

from pipeline.check.find import find
from pipeline.check.finding import CheckFinding
from pipeline.check.material import Material
from pipeline.check.report import CheckReport, save_check
from pipeline.data.split import load_split
from pipeline.data.view import View
from pipeline.runs import store
from pipeline.runs.progress import Progress


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Check the dataset ``request["dataset"]``; what is found is saved as soon as it is known.

    Raises:
        Stopped: asked to stop; what was found by then is kept.
        DataError: the dataset is gone.
    """
    dataset = store.get_dataset(request["dataset"])
    view = View.from_json(dataset.view)
    material = Material(view, load_split(dataset.split), progress)

    def keep(found: tuple[CheckFinding, ...]) -> None:
        save_check(view, dataset.split, CheckReport(found, None, None, complete=False))

    report = CheckReport(find(material, keep), None, None)
    save_check(view, dataset.split, report)
    if view.written:  # there is no label that a quick method could find
        return {"findings": len(report.findings)}

    # Imported here, because scikit-learn takes seconds to load and the findings need nothing of it.
    from pipeline.check.fits import hold_trial, measure_learnability
    from pipeline.check.growth import measure_budget

    trial = hold_trial(material, progress)
    learnability = measure_learnability(trial)
    report = dataclasses.replace(report, learnability=learnability)
    save_check(view, dataset.split, report)
    if learnability.promising:
        report = dataclasses.replace(report, budget=measure_budget(trial, progress))
        save_check(view, dataset.split, report)
    return {"findings": len(report.findings), "learnability": learnability.verdict}
