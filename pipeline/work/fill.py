"""The job ``fill``: label the rows of a file with a finished run."""

from pathlib import Path
from typing import Any

from pipeline.inference.fill import fill_file
from pipeline.runs.progress import Progress


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Fill the rows of Source ``request["source"]`` with the bundle ``request["bundle"]``."""
    filled = fill_file(
        Path(request["bundle"]),
        request["source"],
        Path(request["destination"]),
        only_blank=request["only_blank"],
        threshold=request["threshold"],
        progress=progress,
        new_cells=Path(request["new_cells"]),
    )
    return {
        "rows": filled.rows,
        "filled": filled.filled,
        "abstained": filled.abstained,
        "path": str(filled.path),
        "rows_per_second": filled.rows_per_second,
    }
