"""README.md: what it promises is there."""

import argparse
import re
from pathlib import Path

import pytest

import launch
from pipeline.cli import parser

README = (launch.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_list_of_commands_is_the_program_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    assert _documented() == sorted(_usages(parser()))


@pytest.mark.parametrize("target", re.findall(r"\]\(((?!http)[^)#]+)\)", README))
def test_every_link_and_picture_leads_somewhere(target: str) -> None:
    assert (launch.ROOT / target).exists()


@pytest.mark.parametrize("option", re.findall(r"launch\.py (--[a-z-]+)", README))
def test_every_option_of_launch_py_is_one(option: str) -> None:
    assert option in Path(launch.__file__).read_text(encoding="utf-8")


def _documented() -> list[str]:
    """The commands in the README's block, one string a command whatever its line breaks."""
    block = re.search(r"<!-- commands.*?-->\n\n((?:    .*\n|\n)+)", README)
    assert block is not None
    commands = re.split(r"\n    (?=\S)", "\n" + block[1])
    return sorted(" ".join(command.split()) for command in commands if command.strip())


def _usages(command: argparse.ArgumentParser) -> list[str]:
    """The usage of every command, without the options that all of them have."""
    groups = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
    if groups:
        return [usage for group in groups for name in group.choices for usage in _usages(group.choices[name])]
    usage = command.format_usage().removeprefix("usage: python -m pipeline ")
    return [" ".join(usage.replace("[-h] ", "").replace("[--json]", "").split())]
