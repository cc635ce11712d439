"""Demo prompts: messages that somebody keeps to show what models do, one list for everybody of the workspace."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from pipeline.errors import N_, SettingError
from pipeline.files import write_text
from pipeline.runs.store import new_id
from pipeline.settings import workspace

FILE = "demo_prompts.json"
MOST, LONGEST = 100, 20_000  # prompts, and characters of one


@dataclass(frozen=True)
class DemoPrompt:
    """A message to be sent again."""

    id: str
    text: str


def list_prompts() -> tuple[DemoPrompt, ...]:
    """All of them, the newest first."""
    path = _file()
    if not path.is_file():
        return ()
    return tuple(DemoPrompt(**one) for one in json.loads(path.read_text(encoding="utf-8")))


def add_prompt(text: str) -> None:
    """Keep a message; one that is there already moves to the front.

    Raises:
        SettingError: it is blank or too long, or there are too many.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise SettingError(N_("A demo prompt needs between 1 and {limit} characters."), limit=LONGEST)
    with _locked():
        others = [one for one in list_prompts() if one.text != text]
        if len(others) >= MOST:
            raise SettingError(N_("There are {limit} demo prompts. Delete one that is not needed."), limit=MOST)
        _write([DemoPrompt(new_id(), text), *others])


def delete_prompt(prompt_id: str) -> None:
    """Forget a message; does nothing where it is gone already."""
    with _locked():
        _write([one for one in list_prompts() if one.id != prompt_id])


def _write(prompts: list[DemoPrompt]) -> None:
    write_text(_file(), json.dumps([asdict(one) for one in prompts], ensure_ascii=False, indent=1))


def _file() -> Path:
    return workspace().home / FILE


def _locked() -> FileLock:
    workspace().locks.mkdir(parents=True, exist_ok=True)
    return FileLock(workspace().locks / "demo-prompts.lock")
