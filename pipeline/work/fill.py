"""The job ``fill``: fill the rows of a file with what a finished run says."""

import dataclasses
from pathlib import Path
from typing import Any

from pipeline.inference.fill import fill_file
from pipeline.runs.progress import Progress, Stopped


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Fill the rows of Source ``request["source"]`` with the bundle ``request["bundle"]``.

    Raises:
        Stopped: asked to stop; its result names the file where answers were written until then.
        TuneDeskError: as ``fill_file``.
    """
    filled = fill_file(
        Path(request["bundle"]),
        request["source"],
        Path(request["destination"]),
        only_blank=request["only_blank"],
        threshold=request["threshold"],
        progress=progress,
        new_cells=Path(request["new_cells"]),
        device=request.get("device", "cpu"),  # jobs of earlier versions named none
    )
    result = {**dataclasses.asdict(filled), "path": str(filled.path)}
    if filled.stopped:
        raise Stopped(result)
    return result
