"""Demo prompts are kept for everybody of the workspace, the newest first."""

import pytest

from pipeline.actions import prompts
from pipeline.errors import SettingError
from pipeline.settings import Workspace


def texts() -> list[str]:
    return [prompt.text for prompt in prompts.list_prompts()]


def test_prompts_are_kept_used_again_and_forgotten(home: Workspace) -> None:
    assert texts() == []
    for text in ("first", " 第二个\n", "first"):
        prompts.add_prompt(text)
    assert texts() == ["first", "第二个"]
    prompts.delete_prompt(prompts.list_prompts()[0].id)
    prompts.delete_prompt("gone already")
    assert texts() == ["第二个"]


def test_a_blank_one_a_long_one_and_one_too_many_are_refused(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("  ", "x" * (prompts.LONGEST + 1)):
        with pytest.raises(SettingError, match="needs between 1 and"):
            prompts.add_prompt(text)
    monkeypatch.setattr(prompts, "MOST", 1)
    prompts.add_prompt("one")
    with pytest.raises(SettingError, match="Delete one"):
        prompts.add_prompt("two")
    assert texts() == ["one"]
