"""Models are loaded once, leave when there is no room, and are not served damaged or out of date."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ModelError, ModelNotReady, RunError, SettingError
from pipeline.inference.shelf import Shelf
from pipeline.runs import bundle
from pipeline.settings import Workspace
from pipeline.tasks.task import Inputs
from tests.tiny_writers import write_base, write_bundle


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


def weights(folder: Path) -> int:
    return (folder / "model.safetensors").stat().st_size


def test_base_models_and_runs_share_the_room(make_run: Callable[..., Path], home: Workspace) -> None:
    make_run("a1")
    base = write_base(home.models / "writer", {"a": "b"})
    write_bundle(home.runs / "b2" / "bundle", "mine", {"a": "b"})
    shelf = Shelf(limit=10**9)
    shelf.get("a1")
    first = shelf.lend("model", "writer")
    shelf.lend("run", "b2")
    assert shelf.lend("model", "writer") is first
    assert [(kind, name) for kind, name, _ in shelf.sizes] == [("run", "a1"), ("run", "b2"), ("model", "writer")]
    assert shelf.sizes[2][2] == weights(base)
    assert shelf.runs == ("a1", "b2")


def test_a_model_that_is_writing_does_not_leave(home: Workspace) -> None:
    folders = [write_base(home.models / name, {"a": "b"}) for name in ("one", "two", "three")]
    shelf = Shelf(limit=int(weights(folders[0]) * 2.5))
    at_work = shelf.lend("model", "one")
    shelf.lend("model", "two")
    shelf.give_back("model", "two")
    shelf.lend("model", "three")
    assert [name for _, name, _ in shelf.sizes] == ["one", "three"]
    shelf.give_back("model", "one")
    shelf.lend("model", "two")
    assert [name for _, name, _ in shelf.sizes] == ["three", "two"]
    assert shelf.lend("model", "one") is not at_work


def test_what_writes_gives_no_labels_and_what_labels_does_not_write(
    make_run: Callable[..., Path], home: Workspace
) -> None:
    make_run("a1")
    write_bundle(home.runs / "b2" / "bundle", "mine", {"a": "b"})
    shelf = Shelf(limit=10**9)
    with pytest.raises(SettingError, match="gives no labels"):
        shelf.get("b2")
    with pytest.raises(RunError, match="writes no answers"):
        shelf.lend("run", "a1")


def test_a_base_model_that_is_damaged_or_not_here_is_refused(home: Workspace) -> None:
    folder = write_base(home.models / "writer", {"a": "b"})
    (folder / "config.json").write_text("{}", encoding="utf-8")
    shelf = Shelf(limit=10**9)
    with pytest.raises(ModelError, match="damaged"):
        shelf.lend("model", "writer")
    with pytest.raises(ModelNotReady):
        shelf.lend("model", "SmolLM2-135M-Instruct")
