"""The job ``import``: read a file, or the bytes of a Source anew, into a Source."""

import shutil
import time
from pathlib import Path
from typing import Any

from pipeline.data.columns import profile_source
from pipeline.data.report import ReadOptions
from pipeline.data.source import import_source, reread
from pipeline.runs.progress import Progress, Stopped
from pipeline.settings import workspace

# A reading that was killed leaves its folder behind; none takes a day.
LEFT_BEHIND_SECONDS = 24 * 3600.0


class Stoppable:
    """Progress for readers, which write nothing that is seen before the end: asked to stop, they just leave."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def advance(self, phase: str, done: int, total: int) -> None:
        """See pipeline.runs.progress.Progress. Raises Stopped."""
        if self._progress.stop_requested():
            raise Stopped({})
        self._progress.advance(phase, done, total)

    def stop_requested(self) -> bool:
        """See pipeline.runs.progress.Progress."""
        return self._progress.stop_requested()


def run(request: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read the file ``request["path"]`` or, where that is "", the Source ``request["source"]`` anew."""
    _tidy_up()
    options = ReadOptions(**request["options"])
    if request["path"]:
        source = import_source(Path(request["path"]), request["name"], options, Stoppable(progress))
    else:
        source = reread(request["source"], options, Stoppable(progress))
    profile_source(source.id, progress)  # so that the page which waits for it need not
    return {"source": source.id}


def _tidy_up() -> None:
    """Remove what killed readings have left behind."""
    for folder in workspace().sources.glob("partial-*"):
        if time.time() - folder.stat().st_mtime > LEFT_BEHIND_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
