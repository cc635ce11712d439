"""The job ``export``: pack a run's bundle so that it can be carried away, and prove that it answers the same."""

from pathlib import Path
from typing import Any

from pipeline.export.hf import export_bundle
from pipeline.runs.progress import Progress
from pipeline.settings import workspace


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Export the run ``request["run"]`` to ``request["destination"]``."""
    exported = export_bundle(workspace().runs / request["run"], Path(request["destination"]), progress)
    return {"path": str(exported.path), "bytes": exported.bytes, "parity": exported.parity}
