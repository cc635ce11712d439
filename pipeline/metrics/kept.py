"""The ``evaluate`` modules kept in ``modules/``: loaded from disk, without a network.

Heavy: ``evaluate`` takes seconds to import, so it is imported when the first figure is asked for, in a worker. What
it writes stays in the workspace's cache.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.settings import workspace

MODULES = Path(__file__).parent / "modules"


@cache
def module(name: str) -> Any:
    """The module of that name; its ``compute`` takes ``predictions`` and ``references``."""
    evaluate = _library()
    # evaluate reads its folders from the environment at import; by then somebody else may have imported it.
    folder = _folder()
    evaluate.config.HF_MODULES_CACHE = folder / "modules"
    return evaluate.load(str(MODULES / name), cache_dir=str(folder / "metrics"), keep_in_memory=True)


def _library() -> Any:
    """evaluate, which looks for transformers' pipelines as it is imported, and does without them just as well.

    Where nobody has loaded transformers so far, as beside the baselines, it would come with torch: 6 of 9 seconds.
    """
    hidden = "transformers" not in sys.modules
    if hidden:
        sys.modules["transformers"] = None  # type: ignore[assignment]  # Python's own way to say: not to be had
    try:
        import evaluate
    finally:
        if hidden:
            del sys.modules["transformers"]
    return evaluate


@cache
def _folder() -> Path:
    # One for the life of the process: evaluate imports all modules as one package, which has one place.
    return workspace().cache / "evaluate"
