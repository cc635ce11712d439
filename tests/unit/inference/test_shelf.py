"""Models are loaded once, leave when there is no room, and are not served damaged or out of date."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import RunError
from pipeline.inference.shelf import Shelf
from pipeline.runs import bundle
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_the_model_unused_for_longest_leaves_first(make_run: Callable[..., Path]) -> None:
    folders = [make_run(name, seed) for seed, name in enumerate(("a1", "b2", "c3"))]
    shelf = Shelf(limit=int(size(folders[0]) * 2.5))
    first = shelf.get("a1")
    shelf.get("b2")
    assert shelf.get("a1") is first
    shelf.get("c3")
    assert shelf.runs == ("a1", "c3")


def test_a_model_larger_than_the_bound_is_held_alone(make_run: Callable[..., Path]) -> None:
    make_run("a1")
    make_run("b2")
    shelf = Shelf(limit=10)
    shelf.get("a1")
    assert shelf.get("b2").answer(Inputs(("打印机",)))[0].nearest
    assert shelf.runs == ("b2",)


def test_a_run_that_went_on_training_is_loaded_again(make_run: Callable[..., Path]) -> None:
    folder = make_run("a1")
    shelf = Shelf(limit=10**9)
    before = shelf.get("a1")
    info = bundle.read_info(folder / "bundle")
    bundle.write_info(folder / "bundle", info)
    bundle.seal(folder / "bundle")
    assert shelf.get("a1") is not before


def test_a_damaged_or_missing_model_is_refused(make_run: Callable[..., Path], home: Workspace) -> None:
    folder = make_run("a1")
    (folder / "bundle" / "config.json").write_text("{}", encoding="utf-8")
    shelf = Shelf(limit=10**9)
    with pytest.raises(RunError, match="damaged"):
        shelf.get("a1")
    for name in ("nothing", "../runs/a1", ""):
        with pytest.raises(RunError, match="no model"):
            shelf.get(name)
