"""The job ``fetch``: bring a model of the catalogue onto this machine."""

from typing import Any

from pipeline.models import store
from pipeline.runs.progress import Progress


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Fetch ``request["model"]``; ``request["accepted_licence"]`` says that its licence was shown and accepted."""
    model = store.fetch(request["model"], progress, accepted_licence=request["accepted_licence"])
    return {"model": model.name}
