"""The job ``bring``: check a folder or zip that somebody has, and keep it as a base model."""

from pathlib import Path
from typing import Any

from pipeline.models import store
from pipeline.runs.progress import Progress


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Bring ``request["path"]`` under the name ``request["name"]``."""
    model = store.bring(Path(request["path"]), request["name"], progress)
    return {"model": model.name}
