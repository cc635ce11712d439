"""Preferences: which of two answers somebody found better, kept for everybody of the workspace, to be learned from.

One line of JSON each, in a file that can be read like any other that somebody brings.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from pipeline.data.source import Source, import_source
from pipeline.errors import N_, UnfitData
from pipeline.files import write_text
from pipeline.settings import workspace

FILE = "preferences.jsonl"


@dataclass(frozen=True)
class Preference:
    """Of two answers to the same message, the better one."""

    instruction: str
    chosen: str
    rejected: str
    chosen_by: str  # what the model is called
    rejected_by: str

    @property
    def pair(self) -> str:
        """The same for the same two answers, whichever was better."""
        content = json.dumps([self.instruction, *sorted((self.chosen, self.rejected))])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def list_preferences() -> tuple[Preference, ...]:
    """All of them, the oldest first."""
    path = _file()
    if not path.is_file():
        return ()
    return tuple(Preference(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def prefer(preference: Preference) -> None:
    """Keep a preference; one about the same two answers gives way to it.

    Raises:
        UnfitData: the two answers are the same, or one is blank: there is nothing to prefer.
    """
    better, worse = preference.chosen.strip(), preference.rejected.strip()
    if not better or not worse or better == worse:
        raise UnfitData(N_("The two answers are the same, or one is blank: there is nothing to prefer."))
    with _locked():
        _write([*_without(preference.pair), preference])


def take_back(pair: str) -> None:
    """Forget what was said of two answers; does nothing where nothing was."""
    with _locked():
        _write(_without(pair))


def bring_preferences() -> Source:
    """All preferences as a Source, like a file that somebody brings.

    Raises:
        UnfitData: there is none.
    """
    if not list_preferences():
        raise UnfitData(N_("No preference was kept yet. Ask two models side by side, and say which answer is better."))
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_bytes(_file().read_bytes())
        return import_source(path, FILE)


def _without(pair: str) -> list[Preference]:
    return [one for one in list_preferences() if one.pair != pair]


def _write(preferences: list[Preference]) -> None:
    lines = [json.dumps(asdict(one), ensure_ascii=False) for one in preferences]
    write_text(_file(), "".join(f"{line}\n" for line in lines))


def _file() -> Path:
    return workspace().home / FILE


def _locked() -> FileLock:
    workspace().locks.mkdir(parents=True, exist_ok=True)
    return FileLock(workspace().locks / "preferences.lock")
