"""docs/architecture.md names every module, and none that is gone."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Listed with their folder: migrations are a history, evaluate modules a format of that library.
LISTED_WITH_FOLDER = ("versions", "modules")


def modules() -> set[str]:
    """Every Python file that a reader may look for, as folder and name."""
    found = [path for folder in ("pipeline", "pages", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    names = {path.relative_to(ROOT).as_posix() for path in found if not {*path.parts} & {*LISTED_WITH_FOLDER}}
    return {name for name in names if not name.endswith("__init__.py")} | {"app.py", "launch.py"}


def test_the_tree_names_every_module_and_no_other() -> None:
    tree = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("## The tree")[1]
    named, folder = set(), ""
    for line in tree.splitlines():
        place = re.match(r"    (\S+/)", line)
        file = re.match(r"    ( *)(\w+\.py)", line)
        if place:
            folder = place[1]
        elif file:
            named.add(folder + file[2] if file[1] else file[2])
    assert named == modules()
