"""Benchmarks are run by hand, and rarely: what they import has to be there all the same."""

import ast
import importlib.util
from pathlib import Path

import pytest

import launch

SCRIPTS = sorted((launch.ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_module_that_a_benchmark_imports_is_there(script: Path) -> None:
    tree = ast.parse(script.read_text(encoding="utf-8"))
    named = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    assert named or script.stem == "__init__"
    for module in named:
        assert importlib.util.find_spec(module) is not None, f"{script.name} imports {module}"
